"""What happens to messages between a simulated base and its host: lost, sent twice, damaged."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

CorruptMessage = Callable[[bytes, float, random.Random], bytes]


class MessageFate(StrEnum):
    """What became of one message."""

    INTACT = "intact"
    DAMAGED = "damaged"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class MessageFaults:
    """Shares from 0 to 1: of messages that are lost or sent twice, and of bytes that are damaged."""

    rng: random.Random
    loss: float
    duplicates: float
    corruption: float

    def apply(self, message: bytes, corrupt: CorruptMessage) -> list[tuple[bytes, MessageFate]]:
        """What goes over the wire for one message, copy by copy; nothing does of one that is lost."""
        if self.rng.random() < self.loss:
            return [(b"", MessageFate.LOST)]
        copies = 2 if self.rng.random() < self.duplicates else 1
        sent = [corrupt(message, self.corruption, self.rng) for _ in range(copies)]
        return [(copy, MessageFate.INTACT if copy == message else MessageFate.DAMAGED) for copy in sent]
