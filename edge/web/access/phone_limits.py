"""How often students' phones may join and answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiohttp import web

from edge.web.access.token_buckets import TokenBuckets


class PhoneLimits:
    """One address may be a whole class behind a router of its own: what bounds one phone goes by its cookie."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.joins = TokenBuckets(60, 0.5, clock)
        self.answers = TokenBuckets(6, 1, clock)
        self.from_address = TokenBuckets(150, 30, clock)

    def may_ask(self, request: web.Request) -> bool:
        """Whether the address may ask anything at all."""
        return self.from_address.take(request.remote or "")
