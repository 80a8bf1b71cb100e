"""The encoder of one track as it is now; from a key picture on it may be another one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import av

from pipelines.encoding.encoder_selection import EncoderFactory, VideoEncoder
from pipelines.encoding.encoder_targets import EncoderTargets
from pipelines.encoding.errors import EncoderFailed
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.encoding.x264_encoder import H264Settings

log = logging.getLogger(__name__)


class FailoverEncoder:
    """Frames of one track on times that only grow become packets; used by one thread.

    The first picture of every lesson second becomes a key picture; with it another preset begins, if one is
    ``asked`` for. An encoder that fails gives way at once to the next of ``choices`` (the last one never fails),
    and the picture it failed at becomes a key picture too. ``on_choice`` is told each encoder's name, and why an
    earlier choice is not the one.
    """

    def __init__(
        self,
        role: str,
        coding: H264Settings,
        asked: EncoderTargets,
        choices: Sequence[EncoderFactory],
        on_choice: Callable[[str, str], None],
    ) -> None:
        self._role = role
        self._coding = coding
        self._asked = asked
        self._choices = list(choices)
        self._on_choice = on_choice
        self._encoder: VideoEncoder | None = None
        self._why = ""
        self._key_second = -1
        self._lost = 0

    def encode(self, frame: av.VideoFrame, start: int) -> list[EncodedPacket]:
        """The packets that are done; they may come some pictures late, but all of them come."""
        second = start // VIDEO_TIMESCALE
        key = second != self._key_second
        self._key_second = second
        done: list[EncodedPacket] = []
        encoder = self._encoder
        if encoder is None or (key and encoder.preset not in (None, self._asked.preset)):
            done = self.close()
            encoder, key = self._open(), True
        try:
            return done + encoder.encode(frame, start, key=key)
        except EncoderFailed as error:
            return done + self._replacement(error).encode(frame, start, key=True)

    def pop_lost_count(self) -> int:
        """How many pictures failed encoders kept, since this was last asked."""
        lost, self._lost = self._lost, 0
        return lost

    def close(self) -> list[EncodedPacket]:
        """Let the encoder go; what was still inside. Again: nothing. A frame after this opens a new one."""
        encoder, self._encoder = self._encoder, None
        if encoder is None:
            return []
        try:
            return encoder.close()
        except EncoderFailed as error:
            self._lost += error.pending_pictures
            log.warning("%s: %s", self._role, error)
            return []

    def _open(self) -> VideoEncoder:
        while True:
            try:
                encoder = self._choices[0](replace(self._coding, preset=self._asked.preset))
            except EncoderFailed as error:
                log.info("%s: %s", self._role, error)
                self._give_up_choice(error)
                continue
            self._encoder = encoder
            self._on_choice(encoder.name, self._why)
            return encoder

    def _replacement(self, error: EncoderFailed) -> VideoEncoder:
        """The next choice, for the picture that the present one failed at."""
        log.warning("%s: %s", self._role, error)
        # The picture at hand is encoded again.
        self._lost += max(0, error.pending_pictures - 1)
        self._give_up_choice(error)
        return self._open()

    def _give_up_choice(self, error: EncoderFailed) -> None:
        self._encoder = None
        self._why = str(error)
        del self._choices[0]
