"""What a step captures: decoded pictures of a camera, and a stretch of a microphone's sound."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from drivers.samples import Picture, PictureFormat, SoundBlock, SoundFormat
from edge.calibration.room_under_test import DeviceUnavailable, RoomUnderTest
from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.frame_converter import DamagedFrame, FrameConverter, InvalidPicture
from pipelines.yuv_planes import planes_of

# Nothing for so long is a device that was unplugged, or taken back.
_SILENT_S = 4.0
_KEPT_PICTURES = 150
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Frame:
    """A decoded picture. ``luma`` is a copy of its luma plane, uint8 (height, width), full range."""

    captured_ns: int
    luma: NDArray[np.uint8]
    _frame: av.VideoFrame

    def bgr(self) -> NDArray[np.uint8]:
        """The picture in colour, uint8 (height, width, 3); valid until two more have been decoded."""
        return self._frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True)
class Recording:
    """A stretch of sound: ``samples`` int16 (n, channels); each block began at a sample, and was captured at a time.

    ``first_samples`` (index into ``samples``) and ``captured_ns`` are int64, one entry a block: where they do not agree
    samples are missing between two blocks.
    """

    rate_hz: int
    samples: NDArray[np.int16]
    first_samples: NDArray[np.int64]
    captured_ns: NDArray[np.int64]


@contextlib.contextmanager
def frames(room: RoomUnderTest, role: str) -> Iterator[Iterator[Frame]]:
    """The pictures of a camera as they come, decoded by whoever takes them; late ones are left out.

    The iterator raises DeviceUnavailable where the camera falls silent.

    Raises:
        DeviceUnavailable: The camera does not open.
    """
    waiting: DropOldestQueue[tuple[PictureFormat, Picture]] = DropOldestQueue(_KEPT_PICTURES)
    with room.watch(role, lambda form, picture: waiting.put((form, picture))):
        yield _decoded(role, waiting)


def _decoded(role: str, waiting: DropOldestQueue[tuple[PictureFormat, Picture]]) -> Iterator[Frame]:
    converter: FrameConverter | None = None
    form_before: PictureFormat | None = None
    while True:
        taken = waiting.get(_SILENT_S)
        if taken is None:
            raise DeviceUnavailable(role, "no picture came for some seconds")
        form, picture = taken
        if converter is None or form != form_before:
            converter = FrameConverter(form.width, form.height, full_range=True, pixel_aspect=form.pixel_aspect)
            form_before = form
        with contextlib.suppress(InvalidPicture):
            try:
                frame = converter.convert(picture)
            except DamagedFrame:
                continue
            if frame is not None:
                yield Frame(picture.captured_ns, planes_of(frame)[0].copy(), frame)


def collect_frames(
    room: RoomUnderTest, role: str, count: int, keep: Callable[[Frame], bool] = lambda _: True
) -> list[Frame]:
    """The next ``count`` pictures of a camera for which ``keep`` is true. Raises as ``frames``."""
    found: list[Frame] = []
    with frames(room, role) as coming:
        for frame in coming:
            if keep(frame):
                found.append(frame)
            if len(found) >= count:
                break
    return found


def capture_times(room: RoomUnderTest, role: str, seconds: float) -> NDArray[np.int64]:
    """The capture times (ns) of all pictures of so many seconds, without decoding them.

    Raises:
        DeviceUnavailable: The camera does not open.
    """
    times: list[int] = []
    with room.watch(role, lambda _form, picture: times.append(picture.captured_ns)):
        time.sleep(seconds)
    return np.array(times, np.int64)


def record(
    room: RoomUnderTest, role: str, seconds: float, on_level: Callable[[float], None] = lambda _: None
) -> Recording:
    """Record so many seconds of a microphone; ``on_level`` gets the newest block's peak (0 to 1) a few times a second.

    Raises:
        DeviceUnavailable: The microphone does not open, or falls silent.
    """
    blocks: list[SoundBlock] = []
    rates: list[SoundFormat] = []

    def on_block(form: SoundFormat, block: SoundBlock) -> None:
        rates[:] = [form]
        blocks.append(block)

    with room.listen(role, on_block):
        collected, seen, heard_s = 0, 0, time.monotonic()
        while not rates or collected < seconds * rates[0].rate_hz:
            time.sleep(_POLL_S)
            fresh, seen = blocks[seen:], len(blocks)
            if fresh:
                heard_s = time.monotonic()
                collected += sum(len(block.samples) for block in fresh)
                on_level(max(float(np.abs(block.samples.astype(np.int32)).max(initial=0)) for block in fresh) / 32768)
            elif time.monotonic() - heard_s > _SILENT_S:
                raise DeviceUnavailable(role, "no sound came for some seconds")
    lengths = np.array([len(block.samples) for block in blocks], np.int64)
    return Recording(
        rates[0].rate_hz,
        np.concatenate([block.samples for block in blocks]),
        np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64),
        np.array([block.captured_ns for block in blocks], np.int64),
    )
