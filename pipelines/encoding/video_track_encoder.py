"""Encode a video track's pictures, or pass a camera's H.264 through unchanged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import av

from drivers.samples import AccessUnit, DamagedPicture, Picture
from pipelines.capture.frame_converter import DamagedFrame, FrameConverter, InvalidPicture, SourceShape
from pipelines.capture.same_picture import is_same_frame, is_same_picture
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket, EncodedSecond
from pipelines.encoding.passthrough import PassthroughCheck
from pipelines.encoding.resting_encoder import RestingEncoder
from pipelines.encoding.slate import render_slate
from pipelines.encoding.x264_encoder import H264Settings

_BEHIND_HIDDEN = "the pictures before it are not part of the lesson"
# A damaged picture is shown only where no whole one came for so long.
_SHOW_DAMAGED_AFTER = VIDEO_TIMESCALE // 2


class EncodeResult(NamedTuple):
    """The packets that are complete now, and the frame if the picture was decoded and encoded."""

    packets: list[EncodedPacket]
    frame: av.VideoFrame | None = None
    is_damaged: bool = False

    @property
    def is_recorded(self) -> bool:
        """Whether the picture is in the track, or in the encoder."""
        return bool(self.packets) or self.frame is not None


class VideoTrackEncoder:
    """Turn one track's pictures into packets, at times in 1/90000 s that only increase; owned by one thread.

    The encoder is opened when it is first needed: for a camera that is passed through only where it goes away or its
    key picture is late. A camera that sends H.264 only now is passed through from its next key picture on.
    A picture that is the one before it again is not decoded again, and encoded only as ``RestingEncoder`` has it.
    ``on_change`` gets how the track is made from now on ("encoded", "passed-through"), and why.
    """

    def __init__(
        self,
        role: str,
        settings: H264Settings,
        encoder: RestingEncoder,
        *,
        is_passthrough: bool,
        on_change: Callable[[str, str], None],
    ) -> None:
        self.is_passthrough = is_passthrough
        self._role = role
        self._settings = settings
        self._on_change = on_change
        self._encoder = encoder
        self._converter = FrameConverter(
            settings.width,
            settings.height,
            full_range=settings.full_range,
            matrix=settings.matrix,
            pixel_aspect=settings.pixel_aspect,
        )
        self._check = PassthroughCheck()
        self._last_frame: av.VideoFrame | None = None
        # What the last frame was made of, while it is what the track shows.
        self._last_picture: Picture | None = None
        self._last_whole: int | None = None
        self._source: SourceShape | None = None
        # Whether the track goes on with the next access unit that is passed through.
        self._is_contiguous = False

    @property
    def remembers_key(self) -> bool:
        """Whether the next access unit can be decoded with what was skipped before it, and that may be in the track."""
        return bool(self._check.gop_units) and not self._check.is_hidden

    def encode_picture(self, picture: Picture, start: int, catch_up_from: int | None = None) -> EncodeResult:
        """Encode a camera's picture, or pass it through; may complete no packet.

        Where it is passed through and depends on skipped ones, those come first, each for a tick, from
        ``catch_up_from`` on (or at ``start``, which is moved back).

        Raises:
            InvalidPicture: It cannot be decoded.
        """
        if isinstance(picture, AccessUnit):
            self._check.push(picture)
            if not self._check.gop_units:
                return EncodeResult([])
            self._choose(picture)
            if self.is_passthrough:
                return EncodeResult(self._pass_through(start, start if catch_up_from is None else catch_up_from))
            return self._encode(picture, start)
        if self.is_passthrough and not isinstance(picture, DamagedPicture):
            self._start_encoding("the camera no longer sends H.264 that can be passed through")
        return self._encode(picture, start)

    def repeat_last(self, start: int) -> list[EncodedPacket]:
        """Encode the last picture again; nothing for a passed-through one, which simply lasts longer."""
        if self.is_passthrough or self._last_frame is None:
            return []
        if self._last_picture is None:
            return self._encoder.encode(self._last_frame, start)
        return self._encoder.repeat(self._last_frame, start)

    def encode_slate(self, start: int) -> list[EncodedPacket]:
        """Encode the slate, which says that this camera is missing."""
        self._is_contiguous = False
        self._last_picture = None
        still = render_slate(self._role, self._settings.width, self._settings.height)
        return self._encoder.encode(still, start)

    def skip_picture(self, picture: Picture, *, is_hidden: bool = False) -> None:
        """Decode a picture without recording it: later ones may depend on it.

        ``is_hidden``: it must not be in the track, not even where nobody would see it, as that of a pause.
        """
        self._is_contiguous = False
        if not isinstance(picture, AccessUnit):
            return
        self._check.push(picture, is_hidden=is_hidden)
        if not self.is_passthrough and self._check.gop_units:
            with suppress(InvalidPicture):
                self._converter.convert(picture)

    def on_pictures_lost(self) -> None:
        """Pictures before the next one were lost: H.264 waits for a key picture, passed through or not."""
        self._is_contiguous = False
        self._check.lose()

    @property
    def last_second(self) -> EncodedSecond | None:
        """What the last lesson second that is over came to; None where it is not known."""
        return self._encoder.last_second

    def pop_lost_count(self) -> int:
        """The number of pictures lost inside failed encoders since the last call."""
        return self._encoder.pop_lost_count()

    def close(self) -> list[EncodedPacket]:
        """Close the encoder and return its last packets."""
        return self._encoder.close()

    def _choose(self, unit: AccessUnit) -> None:
        """Decide whether this unit is passed through."""
        reason = self._check.rejection_reason()
        if self.is_passthrough:
            # Nobody may see the pictures of a pause, so what depends on them is encoded again.
            is_behind_hidden = not self._is_contiguous and not unit.key and self._check.is_hidden
            if reason or is_behind_hidden:
                self._start_encoding(reason or _BEHIND_HIDDEN)
        elif unit.key and not reason:
            self.is_passthrough, self._is_contiguous = True, False
            self._on_change("passed-through", "the camera sends H.264")

    def _pass_through(self, start: int, catch_up_from: int) -> list[EncodedPacket]:
        if self._is_contiguous:
            unit = self._check.gop_units[-1]
            return [EncodedPacket(start, unit.data, unit.key)]
        self._is_contiguous = True
        # The next encoder begins anew, with a key picture.
        self._last_picture = None
        packets = self._encoder.close()
        *before, unit = self._check.gop_units
        packets += [EncodedPacket(catch_up_from + at, one.data, one.key) for at, one in enumerate(before)]
        return [*packets, EncodedPacket(max(start, catch_up_from + len(before)), unit.data, unit.key)]

    def _start_encoding(self, reason: str) -> None:
        self.is_passthrough = False
        self._on_change("encoded", reason)
        for unit in self._check.gop_units[:-1]:
            with suppress(InvalidPicture):
                self._converter.convert(unit)

    def _encode(self, picture: Picture, start: int) -> EncodeResult:
        before, self._last_picture = self._last_picture, None
        if self._last_frame is not None and is_same_picture(before, picture):
            self._last_whole, self._last_picture = start, picture
            return EncodeResult(self._encoder.repeat(self._last_frame, start), self._last_frame)
        is_damaged = False
        try:
            frame = self._converter.convert(picture)
        except DamagedFrame as error:
            if self._last_whole is not None and start - self._last_whole < _SHOW_DAMAGED_AFTER:
                raise
            frame, is_damaged = error.frame, True
        except InvalidPicture:
            if isinstance(picture, AccessUnit):
                self.on_pictures_lost()
            raise
        if frame is None:
            return EncodeResult([])
        if not is_damaged:
            self._last_whole, self._last_picture = start, picture
        self._tell_change()
        last, self._last_frame = self._last_frame, frame
        self._converter.held = frame
        # Only a decoder can tell whether H.264 shows the same again.
        is_same = isinstance(before, AccessUnit) and last is not None and is_same_frame(last, frame)
        encode = self._encoder.repeat if is_same else self._encoder.encode
        return EncodeResult(encode(frame, start), frame, is_damaged)

    def _tell_change(self) -> None:
        """Tell that the camera changed the size or shape of its pictures, which are fitted into the track's."""
        before, self._source = self._source, self._converter.source
        if before is not None and self._source is not None and before != self._source:
            now = self._source
            self._on_change("encoded", f"the camera changed its pictures to {now.width}x{now.height}")
