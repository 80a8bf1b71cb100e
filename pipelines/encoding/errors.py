"""What an encoder raises when it cannot go on."""

from __future__ import annotations


class EncoderFailed(Exception):
    """This encoder is of no use any more, another may be; ``inside`` pictures that it had taken are lost."""

    def __init__(self, reason: str, inside: int = 0) -> None:
        super().__init__(reason)
        self.pending_pictures = inside
