"""The whole way in real time: a simulated wand, a camera in a process of its own, a microphone, and their offset."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import TypeVar

import numpy as np
import pytest
from jpegs import luma_of

from drivers.camera.simulation.simulated_camera import SimulatedCamera
from drivers.microphone.simulation.simulated_microphone import SimulatedMicrophone
from drivers.panel.simulation.simulated_wand import SimulatedWand
from drivers.samples import Coding, JpegPicture, PictureFormat, SoundBlock, SoundFormat
from pipelines.measuring.clap_motion import clap_motion
from pipelines.measuring.clap_onset import clap_onsets
from pipelines.measuring.light_onset import light_onset, tile_means
from pipelines.measuring.sound_onset import tone_onsets
from pipelines.measuring.sound_track import sound_track
from pipelines.measuring.sync import Distance, flash_gaps_ms, hands_offset, wand_offset

pytestmark = pytest.mark.realtime

DISTANCE = Distance(3.0, 0.05)
Captured = TypeVar("Captured")


def captured(
    folder: Path, camera_late_ms: float, microphone_late_ms: float, act: Callable[[SimulatedWand], None]
) -> tuple[list[JpegPicture], list[SoundBlock]]:
    """What camera and microphone deliver while somebody acts with the wand."""
    file = folder / "wand.jsonl"
    form = PictureFormat(320, 180, Fraction(30), Coding.MJPEG)
    camera = SimulatedCamera(
        "teacher",
        form,
        SimulatedCamera.Options(
            wand_file=file, stamp_late_ms=camera_late_ms, exposure_ms=15.0, process=True, seed=1, flash_period_s=0
        ),
    )
    microphone = SimulatedMicrophone(
        "ceiling",
        SoundFormat(48_000, 1),
        SimulatedMicrophone.Options(
            wand_file=file, stamp_late_ms=microphone_late_ms, wand_distance_m=3.0, ppm=80.0, seed=2, flash_period_s=0
        ),
    )
    wand = SimulatedWand(SimulatedWand.Options(file))
    ended = Event()

    def all_of(read: Callable[[float], Captured]) -> list[Captured]:
        found = []
        while not ended.is_set():
            found.append(read(2.0))
        return found

    wand.open()
    camera.open()
    microphone.open()
    try:
        with ThreadPoolExecutor(2) as readers:
            pictures, blocks = readers.submit(all_of, camera.read), readers.submit(all_of, microphone.read)
            try:
                act(wand)
                time.sleep(0.7)
            finally:
                ended.set()
            return pictures.result(), blocks.result()
    finally:
        for device in (wand, camera, microphone):
            device.close()


def test_the_offset_of_a_simulated_room_is_found_with_a_simulated_wand(tmp_path: Path) -> None:
    flashes = []

    def act(wand: SimulatedWand) -> None:
        time.sleep(0.4)
        for gap_ms in flash_gaps_ms(11, 60.0, 70.0):
            flash = wand.flash(110.0)
            flashes.append((flash.raised_ns, flash.lowered_ns))
            time.sleep(gap_ms / 1e3)

    pictures, blocks = captured(tmp_path, 72.0, 25.0, act)
    when = np.array(flashes, dtype=np.int64)
    stamps = np.array([picture.captured_ns for picture in pictures], dtype=np.int64)
    tiles = np.stack([tile_means(luma_of(picture.data)) for picture in pictures])
    light = light_onset(tiles, stamps, when, least_ms=-100.0, most_ms=300.0)
    found = wand_offset(light, tone_onsets(sound_track(blocks, 48_000), when), DISTANCE)
    assert found.camera_latency_ms is not None
    assert found.microphone_latency_ms is not None
    for name, estimate, truth_ms in (
        ("camera", found.camera_latency_ms, 72.1),
        ("microphone", found.microphone_latency_ms, 25.0),
        ("offset", found.offset_ms, 47.1),
    ):
        error_ms = estimate.value - truth_ms
        print(f"{name}: error {error_ms:+.2f} ms, stated ± {estimate.half_width:.2f} ms, bound 3 ms")
        assert abs(error_ms) < 3
    assert found.enough


def test_the_offset_of_a_simulated_room_is_found_with_hands(tmp_path: Path) -> None:
    def act(wand: SimulatedWand) -> None:
        for _ in range(6):
            wand.clap()

    pictures, blocks = captured(tmp_path, 20.0, 65.0, act)
    stamps = np.array([picture.captured_ns for picture in pictures], dtype=np.int64)
    tiles = np.stack([tile_means(luma_of(picture.data)) for picture in pictures])
    claps = clap_onsets(sound_track(blocks, 48_000))
    found = hands_offset(clap_motion(tiles, stamps, claps), DISTANCE)
    error_ms = found.offset_ms.value - (20 - 65)
    print(f"error {error_ms:+.1f} ms, stated ± {found.offset_ms.half_width:.1f} ms, bound 12 ms")
    assert abs(error_ms) < 12
