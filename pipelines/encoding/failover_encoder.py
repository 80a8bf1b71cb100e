"""A video encoder that fails over to the next candidate, and changes its preset, at key pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import av

from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.encoder_selection import EncoderFactory, VideoEncoder
from pipelines.encoding.errors import EncoderFailed
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket, EncodedSecond
from pipelines.encoding.picture_rate import PictureRate
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder

log = logging.getLogger(__name__)


class FailoverEncoder:
    """Encode one track's frames, whose times only increase; owned by one thread.

    The first picture of every lesson second becomes a key picture; a new preset of ``targets`` takes effect there.
    So does another bit rate: an encoder that controls its rate itself shares it out among as many pictures a second as
    it was promised, and gets it corrected by the number that really comes (``PictureRate``).
    An encoder that fails is replaced at once by the next of ``candidates`` (the last one never fails), and the
    picture at which it failed becomes a key picture too. ``on_selected`` gets each encoder's name, and why an
    earlier candidate was rejected.
    """

    def __init__(
        self,
        role: str,
        settings: H264Settings,
        targets: EncoderTargets,
        candidates: Sequence[EncoderFactory],
        on_selected: Callable[[str, str], None],
    ) -> None:
        self._role = role
        self._settings = settings
        self._targets = targets
        self._candidates = list(candidates)
        self._on_selected = on_selected
        self._encoder: VideoEncoder | None = None
        self._rejection = ""
        self._rate = PictureRate(settings.fps)
        self._key_second = -1
        self._lost_count = 0

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool = False) -> list[EncodedPacket]:
        """Encode a frame, in any case as a ``key`` picture; return what is complete, possibly some pictures late."""
        key = key or self.is_key_due(start)
        self._key_second = start // VIDEO_TIMESCALE
        self._rate.count(self._key_second)
        packets: list[EncodedPacket] = []
        encoder = self._encoder
        if encoder is None or (key and not encoder.follow(self._wanted(encoder))):
            packets = self.close()
            encoder, key = self._open(), True
        try:
            return packets + encoder.encode(frame, start, key=key)
        except EncoderFailed as error:
            return packets + self._fail_over(error).encode(frame, start, key=True)

    def is_key_due(self, start: int) -> bool:
        """Whether a picture at ``start`` is the first of its lesson second."""
        return start // VIDEO_TIMESCALE != self._key_second

    @property
    def bytes_a_second(self) -> int:
        """The track's bit rate."""
        return round(self._settings.bitrate_kbps * self._targets.bitrate_share) * 1000 // 8

    def open_still(self, qp: int) -> VideoEncoder | None:
        """Another encoder, of constant quality, whose parameter sets are the present one's; None where it has none."""
        if self._encoder is None or self._encoder.name != X264Encoder.name:
            return None
        return X264Encoder(replace(self._settings, preset=self._targets.preset, threads=1, qp=qp))

    def leave_out(self, start: int, written: Sequence[EncodedPacket] = ()) -> None:
        """Count a picture that is not encoded; ``written`` are the packets that are in its place."""
        second = start // VIDEO_TIMESCALE
        self._rate.count(second)
        if any(packet.key for packet in written):
            self._key_second = second
        if self._encoder is not None and written:
            self._encoder.spend(start, sum(len(packet.data) for packet in written))

    @property
    def last_second(self) -> EncodedSecond | None:
        """What the last lesson second that is over came to; None where it is not known."""
        return None if self._encoder is None else self._encoder.last_second

    def pop_lost_count(self) -> int:
        """The number of pictures lost inside failed encoders since the last call."""
        lost, self._lost_count = self._lost_count, 0
        return lost

    def close(self) -> list[EncodedPacket]:
        """Close the encoder and return its last packets. Idempotent; a later frame opens a new encoder."""
        encoder, self._encoder = self._encoder, None
        if encoder is None:
            return []
        try:
            return encoder.close()
        except EncoderFailed as error:
            self._lost_count += error.pending_pictures
            log.warning("%s: %s", self._role, error)
            return []

    def _wanted(self, encoder: VideoEncoder | None) -> H264Settings:
        targets = self._targets
        kbps = round(self._settings.bitrate_kbps * targets.bitrate_share)
        if encoder is None or not encoder.keeps_rate:
            kbps = self._rate.corrected(kbps)
        return replace(self._settings, preset=targets.preset, bitrate_kbps=kbps)

    def _open(self) -> VideoEncoder:
        settings = self._wanted(None)
        while True:
            try:
                encoder = self._candidates[0](settings)
            except EncoderFailed as error:
                log.info("%s: %s", self._role, error)
                self._drop_candidate(error)
                continue
            self._encoder = encoder
            self._on_selected(encoder.name, self._rejection)
            return encoder

    def _fail_over(self, error: EncoderFailed) -> VideoEncoder:
        """Open the next candidate, for the picture at which the present encoder failed."""
        log.warning("%s: %s", self._role, error)
        # The picture at hand is encoded again.
        self._lost_count += max(0, error.pending_pictures - 1)
        self._drop_candidate(error)
        return self._open()

    def _drop_candidate(self, error: EncoderFailed) -> None:
        self._encoder = None
        self._rejection = str(error)
        del self._candidates[0]
