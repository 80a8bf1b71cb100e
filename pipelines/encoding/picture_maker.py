"""A camera's pictures become packets: encoded, or passed through as they came."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import av

from drivers.samples import AccessUnit, Picture
from pipelines.capture.picture import BadPicture, PictureReader
from pipelines.encoding.h264 import H264Encoder, PictureCoding
from pipelines.encoding.packets import PICTURE_TIMESCALE, Packet
from pipelines.encoding.passing import PassingCheck
from pipelines.encoding.slate import slate


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a picture: the packets, and the frame if it was decoded on the way."""

    packets: list[Packet]
    frame: av.VideoFrame | None = None


class PictureMaker:
    """One track's way from pictures to packets, on times in 1/90000 s that only grow; used by one thread.

    The first picture of every lesson second becomes a key picture. The encoder is opened
    when it is first needed: for a camera that is passed through that is never, unless it goes away.
    ``on_change`` is told how the track is made from now on, and why.
    """

    def __init__(
        self,
        role: str,
        coding: PictureCoding,
        *,
        passing: bool,
        on_change: Callable[[str, str], None],
    ) -> None:
        self.passing = passing
        self._role = role
        self._coding = coding
        self._on_change = on_change
        self._encoder: H264Encoder | None = None
        self._reader = PictureReader(coding.width, coding.height, full_range=coding.full_range)
        self._check = PassingCheck()
        self._last: av.VideoFrame | None = None
        self._key_second = -1
        self._await_key = True

    def true(self, picture: Picture, start: int) -> Made:
        """A picture that the camera sent; perhaps no packet. BadPicture."""
        if self.passing and isinstance(picture, AccessUnit):
            objection = self._check.objection(picture)
            if not objection:
                return Made(self._passed(picture, start))
            self._stop_passing(objection)
        elif self.passing:
            self._stop_passing("the camera no longer sends H.264")
        frame = self._reader.frame(picture)
        if frame is None:
            return Made([])
        self._last = frame
        return Made(self._encoded(frame, start), frame)

    def held(self, start: int) -> list[Packet]:
        """The last picture once more; nothing where it is passed through, for it simply lasts longer."""
        return self._encoded(self._last, start) if self._last is not None else []

    def slate(self, start: int) -> list[Packet]:
        """The still that says this camera is missing."""
        self._await_key = True
        still = slate(self._role, self._coding.width, self._coding.height)
        return self._encoded(still, start)

    def unseen(self, picture: Picture) -> None:
        """A picture that is not recorded, be it of a pause; those after it may need it to be decoded."""
        self._await_key = True
        if not isinstance(picture, AccessUnit):
            return
        if self.passing and (objection := self._check.objection(picture)):
            self._stop_passing(objection)
        if not self.passing:
            with suppress(BadPicture):
                self._reader.frame(picture)

    def lost(self) -> None:
        """Pictures were lost on the way here: a passed-through stream must begin again at a key picture."""
        self._await_key = True

    def close(self) -> None:
        """Let the encoder go."""
        if self._encoder is not None:
            self._encoder.close()

    def _passed(self, unit: AccessUnit, start: int) -> list[Packet]:
        if self._await_key and not unit.key:
            return []
        self._await_key = False
        return [Packet(start, unit.data, unit.key)]

    def _stop_passing(self, why: str) -> None:
        self.passing = False
        self._on_change("encoded", why)
        # They may be of a pause: nobody must see them.
        for unit in self._check.since_key[:-1]:
            with suppress(BadPicture):
                self._reader.frame(unit)

    def _encoded(self, frame: av.VideoFrame, start: int) -> list[Packet]:
        if self._encoder is None:
            self._encoder = H264Encoder(self._coding)
            self._key_second = -1
        second = start // PICTURE_TIMESCALE
        key = second != self._key_second
        self._key_second = second
        return self._encoder.encode(frame, start, key=key)
