"""A camera's pictures become packets: encoded, or passed through as they came."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import av

from drivers.samples import AccessUnit, Picture
from pipelines.capture.frame_converter import FrameConverter, InvalidPicture
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.passthrough import PassthroughCheck
from pipelines.encoding.slate import render_slate
from pipelines.encoding.x264_encoder import H264Settings


@dataclass(frozen=True, slots=True)
class EncodeResult:
    """What became of a picture: the packets that are done now, and the frame if it was decoded and encoded."""

    packets: list[EncodedPacket]
    frame: av.VideoFrame | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether it is in the track, or in the encoder on its way there."""
        return bool(self.packets) or self.frame is not None


class VideoTrackEncoder:
    """One track's way from pictures to packets, on times in 1/90000 s that only grow; used by one thread.

    The encoder is opened when it is first needed: for a camera that is passed through that is never, unless it
    goes away. ``on_change`` is told how the track is made from now on, and why.
    """

    def __init__(
        self,
        role: str,
        coding: H264Settings,
        encoder: FailoverEncoder,
        *,
        passing: bool,
        on_change: Callable[[str, str], None],
    ) -> None:
        self.is_passthrough = passing
        self._role = role
        self._coding = coding
        self._on_change = on_change
        self._encoder = encoder
        self._reader = FrameConverter(coding.width, coding.height, full_range=coding.full_range)
        self._check = PassthroughCheck()
        self._last: av.VideoFrame | None = None
        self._await_key = True

    def encode_picture(self, picture: Picture, start: int) -> EncodeResult:
        """A picture that the camera sent; perhaps no packet. BadPicture."""
        if self.is_passthrough and isinstance(picture, AccessUnit):
            objection = self._check.rejection_reason(picture)
            if not objection:
                return EncodeResult(self._passed(picture, start))
            self._stop_passing(objection)
        elif self.is_passthrough:
            self._stop_passing("the camera no longer sends H.264")
        frame = self._reader.convert(picture)
        if frame is None:
            return EncodeResult([])
        self._last = frame
        return EncodeResult(self._encoder.encode(frame, start), frame)

    def repeat_last(self, start: int) -> list[EncodedPacket]:
        """The last picture once more; nothing where it is passed through, for it simply lasts longer."""
        return self._encoder.encode(self._last, start) if self._last is not None else []

    def encode_slate(self, start: int) -> list[EncodedPacket]:
        """The still that says this camera is missing."""
        self._await_key = True
        still = render_slate(self._role, self._coding.width, self._coding.height)
        return self._encoder.encode(still, start)

    def skip_picture(self, picture: Picture) -> None:
        """A picture that is not recorded, be it of a pause; those after it may need it to be decoded."""
        self._await_key = True
        if not isinstance(picture, AccessUnit):
            return
        if self.is_passthrough and (objection := self._check.rejection_reason(picture)):
            self._stop_passing(objection)
        if not self.is_passthrough:
            with suppress(InvalidPicture):
                self._reader.convert(picture)

    def on_pictures_lost(self) -> None:
        """Pictures were lost on the way here: a passed-through stream must begin again at a key picture."""
        self._await_key = True

    def pop_lost_count(self) -> int:
        """How many pictures an encoder that failed has kept, since this was last asked."""
        return self._encoder.pop_lost_count()

    def close(self) -> list[EncodedPacket]:
        """Let the encoder go; the packets that were still inside."""
        return self._encoder.close()

    def _passed(self, unit: AccessUnit, start: int) -> list[EncodedPacket]:
        if self._await_key and not unit.key:
            return []
        self._await_key = False
        return [EncodedPacket(start, unit.data, unit.key)]

    def _stop_passing(self, why: str) -> None:
        self.is_passthrough = False
        self._on_change("encoded", why)
        # They may be of a pause: nobody must see them.
        for unit in self._check.gop_units[:-1]:
            with suppress(InvalidPicture):
                self._reader.convert(unit)
