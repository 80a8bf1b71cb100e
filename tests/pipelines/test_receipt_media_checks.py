"""Black, frozen, dead, clipped: judged from measurements alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.journal.entries import Cause, Drift, Gap, PictureMeasurement, SoundMeasurement
from pipelines.receipt.findings import Finding, FindingCode, Severity
from pipelines.receipt.media_checks import STILL_CHANGE, check_drift, check_picture, check_sound, outside_gaps

SECOND = 1_000_000_000
HOUR = 3600


def levels(*rms_dbfs: float, peak_dbfs: float = -10.0) -> list[SoundMeasurement]:
    return [
        SoundMeasurement(track="ceiling", lesson_ns=second * SECOND, rms_dbfs=rms, peak_dbfs=peak_dbfs)
        for second, rms in enumerate(rms_dbfs)
    ]


def seconds_of_picture(*measurements: tuple[float, float]) -> list[PictureMeasurement]:
    return [
        PictureMeasurement(track="teacher", lesson_ns=second * SECOND, luma=luma, change=change)
        for second, (luma, change) in enumerate(measurements)
    ]


def codes(findings: list[Finding]) -> list[tuple[FindingCode, Severity]]:
    return [(finding.code, finding.severity) for finding in findings]


def sound(measurements: list[SoundMeasurement], lesson_s: int = HOUR) -> list[tuple[FindingCode, Severity]]:
    return codes(list(check_sound("ceiling", measurements, lesson_s * SECOND)))


def picture(measurements: list[PictureMeasurement], *, screen: bool = False) -> list[tuple[FindingCode, Severity]]:
    found = check_picture("teacher", measurements, HOUR * SECOND, still_change=STILL_CHANGE, may_stand_still=screen)
    return codes(list(found))


def test_a_microphone_that_dies_in_mid_lesson_is_dead() -> None:
    measurements = levels(*[-25.0] * 1800, *[-75.0, -74.2, -75.6] * 25)
    (finding,) = check_sound("ceiling", measurements, HOUR * SECOND)
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


def test_a_slate_in_a_journalled_gap_is_not_frozen_as_well() -> None:
    measurements = seconds_of_picture(*[(110.0, 4.0)] * 5, *[(40.0, 0.0)] * 20)
    gap = Gap(track="teacher", from_ns=5 * SECOND, to_ns=25 * SECOND, cause=Cause.DEVICE)
    assert picture(measurements) == [(FindingCode.FROZEN, Severity.BAD)]
    assert picture(outside_gaps(measurements, [gap])) == []


@pytest.mark.parametrize(("offset_ms", "found"), [(-41.0, 1), (-39.0, 0), (59.0, 0), (61.0, 1)])
def test_sound_may_be_later_than_it_may_be_early(offset_ms: float, found: int) -> None:
    drift = Drift(track="ceiling", lesson_ns=0, ppm=20.0, offset_ms=offset_ms)
    assert len(list(check_drift([drift]))) == found


@given(st.lists(st.floats(-65.0, 0.0), max_size=58), st.lists(st.floats(-65.0, 0.0), max_size=58))
def test_a_room_that_is_heard_once_is_alive(before: list[float], after: list[float]) -> None:
    """However quiet it is for less than a minute on either side."""
    assert sound(levels(*before, -50.0, *after), len(before) + len(after) + 1) == []
