"""Faults of the link between a simulated base and the driver: messages lost, duplicated, corrupted."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

CorruptMessage = Callable[[bytes, float, random.Random], bytes]


class MessageFate(StrEnum):
    """What became of a message."""

    INTACT = "intact"
    DAMAGED = "damaged"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class MessageFaults:
    """Probabilities from 0 to 1: of losing or duplicating a message, and of corrupting a byte."""

    rng: random.Random
    loss: float
    duplicates: float
    corruption: float

    def apply(self, message: bytes, corrupt: CorruptMessage) -> list[tuple[bytes, MessageFate]]:
        """Return the copies of a message that are sent, each with its fate; one that is lost has no bytes."""
        if self.rng.random() < self.loss:
            return [(b"", MessageFate.LOST)]
        copies = 2 if self.rng.random() < self.duplicates else 1
        sent = [corrupt(message, self.corruption, self.rng) for _ in range(copies)]
        return [(copy, MessageFate.INTACT if copy == message else MessageFate.DAMAGED) for copy in sent]
