"""The simulated camera: truthful bar codes, late readers and faults on demand."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from jpegs import decoded, luma_of
from waiting import SkippableTime, pass_time, stays

from drivers.camera.simulation import barcode, simulated_camera
from drivers.camera.simulation.barcode import Barcode, role_id
from drivers.camera.simulation.simulated_camera import SimulatedCamera, SimulatedCameraOptions
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceStalled
from drivers.samples import Coding, JpegPicture, PictureFormat

WANTED = PictureFormat(320, 180, Fraction(30), Coding.MJPEG)


@pytest.fixture
def fault(tmp_path: Path) -> Path:
    """The file that says what is wrong with the camera."""
    return tmp_path / "fault"


def running(options: SimulatedCameraOptions) -> Iterator[SimulatedCamera]:
    """An open camera, closed afterwards."""
    camera = SimulatedCamera("teacher", WANTED, options)
    camera.open()
    yield camera
    camera.close()


@pytest.fixture
def faulty_camera(fault: Path) -> Iterator[SimulatedCamera]:
    """An open camera that the fault file can make ill."""
    yield from running(SimulatedCamera.Options(fault_file=fault, flash_period_s=0))


def reading_of(picture: JpegPicture) -> Barcode:
    """What the picture's bar code says."""
    reading = barcode.read(luma_of(picture.data))
    assert reading is not None
    return reading


def test_every_picture_says_which_it_is_and_when_it_was_exposed(tmp_path: Path) -> None:
    log = tmp_path / "truth.jsonl"
    with_log = running(SimulatedCamera.Options(log=log, stamp_jitter_ms=0.2, buffers=30))
    camera = next(with_log)
    pictures = [camera.read(1.0) for _ in range(15)]
    next(with_log, None)
    logged = [json.loads(line) for line in log.read_text().splitlines()]
    assert [entry["frame"] for entry in logged] == list(range(15))
    for picture, entry in zip(pictures, logged, strict=True):
        exposed_us = entry["exposure_ns"] // 1000
        assert reading_of(picture) == Barcode(role_id("teacher"), entry["frame"], exposed_us)
        assert 0 <= picture.captured_ns - entry["exposure_ns"] <= 200_000


@pytest.mark.parametrize("process", [False, True])
def test_a_late_reader_finds_a_gap_after_the_buffers(process: bool) -> None:
    cameras = running(SimulatedCamera.Options(buffers=3, process=process))
    camera = next(cameras)
    first = reading_of(camera.read(1.0)).frame
    pass_time(0.5)
    frames = [reading_of(camera.read(1.0)).frame for _ in range(6)]
    next(cameras, None)
    assert frames[:3] == [first + 1, first + 2, first + 3]
    assert frames[3] - frames[2] > 8
    assert frames[3:] == list(range(frames[3], frames[3] + 3))


def test_the_flash_is_white_but_for_the_bar_code_and_lasts_a_tenth_of_a_second() -> None:
    cameras = running(SimulatedCamera.Options(flash_period_s=0.5, buffers=45))
    camera = next(cameras)
    seen = []
    for _ in range(45):
        luma = luma_of(camera.read(1.0).data)
        reading = barcode.read(luma)
        assert reading is not None
        seen.append((reading.exposed_ns, bool(luma[barcode.strip_height(320) :].min() > 250)))
    next(cameras, None)
    for (before_ns, _), (exposed_ns, white) in itertools.pairwise(seen):
        is_first = before_ns // 500_000_000 != exposed_ns // 500_000_000
        assert white == (is_first or exposed_ns % 500_000_000 < 100_000_000)
    assert any(white for _, white in seen)


def test_the_clock_deviates_by_the_configured_ppm() -> None:
    cameras = running(SimulatedCamera.Options(ppm=50_000, exposure_jitter_ms=0, buffers=20))
    camera = next(cameras)
    first, last = [reading_of(camera.read(1.0)).exposed_ns for _ in range(20)][::19]
    next(cameras, None)
    assert (last - first) / 19 == pytest.approx(1e9 / 30 / 1.05, rel=1e-4)


def test_the_seed_repeats_the_phase_and_no_seed_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SkippableTime(stands=True)
    monkeypatch.setattr(simulated_camera, "time", clock)

    def phase_ns(seed: int | None) -> int:
        cameras = running(SimulatedCamera.Options(seed=seed))
        opened_ns = clock.monotonic_ns()
        camera = next(cameras)
        clock.skip(1.0)
        first_ns = reading_of(camera.read(1.0)).exposed_ns
        next(cameras, None)
        return first_ns - opened_ns

    assert abs(phase_ns(7) - phase_ns(7)) <= 1_000, "the bar code tells microseconds"
    assert len({phase_ns(None) for _ in range(3)}) == 3


@pytest.mark.parametrize("subsampling", ["420", "422"])
def test_chroma_is_as_asked(subsampling: str) -> None:
    cameras = running(SimulatedCameraOptions(subsampling="422" if subsampling == "422" else "420"))
    picture = next(cameras).read(1.0)
    next(cameras, None)
    assert decoded(picture.data).format.name == f"yuvj{subsampling}p"


def test_a_still_screen_stands_still() -> None:
    cameras = running(SimulatedCamera.Options(still=True, flash_period_s=0.1))
    camera = next(cameras)
    pictures = [camera.read(1.0) for _ in range(5)]
    next(cameras, None)
    assert len({picture.data for picture in pictures}) == 1
    assert barcode.read(luma_of(pictures[0].data)) is None
    assert len({picture.captured_ns for picture in pictures}) == 5


def test_lost_means_lost(faulty_camera: SimulatedCamera, fault: Path) -> None:
    faulty_camera.read(1.0)
    fault.write_text("lost")
    with pytest.raises(DeviceLost):
        faulty_camera.read(1.0)


def test_a_stall_sends_nothing_and_leaves_nothing_behind(faulty_camera: SimulatedCamera, fault: Path) -> None:
    before = reading_of(faulty_camera.read(1.0)).frame
    fault.write_text("stall\n")
    with pytest.raises(DeviceStalled):
        faulty_camera.read(0.3)
    fault.unlink()
    assert reading_of(faulty_camera.read(1.0)).frame - before > 7


def test_frozen_pictures_are_all_one_picture(faulty_camera: SimulatedCamera, fault: Path) -> None:
    before = faulty_camera.read(1.0)
    fault.write_text("freeze")
    frozen = [faulty_camera.read(1.0) for _ in range(3)]
    assert {picture.data for picture in frozen} == {before.data}
    fault.unlink()
    assert reading_of(faulty_camera.read(1.0)).frame >= 4


def test_a_covered_lens_is_black(faulty_camera: SimulatedCamera, fault: Path) -> None:
    fault.write_text("black")
    assert luma_of(faulty_camera.read(1.0).data).max() == 0


def test_a_hung_camera_ignores_close_until_the_fault_is_gone(faulty_camera: SimulatedCamera, fault: Path) -> None:
    fault.write_text("hang")
    ended = threading.Event()

    def read() -> None:
        with pytest.raises(DeviceLost):
            read_for_ever(faulty_camera)
        ended.set()

    reader = threading.Thread(target=read, name="reader")
    reader.start()
    stays(reader.is_alive, 0.1)
    faulty_camera.close()
    assert not ended.wait(0.3)
    fault.unlink()
    assert ended.wait(1.0)
    reader.join()


def read_for_ever(camera: SimulatedCamera) -> None:
    """Read until an error ends it."""
    while True:
        camera.read(1.0)


def test_a_word_that_is_no_fault_is_named(faulty_camera: SimulatedCamera, fault: Path) -> None:
    fault.write_text("frozen")
    with pytest.raises(DeviceMisconfigured, match="'frozen'; it may say lost, stall, freeze, black, hang"):
        faulty_camera.read(1.0)


def test_a_size_or_a_log_that_cannot_be_had_is_unfit(tmp_path: Path) -> None:
    small = PictureFormat(160, 90, Fraction(30), Coding.MJPEG)
    with pytest.raises(DeviceMisconfigured, match="320"):
        SimulatedCamera("teacher", small, SimulatedCamera.Options()).open()
    nowhere = SimulatedCamera.Options(log=tmp_path / "none" / "log")
    with pytest.raises(DeviceMisconfigured, match="cannot be written"):
        SimulatedCamera("teacher", WANTED, nowhere).open()


@pytest.mark.parametrize("wrong", [{"buffers": 0}, {"quality": 101}, {"stamp_jitter_ms": -1}, {"ppm": 2e5}])
def test_options_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SimulatedCameraOptions(**wrong)  # type: ignore[arg-type]
