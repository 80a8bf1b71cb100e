"""A look at all cameras while all of them are open, and an ear at all microphones at the same time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from edge.calibration.capture import Frame, frames
from edge.calibration.room_under_test import DeviceUnavailable, RoomUnderTest

Places = Mapping[str, tuple[RoomUnderTest, str]]
"""Where each device is: a room, and its role there."""

_MOST_PICTURES = 40
_LOOK_S = 1.5
_POLL_S = 0.1
# A sound card's process takes so long until its first block comes.
_SILENT_S = 4.0
_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class CameraLook:
    """A camera's picture, uint8 (height, width, 3) in BGR, and its rate; None with the reason where there is none."""

    picture: NDArray[np.uint8] | None
    fps: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The peak (0 to 1) of each block of a microphone, float64 (n,); empty with the reason where nothing came."""

    peaks: NDArray[np.float64]
    reason: str = ""


def look_at_all(cameras: Places, while_open: Callable[[], None]) -> dict[str, CameraLook]:
    """Open all cameras, keep them open, and take a picture of each; ``while_open`` is called when all stream."""
    looks: dict[str, CameraLook] = {}
    streams: dict[str, Iterator[Frame]] = {}
    with contextlib.ExitStack() as stack:
        for name, (room, role) in cameras.items():
            try:
                streams[name] = stack.enter_context(frames(room, role))
            except DeviceUnavailable as error:
                looks[name] = CameraLook(None, reason=error.reason)
        while_open()
        for name, stream in streams.items():
            try:
                looks[name] = _look(stream)
            except DeviceUnavailable as error:
                looks[name] = CameraLook(None, reason=error.reason)
    return {name: looks[name] for name in cameras}


def _look(stream: Iterator[Frame]) -> CameraLook:
    first = last = next(stream)
    count = 0
    for frame in islice(stream, _MOST_PICTURES):
        last, count = frame, count + 1
        if frame.captured_ns - first.captured_ns > _LOOK_S * 1e9:
            break
    span_s = (last.captured_ns - first.captured_ns) / 1e9
    return CameraLook(last.bgr().copy(), count / span_s if span_s > 0 else 0.0)


def listen_to_all(
    microphones: Places,
    seconds: float,
    on_levels: Callable[[Mapping[str, float]], None] = lambda _: None,
    is_enough: Callable[[], bool] = lambda: False,
) -> dict[str, Heard]:
    """Listen to all microphones for so long, or until ``is_enough``, but until something has come from each.

    ``on_levels`` gets each one's newest peak a few times a second.
    """
    peaks: dict[str, list[float]] = {name: [] for name in microphones}
    reasons: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for name, (room, role) in microphones.items():
            try:
                stack.enter_context(room.listen(role, _meter(peaks[name])))
            except DeviceUnavailable as error:
                reasons[name] = error.reason
        begun_s = time.monotonic()
        seen = dict.fromkeys(microphones, 0)
        while len(reasons) < len(microphones):
            spent_s = time.monotonic() - begun_s
            is_silent = any(not values for name, values in peaks.items() if name not in reasons)
            if (spent_s >= seconds or is_enough()) and (spent_s >= _SILENT_S or not is_silent):
                break
            time.sleep(_POLL_S)
            fresh = {name: values[seen[name] :] for name, values in peaks.items()}
            seen = {name: seen[name] + len(values) for name, values in fresh.items()}
            on_levels({name: max(values) for name, values in fresh.items() if values})
    for name, values in peaks.items():
        if not values:
            reasons.setdefault(name, "no sound came for some seconds")
    return {name: Heard(np.array(peaks[name]), reasons.get(name, "")) for name in microphones}


def _meter(peaks: list[float]) -> Callable[[SoundFormat, SoundBlock], None]:
    def on_block(_form: SoundFormat, block: SoundBlock) -> None:
        peaks.append(float(np.abs(block.samples.astype(np.int32)).max(initial=0)) / _FULL_SCALE)

    return on_block
