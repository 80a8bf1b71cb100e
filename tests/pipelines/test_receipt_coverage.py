"""Coverage: what was counted in every second against time and promise, whatever the journal confesses."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.signal_limits import is_rate_of_a_card
from pipelines.receipt.coverage_checks import check_damaged_pictures, check_picture_rate, check_samples
from pipelines.receipt.findings import Finding, FindingCode, Severity
from pipelines.receipt.seconds import NOT_COUNTED, PictureSecond, SoundSecond

SECOND = 1_000_000_000
FEW_BAD, FEW_NOTE = (FindingCode.FEW_PICTURES, Severity.BAD), (FindingCode.FEW_PICTURES, Severity.NOTE)


def codes(findings: Iterable[Finding]) -> list[tuple[FindingCode, Severity]]:
    return [(finding.code, finding.severity) for finding in findings]


def rate(
    counts: list[int],
    promised: float,
    *,
    screen: bool = False,
    halved: Iterable[int] = (),
    excused: Iterable[int] = (),
) -> list[tuple[FindingCode, Severity]]:
    """What is found in a track with so many pictures in each second; a second without any is not journalled."""
    seconds = [PictureSecond(n * SECOND, 110.0, 4.0, count, 0, promised) for n, count in enumerate(counts) if count]
    return codes(
        check_picture_rate(
            "teacher",
            seconds,
            len(counts) * SECOND,
            nominal_fps=25.0,
            excused=set(excused),
            halved=set(halved),
            is_screen=screen,
        )
    )


@pytest.mark.parametrize(("promised", "fps"), [(30, 1), (30, 5), (25, 9), (60, 11), (15, 6), (5, 1)])
def test_a_camera_that_gives_far_less_than_it_promised_is_bad(promised: float, fps: int) -> None:
    assert rate([fps] * 60, promised) == [FEW_BAD]


@pytest.mark.parametrize(("promised", "fps"), [(30, 15), (25, 12), (60, 25), (15, 8), (30, 29)])
def test_a_camera_in_dim_light_is_a_note(promised: float, fps: int) -> None:
    assert rate([fps] * 60, promised) == [FEW_NOTE]


def test_a_camera_that_loses_two_pictures_in_a_hundred_is_told() -> None:
    assert rate([29, 30] * 300, 30.0) == [FEW_NOTE]


@pytest.mark.parametrize("fps", [5, 12, 25, 30, 60])
def test_a_camera_that_keeps_its_promise_is_good(fps: int) -> None:
    assert rate([fps, fps + 1, fps - 1] * 20, fps) == []


def test_a_promise_that_nobody_can_believe_counts_for_nothing() -> None:
    assert rate([25] * 60, 90_000.0) == []
    assert rate([1] * 60, 90_000.0) == [FEW_BAD]


def test_a_few_slow_seconds_of_a_long_lesson_are_not_bad_and_a_run_of_them_is() -> None:
    hour = [30] * 3600
    scattered, together = list(hour), list(hour)
    scattered[::300] = [3] * 12
    together[100:108] = [0] * 8
    assert rate(scattered, 30.0) == []
    assert rate(together, 30.0) == [FEW_BAD]
    assert rate(together, 30.0, excused=range(100, 108)) == []


def test_half_the_rate_on_purpose_is_the_load_level_s_business() -> None:
    assert rate([30] * 20 + [15] * 40, 30.0, halved=range(20, 60)) == []


def test_a_screen_needs_few_pictures() -> None:
    assert rate([5] * 60, 30.0, screen=True) == [FEW_NOTE]
    assert rate([1] * 60, 30.0, screen=True) == [FEW_BAD]


def test_a_lesson_from_before_pictures_were_counted_is_not_judged_by_them() -> None:
    old = [PictureSecond(n * SECOND, 110.0, 4.0, NOT_COUNTED, 0, 0.0) for n in range(60)]
    found = check_picture_rate(
        "teacher", old, 60 * SECOND, nominal_fps=25.0, excused=set(), halved=set(), is_screen=False
    )
    assert list(found) == []


@given(st.integers(5, 60), st.data())
def test_a_second_may_be_journalled_in_two_parts(fps: int, data: st.DataObject) -> None:
    """A restart or a pause cuts it."""
    cuts = data.draw(st.lists(st.integers(0, fps), min_size=20, max_size=20))
    seconds = [
        PictureSecond(n * SECOND, 110.0, 4.0, part, 0, float(fps))
        for n, cut in enumerate(cuts)
        for part in (cut, fps - cut)
    ]
    assert not list(
        check_picture_rate("t", seconds, 20 * SECOND, nominal_fps=25.0, excused=set(), halved=set(), is_screen=False)
    )


@pytest.mark.parametrize(
    ("damaged", "found"),
    [
        ([0] * 60, []),
        ([1] + [0] * 59, [Severity.NOTE]),
        ([1] * 60, [Severity.BAD]),
        ([0] * 1000 + [25] * 3 + [0] * 1000, [Severity.BAD]),
    ],
    ids=["none", "one", "four in a hundred", "three whole seconds of half an hour"],
)
def test_damaged_pictures_are_counted_and_too_many_are_bad(damaged: list[int], found: list[Severity]) -> None:
    seconds = [PictureSecond(n * SECOND, 110.0, 4.0, 25, count, 25.0) for n, count in enumerate(damaged)]
    assert [finding.severity for finding in check_damaged_pictures("teacher", seconds)] == found


@pytest.mark.parametrize("ppm", [0.0, -90.0, 400.0, -81_250.0, 88_435.0, -333_333.0, -81_000.0])
def test_a_card_s_clock_may_be_off_or_another_than_it_says(ppm: float) -> None:
    assert is_rate_of_a_card(ppm)


@pytest.mark.parametrize("ppm", [-105_704.0, -20_000.0, 3_000.0, 150_000.0])
def test_a_clock_that_no_card_has_is_lost_sound(ppm: float) -> None:
    assert not is_rate_of_a_card(ppm)


def test_sound_that_never_came_is_missed_whatever_the_journal_says() -> None:
    def missed(samples: list[int], excused: Iterable[int] = ()) -> list[float | int | str]:
        seconds = [SoundSecond(n * SECOND, -30.0, -10.0, count, (-32.0,)) for n, count in enumerate(samples)]
        found = check_samples("ceiling", seconds, len(samples) * SECOND, excused=set(excused))
        return [finding.values["seconds"] for finding in found]

    assert missed([48_000] * 60) == []
    assert missed([47_990] * 600) == []
    assert missed([44_100] * 60) == [pytest.approx(4.88, abs=0.01)]
    assert missed([48_000] * 20 + [0] * 2 + [48_000] * 20) == [2.0]
    assert missed([48_000] * 20 + [0] * 2 + [48_000] * 20, excused=(20, 21)) == []
