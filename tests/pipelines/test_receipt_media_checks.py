"""Black, frozen, dead, clipped: judged from measurements alone."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.signal_limits import BLACK_LUMA, STILL_CHANGE
from pipelines.journal.entries import Drift
from pipelines.receipt.findings import Finding, FindingCode, Severity
from pipelines.receipt.media_checks import check_drift, check_picture, check_sound
from pipelines.receipt.seconds import PictureSecond, SoundSecond

SECOND = 1_000_000_000
NAN = math.nan
HOUR = 3600


def levels(*rms_dbfs: float, peak_dbfs: float = -10.0) -> list[SoundSecond]:
    return [SoundSecond(second * SECOND, rms, peak_dbfs, 48_000, ()) for second, rms in enumerate(rms_dbfs)]


def seconds_of_picture(*measurements: tuple[float, float]) -> list[PictureSecond]:
    return [
        PictureSecond(second * SECOND, luma, change, 25, 0, 25.0) for second, (luma, change) in enumerate(measurements)
    ]


def codes(findings: list[Finding]) -> list[tuple[FindingCode, Severity]]:
    return [(finding.code, finding.severity) for finding in findings]


def sound(measurements: list[SoundSecond], lesson_s: int = HOUR) -> list[tuple[FindingCode, Severity]]:
    return codes(list(check_sound("ceiling", measurements, lesson_s * SECOND, keeps_channels=True)))


def picture(measurements: list[PictureSecond], *, screen: bool = False) -> list[tuple[FindingCode, Severity]]:
    found = check_picture(
        "teacher",
        measurements,
        HOUR * SECOND,
        black_luma=BLACK_LUMA,
        still_change=STILL_CHANGE,
        may_stand_still=screen,
    )
    return codes(list(found))


def test_a_microphone_that_dies_in_mid_lesson_is_dead() -> None:
    measurements = levels(*[-25.0] * 1800, *[-75.0, -74.2, -75.6] * 25)
    (finding,) = check_sound("ceiling", measurements, HOUR * SECOND, keeps_channels=True)
    assert (finding.code, finding.from_ns) == (FindingCode.MICROPHONE_DEAD, 1800 * SECOND)
    assert finding.values == {"seconds": 75, "loudest_dbfs": -74.2}


def test_silent_reading_is_not_a_dead_microphone() -> None:
    assert sound(levels(*[-30.0] * 600, *[-58.0, -61.5, -56.5, -63.0] * 60, *[-30.0] * 600)) == []


def test_a_level_that_never_varies_near_the_noise_floor_is_dead() -> None:
    assert sound(levels(*[-30.0] * 600, *[-57.0, -57.4, -56.8] * 60)) == [(FindingCode.MICROPHONE_DEAD, Severity.BAD)]


def test_a_lesson_in_which_nothing_is_ever_loud_is_dead() -> None:
    assert sound(levels(*[-58.0, -64.0, -62.0] * 4), 12) == [(FindingCode.MICROPHONE_DEAD, Severity.BAD)]


def test_far_below_any_room_half_of_a_short_lesson_is_enough() -> None:
    assert sound(levels(*[-30.0] * 6, *[-75.0] * 6), 12) == [(FindingCode.MICROPHONE_DEAD, Severity.BAD)]


def test_a_quiet_room_between_two_sounds_is_not_dead() -> None:
    assert sound(levels(-20.0, *[-61.2] * 9, -20.0, *[-61.2] * 3), 14) == []


def of_channels(*channels: tuple[float, ...]) -> list[SoundSecond]:
    return [SoundSecond(second * SECOND, -30.0, -10.0, 48_000, levels) for second, levels in enumerate(channels)]


def test_hum_and_a_constant_are_dead_however_loud() -> None:
    assert sound(of_channels(*[(-96.0,)] * 30), 30) == [(FindingCode.MICROPHONE_DEAD, Severity.BAD)]


def test_a_quiet_class_is_quieter_still_without_its_rumble() -> None:
    quiet = [(-71.0,), (-68.5,), (-66.0,), (-72.5,)] * 60
    assert sound(of_channels((-30.0,), *quiet, (-30.0,))) == []


@pytest.mark.parametrize(("keeps_channels", "severity"), [(True, Severity.BAD), (False, Severity.NOTE)])
@pytest.mark.parametrize("dead_dbfs", [-120.0, -62.0], ids=["nothing", "what the other cable leaks into it"])
def test_a_dead_channel_is_told_and_bad_where_it_is_heard(
    keeps_channels: bool, severity: Severity, dead_dbfs: float
) -> None:
    alive, half_dead = [(-28.0, -31.0)] * 100, [(-28.0, dead_dbfs)] * 80
    seconds = of_channels(*alive, *half_dead)
    (finding,) = check_sound("ceiling", seconds, HOUR * SECOND, keeps_channels=keeps_channels)
    assert (finding.code, finding.severity) == (FindingCode.CHANNEL_DEAD, severity)
    assert finding.values == {"seconds": 80, "channel": 2}


def test_a_microphone_of_which_all_channels_are_dead_is_dead_once() -> None:
    seconds = of_channels(*[(-28.0, -31.0)] * 100, *[(-90.0, -95.0)] * 80)
    assert sound(seconds) == [(FindingCode.MICROPHONE_DEAD, Severity.BAD)]


def test_clipping_now_and_then_is_a_note_and_much_of_it_bad() -> None:
    quiet = levels(*[-20.0] * 95)
    loud = levels(*[-9.0] * 20, peak_dbfs=0.0)
    assert sound(quiet + loud[:5]) == [(FindingCode.CLIPPING, Severity.NOTE)]
    assert sound(quiet + loud) == [(FindingCode.CLIPPING, Severity.BAD)]


def test_ten_seconds_without_a_change_are_frozen_wherever_they_begin() -> None:
    alive = [(110.0, 4.0)] * 30
    assert picture(seconds_of_picture(*alive, *[(110.0, 0.0)] * 9, *alive)) == [(FindingCode.FROZEN, Severity.BAD)]
    assert picture(seconds_of_picture(*alive, *[(110.0, 0.0)] * 8, *alive)) == []


def test_a_black_picture_is_bad_on_a_camera_and_a_note_on_the_screen() -> None:
    measurements = seconds_of_picture(*[(17.0, 0.3)] * 20)
    assert picture(measurements) == [(FindingCode.BLACK, Severity.BAD)]
    assert picture(measurements, screen=True) == [(FindingCode.BLACK, Severity.NOTE)]


def test_a_track_of_which_a_picture_was_looked_at_now_and_then_is_judged_by_those() -> None:
    def looked_at(*figures: tuple[float, float]) -> list[PictureSecond]:
        return [
            PictureSecond(second * SECOND, *(figures[second // 4] if second % 4 == 1 else (NAN, NAN)), 25, 0, 25.0)
            for second in range(4 * len(figures))
        ]

    alive = [(110.0, 4.0)] * 3
    assert picture(looked_at(*alive, *[(17.0, 0.3)] * 3, *alive)) == [(FindingCode.BLACK, Severity.BAD)]
    assert picture(looked_at(*alive, *[(110.0, 0.0)] * 3, *alive)) == [(FindingCode.FROZEN, Severity.BAD)]
    assert picture(looked_at(*alive, *[(110.0, 0.0)] * 2, *alive)) == []


@pytest.mark.parametrize(("offset_ms", "found"), [(-41.0, 1), (-39.0, 0), (59.0, 0), (61.0, 1)])
def test_sound_may_be_later_than_it_may_be_early(offset_ms: float, found: int) -> None:
    drift = Drift(track="ceiling", lesson_ns=0, ppm=20.0, offset_ms=offset_ms)
    assert len(list(check_drift([drift]))) == found


@given(st.lists(st.floats(-65.0, 0.0), max_size=58), st.lists(st.floats(-65.0, 0.0), max_size=58))
def test_a_room_that_is_heard_once_is_alive(before: list[float], after: list[float]) -> None:
    """However quiet it is for less than a minute on either side."""
    assert sound(levels(*before, -50.0, *after), len(before) + len(after) + 1) == []
