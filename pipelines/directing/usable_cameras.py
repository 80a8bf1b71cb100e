"""Which cameras may be shown: those that show true pictures and whose heads do not turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import CameraTrust, HeadMoved

_SECOND_NS = 1_000_000_000


class UsableCameras:
    """What is known of each camera's pictures and head; a camera of which nothing was told is taken to be true."""

    def __init__(self, rules: DirectorRules, roles: Sequence[str]) -> None:
        self._rules = rules
        self._roles = tuple(roles)
        self._false: set[str] = set()
        self._true_since_ns: dict[str, int] = {}
        self._turning_since_ns: dict[str, int] = {}

    def push_trust(self, trust: CameraTrust) -> None:
        """A camera was lost, or is back."""
        if not trust.is_true:
            self._false.add(trust.role)
        elif trust.role in self._false:
            self._false.discard(trust.role)
            self._true_since_ns[trust.role] = trust.lesson_ns

    def push_head(self, moved: HeadMoved) -> None:
        """A head begins to turn, or has come to rest."""
        if moved.is_turning:
            self._turning_since_ns[moved.role] = moved.lesson_ns
        else:
            self._turning_since_ns.pop(moved.role, None)

    def is_true(self, role: str) -> bool:
        """Whether a camera shows true pictures."""
        return role not in self._false

    def is_turning(self, role: str, now_ns: int) -> bool:
        """Whether a camera's head turns; one whose rest was never reported counts as at rest after ``head_s``."""
        since_ns = self._turning_since_ns.get(role)
        return since_ns is not None and now_ns - since_ns < self._rules.head_s * _SECOND_NS

    def usable(self, now_ns: int) -> list[str]:
        """The roles that may be cut to, best replacement first; empty only where no camera is true.

        True ones that have stayed so and stand still; if there are none, true ones.
        """
        true = self._sorted(role for role in self._roles if role not in self._false)
        steady = [role for role in true if self._is_steady(role, now_ns)]
        return steady or true

    def _is_steady(self, role: str, now_ns: int) -> bool:
        since_ns = self._true_since_ns.get(role)
        is_trusted = since_ns is None or now_ns - since_ns >= self._rules.trust_s * _SECOND_NS
        return is_trusted and not self.is_turning(role, now_ns)

    def _sorted(self, roles: Iterable[str]) -> list[str]:
        order = self._rules.fallback
        return sorted(roles, key=lambda role: order.index(role) if role in order else len(order))
