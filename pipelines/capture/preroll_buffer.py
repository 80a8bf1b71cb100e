"""Pre-roll buffers of cameras and microphones, so that a lesson begins at the button press, not at its arrival."""

from __future__ import annotations

from drivers.samples import AccessUnit, DamagedPicture, Picture, SoundBlock, memory_bytes
from pipelines.capture.gop_buffer import GopBuffer
from pipelines.capture.ring_buffer import RingBuffer

# A press reaches the recorder after a twentieth of a second, on a busy box after several times that.
MIN_PREROLL_NS = 500_000_000
# 1080p at 30 pictures of 250 kB; at least five pictures that come decoded.
VIDEO_BYTES_PER_SECOND = 8 << 20
MIN_VIDEO_BYTES = 16 << 20
# The longest pre-roll of two channels at 192 kHz.
MAX_AUDIO_BYTES = 16 << 20


class VideoPrerollBuffer:
    """A ``PrerollBuffer`` of the last ``length_ns`` of a camera, of any coding.

    Bounded to 8 MB a second, at least 16 MB; H.264 is bounded by its ``GopBuffer``.
    """

    def __init__(self, length_ns: int) -> None:
        max_bytes = max(MIN_VIDEO_BYTES, length_ns * VIDEO_BYTES_PER_SECOND // 1_000_000_000)
        self._pictures: RingBuffer[Picture] = RingBuffer(length_ns, max_bytes, memory_bytes)
        self._gops = GopBuffer(length_ns)

    @property
    def oldest_ns(self) -> int | None:
        """Capture time of the oldest picture that can be decoded; None while empty."""
        return self._pictures.oldest_ns if self._gops.oldest_ns is None else self._gops.oldest_ns

    def push(self, picture: Picture, *, is_delivered: bool) -> None:
        """Add the next picture; ``is_delivered``: a lesson has got it."""
        if isinstance(picture, AccessUnit):
            self._gops.push(picture, is_delivered=is_delivered)
        elif not isinstance(picture, DamagedPicture):
            self._pictures.push(picture, is_delivered=is_delivered)

    def snapshot(self) -> list[Picture]:
        """The pictures, oldest first; one opened device sends one coding."""
        return [*self._gops.snapshot(), *self._pictures.snapshot()]

    def clear(self) -> None:
        """Drop all pictures."""
        self._gops.clear()
        self._pictures.clear()


def audio_preroll_buffer(length_ns: int) -> RingBuffer[SoundBlock]:
    """A pre-roll buffer of the last ``length_ns`` of a microphone."""
    return RingBuffer(length_ns, MAX_AUDIO_BYTES, lambda block: block.samples.nbytes)
