"""The wand on mock pins, and the simulated one as cameras see it and microphones hear it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory
from jpegs import luma_of

from drivers.camera.simulation.scene import LAMP_PLACE
from drivers.camera.simulation.simulated_camera import SimulatedCamera
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.microphone.simulation.wand_sound import WandSound
from drivers.panel.gpio_chip import PinSource
from drivers.panel.simulation.simulated_wand import SimulatedWand
from drivers.panel.sync_wand import SyncWand, WandOptions
from drivers.samples import Coding, JpegPicture, PictureFormat
from drivers.simulated_sync_events import SyncEvent, SyncEventFile, hands_apart

RATE_HZ = 48_000


def on_mock_pins(factory: MockFactory, **options: object) -> SyncWand:
    return SyncWand(WandOptions(**options), lambda _options: PinSource(factory, (GPIOZeroError,)))  # type: ignore[arg-type]


@pytest.mark.parametrize("active_low", [False, True])
def test_a_flash_raises_the_line_for_so_long_and_says_when(active_low: bool) -> None:
    factory = MockFactory()
    pin = factory.pin(16)
    wand = on_mock_pins(factory, active_low=active_low)
    wand.open()
    pin.clear_states()
    flash = wand.flash(20.0)
    states = [state.state for state in pin.states]
    held_ms = pin.states[2].timestamp * 1e3
    wand.close()
    assert states == ([1, 0, 1] if active_low else [0, 1, 0])
    said_ms = (flash.lowered_ns - flash.raised_ns) / 1e6
    assert said_ms >= 20
    assert abs(said_ms - held_ms) <= 2 * flash.uncertainty_ns / 1e6 + 0.5
    assert flash.uncertainty_ns > 0


def test_a_wand_that_is_not_open_or_whose_pin_is_taken_says_so() -> None:
    factory = MockFactory()
    holder, wand = on_mock_pins(factory), on_mock_pins(factory)
    holder.open()
    with pytest.raises(DeviceMissing, match="does another program hold it"):
        wand.open()
    holder.close()
    holder.close()
    with pytest.raises(DeviceLost, match="it is not open"):
        holder.flash(10.0)


@pytest.mark.parametrize("wrong", [{"pin": 28}, {"pin": ""}])
def test_a_pin_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="allowed"):
        WandOptions(**wrong)  # type: ignore[arg-type]


def test_a_simulated_flash_is_in_the_file_before_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "wand.jsonl"
    wand, reader = SimulatedWand(SimulatedWand.Options(file)), SyncEventFile(file)
    assert list(reader.between(0, 2**62)) == []
    wand.open()
    flash = wand.flash(5.0)
    met_ns = wand.clap()
    wand.close()
    assert [(event.on_ns, event.kind) for event in reader.between(0, 2**62)] == [
        (flash.raised_ns, "wand"),
        (met_ns, "clap"),
    ]
    assert list(reader.between(flash.lowered_ns, flash.lowered_ns + 1000)) == []
    with pytest.raises(DeviceLost):
        wand.flash(5.0)
    with pytest.raises(DeviceMisconfigured, match="cannot be written"):
        SimulatedWand(SimulatedWand.Options(tmp_path / "none" / "wand.jsonl")).open()


def test_half_a_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "wand.jsonl"
    reader = SyncEventFile(file)
    file.write_text('{"on_ns": 5, "off_')
    assert list(reader.between(0, 100)) == []
    file.write_text('{"on_ns": 5, "off_ns": 9, "kind": "wand"}\n')
    assert list(reader.between(0, 100)) == [SyncEvent(5, 9)]


def test_a_picture_shows_the_share_of_its_exposure_during_which_the_light_was_on(tmp_path: Path) -> None:
    file = tmp_path / "wand.jsonl"
    camera = SimulatedCamera(
        "teacher",
        PictureFormat(320, 180, Fraction(30), Coding.MJPEG),
        SimulatedCamera.Options(
            wand_file=file, exposure_ms=20.0, stamp_jitter_ms=0.0, stamp_late_ms=30.0, quality=95, flash_period_s=0
        ),
    )
    camera.open()
    first = camera.read(1.0)
    # It goes on three tenths of a second from now, so that pictures are drawn that know of it.
    event = SyncEvent(first.captured_ns + 300_000_000, first.captured_ns + 420_000_000)
    SyncEventFile(file).append(event)
    pictures = [camera.read(1.0) for _ in range(20)]
    camera.close()
    lit = [_lamp(picture) for picture in pictures]
    dark = float(np.median(lit))
    for picture, level in zip(pictures, lit, strict=True):
        middle_ns = picture.captured_ns - 30_000_000
        share = event.share_of(middle_ns - 10_000_000, middle_ns + 10_000_000)
        assert level - dark == pytest.approx(share * (255 - dark), abs=12)
    assert max(lit) > 240


def _lamp(picture: JpegPicture) -> float:
    luma = luma_of(picture.data)
    row, column = round(LAMP_PLACE[1] * luma.shape[0]), round(LAMP_PLACE[0] * luma.shape[1])
    return float(luma[row - 2 : row + 3, column - 2 : column + 3].mean())


@pytest.mark.parametrize("kind", ["wand", "clap"])
def test_sound_comes_so_much_later_as_it_travels_and_fades_with_the_room(tmp_path: Path, kind: str) -> None:
    events = SyncEventFile(tmp_path / "wand.jsonl")
    events.append(SyncEvent(100_000_000, 300_000_000, kind))  # type: ignore[arg-type]
    wand = WandSound(events, 10_000.0, distance_m=3.43, rt60_s=0.4)
    sound = np.zeros(RATE_HZ)
    for first in range(0, RATE_HZ, 960):
        wand.add(sound[first : first + 960], first * 1_000_000_000 // RATE_HZ, RATE_HZ)
    begin = int(np.flatnonzero(np.abs(sound) > 100)[0])
    assert begin / RATE_HZ == pytest.approx(0.110, abs=0.0005)
    level = np.sqrt(np.square(sound).reshape(-1, 480).mean(axis=1))
    if kind == "wand":
        faded_db = 20 * np.log10(level[33] / level[53])
        assert faded_db == pytest.approx(30, abs=2)
    assert level[90] < 20


def test_hands_close_meet_and_part() -> None:
    clap = SyncEvent(1_000_000_000, 1_500_000_000, "clap")
    apart = [hands_apart(clap, at_ms * 1_000_000) for at_ms in (500, 900, 950, 1000, 1400, 1500, 1700, 2500)]
    assert apart == pytest.approx([1, 0.8, 0.4, 0, 0, 0, 0.5, 1])
    assert clap.share_of(1_100_000_000, 1_200_000_000) == 0
