"""Holds on single objects that a store refused: each waits by itself, and longer each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.backoff import BackOff
from pipelines.delivery.errors import StoreError
from pipelines.delivery.retry_policy import RetryPolicy

_STORE_WIDE = 3


@dataclass(slots=True)
class _Hold:
    error: StoreError
    until: float
    is_due: bool = False


class ObjectHolds:
    """The objects of one lesson that were refused.

    After the first refusal an object waits as ``RetryPolicy.backoff_s`` says, after more of them for minutes. That it
    was refused is forgotten (``proven``) only once it is proven to be in the store, which is later than it was taken.
    """

    def __init__(self, policy: RetryPolicy, monotonic: Callable[[], float]) -> None:
        self._policy = policy
        self._monotonic = monotonic
        self._holds: dict[str, _Hold] = {}
        self._back_offs: dict[str, BackOff] = {}

    def refused(self, path: str, error: StoreError) -> None:
        """Leave an object alone for a while."""
        if path in self._back_offs:
            wait_s = self._back_offs[path].next_delay_s()
        else:
            wait_s = self._policy.backoff_s[type(error)][0]
            self._back_offs[path] = BackOff(*self._policy.refused_again_s)
        self._holds[path] = _Hold(error, self._monotonic() + wait_s)

    def taken(self, path: str) -> None:
        """The store took the object."""
        self._holds.pop(path, None)

    def proven(self, path: str) -> None:
        """The object is in the store: whatever was held against it is forgotten."""
        self._holds.pop(path, None)
        self._back_offs.pop(path, None)

    def is_held(self, path: str) -> bool:
        """Whether the object is to be left alone now."""
        return path in self._holds and not self._holds[path].is_due

    def was_refused(self, path: str) -> bool:
        """Whether it was refused before: such objects come after the others."""
        return path in self._back_offs

    def end_waits(self) -> None:
        """Everything may be tried again now."""
        for hold in self._holds.values():
            hold.until = self._monotonic()

    def take_due(self) -> bool:
        """Let go of those whose wait is over; whether there were any."""
        due = [hold for hold in self._holds.values() if not hold.is_due and hold.until <= self._monotonic()]
        for hold in due:
            hold.is_due = True
        return bool(due)

    def due_in_s(self) -> list[float]:
        """The seconds until each object is due that is not yet."""
        now = self._monotonic()
        return [max(0.0, hold.until - now) for hold in self._holds.values() if not hold.is_due]

    def waiting(self) -> list[tuple[float, StoreError]]:
        """The seconds until each refused object is tried again, with what was wrong."""
        now = self._monotonic()
        return [(max(0.0, hold.until - now), hold.error) for hold in self._holds.values()]


class RefusalStreak:
    """Different objects refused one after the other, with none taken between: several are the store's own fault."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def refused(self, key: str) -> bool:
        """Count a refusal; whether the store as a whole refuses by now."""
        self._keys.add(key)
        return len(self._keys) >= _STORE_WIDE

    def taken(self) -> None:
        """The store took an object."""
        self._keys.clear()
