"""What the lamps tell while a lesson runs: within which time, and for what they stay green."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from pipelines.capture.signal_faults import CameraSignal, MicrophoneSignal, SignalFault
from pipelines.journal.entries import Drift, Medium, PictureMeasurement, SoundMeasurement, Track

SECOND_NS = 1_000_000_000
HEALTHY_S = 20
# A second is in the journal so long after its end.
KNOWN_AFTER_S = 1.5

Camera = Callable[[int], PictureMeasurement | None]
Told = list[tuple[float, SignalFault | None]]
Microphone = Callable[[int], SoundMeasurement]


def pictures(count: int = 30, luma: float | None = 100.0, change: float | None = 1.0, every_s: int = 1) -> Camera:
    def second(number: int) -> PictureMeasurement | None:
        if not count:
            return None
        is_seen = number % every_s == 0
        return PictureMeasurement(
            track="teacher",
            lesson_ns=number * SECOND_NS,
            luma=luma if is_seen else None,
            change=change if is_seen else None,
            pictures=count,
        )

    return second


def sound(*channels: float, rms: float | None = None, spread: float = 6.0, samples: int = 48_000) -> Microphone:
    dice = random.Random(1)

    def second(number: int) -> SoundMeasurement:
        step = dice.uniform(0, spread)
        levels = [max(-120.0, level - step) for level in channels]
        loudness = max(levels) + 6 if rms is None else rms
        return SoundMeasurement(
            track="lapel",
            lesson_ns=number * SECOND_NS,
            rms_dbfs=loudness,
            peak_dbfs=loudness + 10,
            samples=samples,
            channels_dbfs=levels if samples else [],
        )

    return second


def told(
    signal: CameraSignal | MicrophoneSignal,
    add: Callable[[int, bool], None],
    seconds: int = 80,
) -> Told:
    """How what is told changes while an illness lasts from second 20 on, in seconds since it began."""
    changes: Told = []
    known: SignalFault | None = None
    added = 0
    for half in range((HEALTHY_S + seconds + 20) * 2):
        at_s = half / 2
        while added + 1 + KNOWN_AFTER_S <= at_s:
            add(added, HEALTHY_S <= added < HEALTHY_S + seconds)
            added += 1
        fault = signal.fault(round(at_s * SECOND_NS))
        if fault is not known:
            known = fault
            changes.append((at_s - HEALTHY_S, fault))
    return changes


def camera_told(ill: Camera, healthy: Camera | None = None, *, is_screen: bool = False) -> Told:
    signal = CameraSignal(0, is_screen=is_screen)
    signal.describe(
        Track(track="teacher", medium=Medium.PICTURE, how="encoded", timescale=90_000, fps=30, promised_fps=30)
    )
    well = healthy or pictures()

    def add(number: int, is_ill: bool) -> None:
        if (second := (ill if is_ill else well)(number)) is not None:
            signal.add(second)

    return told(signal, add)


def microphone_told(ill: Microphone, healthy: Microphone | None = None, *, keeps_channels: bool = True) -> Told:
    signal = MicrophoneSignal(0, keeps_channels=keeps_channels)
    well = healthy or sound(-40.0, -42.0)
    return told(signal, lambda number, is_ill: signal.add((ill if is_ill else well)(number)))


@pytest.mark.parametrize(
    ("ill", "fault", "within_s"),
    [
        pytest.param(pictures(0), SignalFault.NO_PICTURES, 10, id="no pictures, or slates only"),
        pytest.param(pictures(10), SignalFault.FEW_PICTURES, 10, id="a third of the promised rate"),
        pytest.param(pictures(luma=16.0, change=0.0), SignalFault.BLACK, 15, id="black"),
        pytest.param(pictures(change=0.0), SignalFault.FROZEN, 15, id="frozen"),
    ],
)
def test_an_ill_camera_is_told_in_time_and_no_longer_than_it_lasts(
    ill: Camera, fault: SignalFault, within_s: int
) -> None:
    (told_s, first), *others, (healed_s, last) = camera_told(ill)
    assert (first, last, others) == (fault, None, [])
    assert 3 <= told_s <= within_s
    assert 80 <= healed_s <= 90


@pytest.mark.parametrize("ill", [pictures(luma=5.0, change=0.0, every_s=4), pictures(change=0.0, every_s=4)])
def test_a_camera_of_which_one_picture_in_four_seconds_is_looked_at_is_told_in_time(ill: Camera) -> None:
    (told_s, fault), *_ = camera_told(ill, pictures(every_s=4))
    assert fault in (SignalFault.BLACK, SignalFault.FROZEN)
    assert told_s <= 15


@pytest.mark.parametrize(
    "well",
    [
        pytest.param(pictures(luma=30.0, change=0.05), id="a dim room in which nobody moves"),
        pytest.param(pictures(14), id="half the rate in dim light"),
    ],
)
def test_a_healthy_camera_stays_green(well: Camera) -> None:
    assert camera_told(well) == []


@pytest.mark.parametrize("still", [pictures(change=0.0), pictures(luma=0.0, change=0.0), pictures(5)])
def test_a_screen_may_stand_still_be_dark_and_slow(still: Camera) -> None:
    assert camera_told(still, is_screen=True) == []


def test_a_track_that_is_halved_on_purpose_has_half_the_promise() -> None:
    signal = CameraSignal(0, is_screen=False)
    signal.describe(
        Track(track="teacher", medium=Medium.PICTURE, how="encoded", timescale=90_000, fps=20, promised_fps=20)
    )
    signal.is_halved = True
    for number in range(20):
        signal.add(pictures(6)(number))  # type: ignore[arg-type]
    assert signal.fault(20 * SECOND_NS) is None
    signal.is_halved = False
    assert signal.fault(20 * SECOND_NS) is SignalFault.FEW_PICTURES


@pytest.mark.parametrize(
    ("ill", "fault", "within_s"),
    [
        pytest.param(sound(-120.0, rms=-120.0, samples=0), SignalFault.NO_SOUND, 10, id="no samples"),
        pytest.param(sound(-120.0, -120.0, rms=-120.0), SignalFault.SILENT, 10, id="digital silence"),
        pytest.param(sound(-120.0, -120.0, rms=-14.0), SignalFault.HUM, 10, id="a constant alone"),
        pytest.param(sound(-74.0, -73.0, rms=-45.0), SignalFault.HUM, 10, id="mains hum alone"),
        pytest.param(sound(-40.0, -120.0), SignalFault.DEAD_CHANNEL, 10, id="a dead channel"),
        pytest.param(sound(-74.0, -120.0), SignalFault.DEAD_CHANNEL, 10, id="a dead channel in a quiet minute"),
        pytest.param(sound(-70.0, -70.0, spread=1.0), SignalFault.TOO_QUIET, 64, id="muted, with noise of its own"),
    ],
)
def test_an_ill_microphone_is_told_in_time_and_no_longer_than_it_lasts(
    ill: Microphone, fault: SignalFault, within_s: int
) -> None:
    (told_s, first), *others, (healed_s, last) = microphone_told(ill)
    assert (first, last, others) == (fault, None, [])
    assert 3 <= told_s <= within_s
    assert 80 <= healed_s <= 83


@pytest.mark.parametrize(
    "well",
    [
        pytest.param(sound(-62.0, -64.0, spread=8.0), id="a class that reads in silence"),
        pytest.param(sound(-68.0, -72.0, rms=-50.0, spread=5.0), id="rumble in a quiet room"),
        pytest.param(sound(-45.0, -68.0), id="a channel that is fainter than the other"),
    ],
)
def test_a_quiet_class_stays_green(well: Microphone) -> None:
    assert microphone_told(well) == []


def test_a_dead_channel_that_is_not_recorded_apart_is_not_missed() -> None:
    assert microphone_told(sound(-40.0, -120.0), keeps_channels=False) == []


def test_a_wrong_rate_is_told_as_what_it_is() -> None:
    signal = MicrophoneSignal(0, keeps_channels=False)
    for number in range(12):
        signal.add(sound(-40.0)(number))
    signal.on_drift(Drift(track="lapel", lesson_ns=10 * SECOND_NS, ppm=88_435.0, offset_ms=0.1))
    assert signal.fault(13 * SECOND_NS) is SignalFault.WRONG_RATE
    signal.on_drift(Drift(track="lapel", lesson_ns=10 * SECOND_NS, ppm=-105_704.0, offset_ms=0.1))
    assert signal.fault(13 * SECOND_NS) is SignalFault.ODD_RATE
    signal.on_drift(Drift(track="lapel", lesson_ns=20 * SECOND_NS, ppm=-120.0, offset_ms=0.1))
    assert signal.fault(13 * SECOND_NS) is None
