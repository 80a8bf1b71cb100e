"""How often students' phones may join and answer, and what all strangers together may ask of the controller."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge.web.access.rate_limit import RateLimit

# A class of sixty that joins, looks and answers at the same moment, with as many again.
OF_ROOM = (400, 100)


class PhoneLimits:
    """One address may be a whole class behind a router of its own: what bounds one phone goes by its cookie.

    ``joins`` are by address, ``answers`` by cookie; all requests of an address are counted before. The
    controller's time is the buttons' too: ``may_ask_room`` bounds what strangers at all addresses ask of it.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.joins = RateLimit(60, 0.5, clock_s)
        self.answers = RateLimit(6, 1, clock_s)
        self._of_room = RateLimit(*OF_ROOM, clock_s)

    def may_ask_room(self) -> bool:
        """Whether somebody without a name may ask the controller now; it counts."""
        return self._of_room.take("")
