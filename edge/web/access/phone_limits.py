"""How often students' phones may join and answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge.web.access.rate_limit import RateLimit


class PhoneLimits:
    """One address may be a whole class behind a router of its own: what bounds one phone goes by its cookie.

    ``joins`` are by address, ``answers`` by cookie; all requests of an address are counted before.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.joins = RateLimit(60, 0.5, clock_s)
        self.answers = RateLimit(6, 1, clock_s)
