"""Token buckets: so many at once, and so many a second after that, for each of a bounded number of keys."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 4096


class RateLimit:
    """``burst`` at once for a key that was quiet, then ``per_s``; keys that were quiet for longest are forgotten."""

    def __init__(
        self,
        burst: float,
        per_s: float,
        clock_s: Callable[[], float] = time.monotonic,
        most_keys: int = MOST_KEYS,
    ) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock_s = clock_s
        self._most_keys = most_keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take one; whether there was one to take."""
        now_s = self._clock_s()
        tokens, since_s = self._buckets.pop(key, (self._burst, now_s))
        tokens = min(self._burst, tokens + (now_s - since_s) * self._per_s)
        is_allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if is_allowed else tokens, now_s)
        if len(self._buckets) > self._most_keys:
            self._buckets.popitem(last=False)
        return is_allowed
