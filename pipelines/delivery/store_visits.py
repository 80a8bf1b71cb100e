"""Visits to a store, again and again: later while it fails, at once when the network is back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from pipelines.backoff import BackOff
from pipelines.delivery.errors import StoreError
from pipelines.delivery.object_backoff import ObjectHolds
from pipelines.delivery.retry_policy import RetryPolicy

log = logging.getLogger(__name__)


class StoreVisits:
    """Visits a store every ``look_s`` seconds, when an object that it refused is due again, and when it is woken.

    While visits fail the waits grow, as ``policy`` says. ``holds`` are the objects that were refused by themselves;
    ``subject`` is what waits for the store, in the log.
    """

    def __init__(
        self, subject: str, policy: RetryPolicy, look_s: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.holds = ObjectHolds(policy, monotonic)
        self._subject = subject
        self._policy = policy
        self._look_s = look_s
        self._back_off: BackOff | None = None
        self._wake = asyncio.Event()

    @property
    def is_behind(self) -> bool:
        """Whether the last visit failed, or an object is still refused."""
        return self._back_off is not None or bool(self.holds.waiting())

    def wake(self) -> None:
        """Visit now: there is something new."""
        self._wake.set()

    def retry(self) -> None:
        """Visit now, and try again what was refused: the network is back."""
        self.holds.end_waits()
        self._wake.set()

    async def repeat(self, visit: Callable[[], Awaitable[bool]], after: Callable[[], None] = lambda: None) -> None:
        """Visit until cancelled; ``after`` is called after each visit.

        ``visit`` may raise StoreError, and returns whether there will be something to do without being woken.
        """
        while True:
            self._wake.clear()
            self.holds.take_due()
            wait_s = await self._visit(visit)
            after()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _visit(self, visit: Callable[[], Awaitable[bool]]) -> float | None:
        """The seconds until the next visit; None: until it is woken."""
        try:
            is_due_again = await visit()
        except StoreError as error:
            if self._back_off is None:
                log.warning("%s for the store (%s): %s", self._subject, error.code, error)
                self._back_off = BackOff(*self._policy.backoff_s[type(error)])
            return self._back_off.next_delay_s()
        self._back_off = None
        if not is_due_again:
            return None
        return min([self._look_s, *(max(1.0, wait_s) for wait_s in self.holds.due_in_s())])
