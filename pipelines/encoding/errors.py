"""Errors of encoders."""

from __future__ import annotations


class EncoderFailed(Exception):
    """This encoder is unusable, another may work; the ``pending_pictures`` it had accepted are lost."""

    def __init__(self, reason: str, pending_pictures: int = 0) -> None:
        super().__init__(reason)
        self.pending_pictures = pending_pictures
