"""What cameras and microphones gave last, so that a lesson begins at the press and not when its word arrives."""

from __future__ import annotations

from drivers.samples import AccessUnit, Picture, SoundBlock, size_of
from pipelines.capture.gop_buffer import GopBuffer
from pipelines.capture.ring_buffer import RingBuffer

# From the finger to the recorder it takes a twentieth of a second, and several times that on a busy box.
MIN_PREROLL_NS = 500_000_000
# 1080p at 30 pictures of 250 kB; at least five pictures that come decoded.
VIDEO_BYTES_PER_SECOND = 8 << 20
MIN_VIDEO_BYTES = 16 << 20
# The longest pre-roll of two channels at 192 kHz.
MAX_AUDIO_BYTES = 16 << 20


class VideoPrerollBuffer:
    """See ``pipelines.devices.device_supervisor.Backlog``. The last ``length_ns`` of a camera, whatever it sends.

    8 MB a second and 16 MB at least are its bound; H.264 has one of its own.
    """

    def __init__(self, length_ns: int) -> None:
        most_bytes = max(MIN_VIDEO_BYTES, length_ns * VIDEO_BYTES_PER_SECOND // 1_000_000_000)
        self._pictures: RingBuffer[Picture] = RingBuffer(length_ns, most_bytes, size_of)
        self._stream = GopBuffer(length_ns)

    @property
    def oldest_ns(self) -> int | None:
        """The capture time of the oldest picture that can be shown."""
        return self._pictures.oldest_ns if self._stream.oldest_ns is None else self._stream.oldest_ns

    def push(self, picture: Picture, *, taken: bool) -> None:
        """The next picture."""
        if isinstance(picture, AccessUnit):
            self._stream.push(picture, taken=taken)
        else:
            self._pictures.push(picture, taken=taken)

    def snapshot(self) -> list[Picture]:
        """What is remembered, in its order; one opened device sends one kind of picture."""
        return [*self._stream.snapshot(), *self._pictures.snapshot()]

    def clear(self) -> None:
        """Nothing is remembered any more."""
        self._stream.clear()
        self._pictures.clear()


def audio_preroll_buffer(length_ns: int) -> RingBuffer[SoundBlock]:
    """The last ``length_ns`` of a microphone."""
    return RingBuffer(length_ns, MAX_AUDIO_BYTES, lambda block: block.samples.nbytes)
