"""What cameras and microphones gave last, so that a lesson begins at the press and not when its word arrives."""

from __future__ import annotations

from drivers.samples import AccessUnit, Picture, SoundBlock, memory_bytes
from pipelines.capture.gop_buffer import GopBuffer
from pipelines.capture.ring_buffer import RingBuffer

# From the finger to the recorder it takes a twentieth of a second, and several times that on a busy box.
BRIDGE_NS = 500_000_000
# 1080p at 30 pictures of 250 kB; at least five pictures that come decoded.
PICTURE_BYTES_A_SECOND = 8 << 20
LEAST_PICTURE_BYTES = 16 << 20
# The longest pre-roll of two channels at 192 kHz.
SOUND_BYTES = 16 << 20


class VideoPrerollBuffer:
    """See ``pipelines.devices.device_supervisor.Backlog``. The last ``length_ns`` of a camera, whatever it sends.

    8 MB a second and 16 MB at least are its bound; H.264 has one of its own.
    """

    def __init__(self, length_ns: int) -> None:
        most_bytes = max(LEAST_PICTURE_BYTES, length_ns * PICTURE_BYTES_A_SECOND // 1_000_000_000)
        self._pictures: RingBuffer[Picture] = RingBuffer(length_ns, most_bytes, memory_bytes)
        self._stream = GopBuffer(length_ns)

    @property
    def since_ns(self) -> int | None:
        """The capture time of the oldest picture that can be shown."""
        return self._pictures.since_ns if self._stream.since_ns is None else self._stream.since_ns

    def feed(self, picture: Picture, *, taken: bool) -> None:
        """The next picture."""
        if isinstance(picture, AccessUnit):
            self._stream.feed(picture, taken=taken)
        else:
            self._pictures.feed(picture, taken=taken)

    def recall(self) -> list[Picture]:
        """What is remembered, in its order; one opened device sends one kind of picture."""
        return [*self._stream.recall(), *self._pictures.recall()]

    def forget(self) -> None:
        """Nothing is remembered any more."""
        self._stream.forget()
        self._pictures.forget()


def audio_preroll_buffer(length_ns: int) -> RingBuffer[SoundBlock]:
    """The last ``length_ns`` of a microphone."""
    return RingBuffer(length_ns, SOUND_BYTES, lambda block: block.samples.nbytes)
