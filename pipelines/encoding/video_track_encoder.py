"""Encode a video track's pictures, or pass a camera's H.264 through unchanged."""

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
    """The packets that are complete now, and the frame if the picture was decoded and encoded."""

    packets: list[EncodedPacket]
    frame: av.VideoFrame | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether the picture is in the track, or in the encoder."""
        return bool(self.packets) or self.frame is not None


class VideoTrackEncoder:
    """Turn one track's pictures into packets, at times in 1/90000 s that only increase; owned by one thread.

    The encoder is opened when it is first needed: for a camera that is passed through never, unless the camera goes
    away. ``on_change`` gets how the track is made from now on ("encoded"), and why.
    """

    def __init__(
        self,
        role: str,
        settings: H264Settings,
        encoder: FailoverEncoder,
        *,
        is_passthrough: bool,
        on_change: Callable[[str, str], None],
    ) -> None:
        self.is_passthrough = is_passthrough
        self._role = role
        self._settings = settings
        self._on_change = on_change
        self._encoder = encoder
        self._converter = FrameConverter(settings.width, settings.height, full_range=settings.full_range)
        self._check = PassthroughCheck()
        self._last_frame: av.VideoFrame | None = None
        self._needs_key = True

    def encode_picture(self, picture: Picture, start: int) -> EncodeResult:
        """Encode a camera's picture, or pass it through; may complete no packet.

        Raises:
            InvalidPicture: It cannot be decoded.
        """
        if self.is_passthrough and isinstance(picture, AccessUnit):
            reason = self._check.rejection_reason(picture)
            if not reason:
                return EncodeResult(self._pass_through(picture, start))
            self._start_encoding(reason)
        elif self.is_passthrough:
            self._start_encoding("the camera no longer sends H.264")
        frame = self._converter.convert(picture)
        if frame is None:
            return EncodeResult([])
        self._last_frame = frame
        return EncodeResult(self._encoder.encode(frame, start), frame)

    def repeat_last(self, start: int) -> list[EncodedPacket]:
        """Encode the last picture again; nothing for a passed-through one, which simply lasts longer."""
        return self._encoder.encode(self._last_frame, start) if self._last_frame is not None else []

    def encode_slate(self, start: int) -> list[EncodedPacket]:
        """Encode the slate, which says that this camera is missing."""
        self._needs_key = True
        still = render_slate(self._role, self._settings.width, self._settings.height)
        return self._encoder.encode(still, start)

    def skip_picture(self, picture: Picture) -> None:
        """Decode a picture without recording it (of a pause, for example): later ones may depend on it."""
        self._needs_key = True
        if not isinstance(picture, AccessUnit):
            return
        if self.is_passthrough and (reason := self._check.rejection_reason(picture)):
            self._start_encoding(reason)
        if not self.is_passthrough:
            with suppress(InvalidPicture):
                self._converter.convert(picture)

    def on_pictures_lost(self) -> None:
        """Wait for the next key picture of a passed-through stream: pictures before this were lost."""
        self._needs_key = True

    def pop_lost_count(self) -> int:
        """The number of pictures lost inside failed encoders since the last call."""
        return self._encoder.pop_lost_count()

    def close(self) -> list[EncodedPacket]:
        """Close the encoder and return its last packets."""
        return self._encoder.close()

    def _pass_through(self, unit: AccessUnit, start: int) -> list[EncodedPacket]:
        if self._needs_key and not unit.key:
            return []
        self._needs_key = False
        return [EncodedPacket(start, unit.data, unit.key)]

    def _start_encoding(self, reason: str) -> None:
        self.is_passthrough = False
        self._on_change("encoded", reason)
        # They may be of a pause: nobody must see them.
        for unit in self._check.gop_units[:-1]:
            with suppress(InvalidPicture):
                self._converter.convert(unit)
