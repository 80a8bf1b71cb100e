"""Capture of all cameras and microphones at once, as what the offset of picture and sound is measured from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from edge.calibration.capture import Frame, frames
from edge.calibration.room_under_test import DeviceUnavailable, OnBlock, RoomUnderTest
from pipelines.measuring.light_onset import tile_means
from pipelines.measuring.sound_track import SoundTrack, sound_track


@dataclass(slots=True)
class SyncCapture:
    """What has been captured so far, by role; it grows while the capture lasts."""

    tiles: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)
    stamps_ns: dict[str, list[int]] = field(default_factory=dict)
    blocks: dict[str, list[SoundBlock]] = field(default_factory=dict)
    formats: dict[str, SoundFormat] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    """Devices that fell silent, and why."""

    def pictures(self, role: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The tiles' mean lumas (pictures, rows, columns) and capture stamps (pictures,) of a camera."""
        count = min(len(self.tiles[role]), len(self.stamps_ns[role]))
        return np.array(self.tiles[role][:count], np.float32), np.array(self.stamps_ns[role][:count], np.int64)

    def track(self, role: str) -> SoundTrack:
        """The sound of a microphone.

        Raises:
            Unmeasurable: ``too-short``.
        """
        return sound_track(list(self.blocks[role]), self.formats[role].rate_hz if role in self.formats else 48_000)

    def interval_ms(self, role: str) -> float | None:
        """The usual interval of a camera's pictures; None before there are some."""
        stamps = self.stamps_ns[role]
        return float(np.median(np.diff(stamps))) / 1e6 if len(stamps) > 10 else None


@contextmanager
def capturing(room: RoomUnderTest, cameras: list[str], microphones: list[str]) -> Iterator[SyncCapture]:
    """Capture these devices while the context lasts.

    Raises:
        DeviceUnavailable: One does not open.
    """
    capture = SyncCapture()
    ended = threading.Event()
    with ExitStack() as stack:
        for role in microphones:
            capture.blocks[role] = []
            stack.enter_context(room.listen(role, _listener(capture, role)))
        threads = []
        for role in cameras:
            capture.tiles[role], capture.stamps_ns[role] = [], []
            coming = stack.enter_context(frames(room, role))
            threads.append(
                threading.Thread(target=_watch, args=(capture, role, coming, ended), name=f"sync-{role}", daemon=True)
            )
        for thread in threads:
            thread.start()
        try:
            yield capture
        finally:
            ended.set()
            for thread in threads:
                thread.join(5.0)


def _watch(capture: SyncCapture, role: str, coming: Iterator[Frame], ended: threading.Event) -> None:
    tiles, stamps = capture.tiles[role], capture.stamps_ns[role]
    try:
        for frame in coming:
            tiles.append(tile_means(frame.luma))
            stamps.append(frame.captured_ns)
            if ended.is_set():
                return
    except DeviceUnavailable as error:
        capture.lost[role] = error.reason


def _listener(capture: SyncCapture, role: str) -> OnBlock:
    def on_block(form: SoundFormat, block: SoundBlock) -> None:
        capture.formats[role] = form
        capture.blocks[role].append(block)

    return on_block
