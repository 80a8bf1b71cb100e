"""Token buckets: how often somebody may do something, who is known by a key such as an address."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_KEYS = 4096


class TokenBuckets:
    """A bucket a key: ``burst`` acts at once, and ``per_s`` more each second.

    The keys that were seen last are remembered, so that a flood of new ones costs no memory.
    """

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Whether there is a token, which is then gone."""
        now = self._clock()
        tokens, at = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._per_s)
        is_there = tokens >= 1
        self._buckets[key] = (tokens - 1 if is_there else tokens, now)
        if len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
        return is_there
