"""Capped exponential back-off with jitter for retries."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class BackOff:
    """Delays that double from ``initial_s`` to ``max_s`` seconds, each spread by ± ``jitter`` of itself."""

    initial_s: float = 0.25
    max_s: float = 5.0
    jitter: float = 0.2
    failures: int = 0
    rng: random.Random = field(default_factory=random.Random)

    def next_delay_s(self) -> float:
        """Count one more failure and return the seconds to wait after it."""
        delay_s: float = min(self.max_s, self.initial_s * 2.0 ** min(self.failures, 32))
        self.failures += 1
        return delay_s * (1 + self.jitter * self.rng.uniform(-1, 1))

    def reset(self) -> None:
        """Forget the failures after a success: the next one waits ``initial_s`` again."""
        self.failures = 0
