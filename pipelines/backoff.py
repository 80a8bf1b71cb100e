"""Trying again: capped exponential waiting times with jitter."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class BackOff:
    """Waiting times that double from ``first_s`` to ``longest_s``, each spread by ± ``jitter`` of itself."""

    initial_s: float = 0.25
    max_s: float = 5.0
    jitter: float = 0.2
    failures: int = 0
    rng: random.Random = field(default_factory=random.Random)

    def next_delay_s(self) -> float:
        """How long to wait after one more failure."""
        waiting: float = min(self.max_s, self.initial_s * 2.0 ** min(self.failures, 32))
        self.failures += 1
        return waiting * (1 + self.jitter * self.rng.uniform(-1, 1))

    def reset(self) -> None:
        """It worked: the next failure waits ``first_s`` again."""
        self.failures = 0
