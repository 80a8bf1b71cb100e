"""What stands in a picture track while its camera is silent: never one picture for longer than a second."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.recording.gap_filler import REPEAT_INTERVAL_NS, SLATE_INTERVAL_NS, GapFiller

TICK_NS = 100_000_000
SECOND_NS = 1_000_000_000


@given(
    start_ns=st.integers(0, 3600 * SECOND_NS),
    silences_ns=st.lists(st.integers(1_000_000, 8 * SECOND_NS), min_size=1, max_size=5),
    late_ns=st.integers(0, 2 * SECOND_NS),
)
def test_no_picture_lasts_longer_than_a_slate(start_ns: int, silences_ns: list[int], late_ns: int) -> None:
    filler = GapFiller(start_ns)
    written: list[int] = []
    at_ns = start_ns
    for silence_ns in silences_ns:
        came_ns = at_ns + silence_ns
        for reached_ns in range(at_ns, came_ns + late_ns, TICK_NS):
            while fill := filler.next_due(min(reached_ns, came_ns)):
                written.append(fill.lesson_ns)
        while fill := filler.fill_before(came_ns):
            written.append(fill.lesson_ns)
        written.append(came_ns)
        filler.on_picture(came_ns)
        at_ns = came_ns
    assert written == sorted(set(written)), "in order, and never two pictures at one time"
    assert written[0] - start_ns <= filler.longest_interval_ns
    assert all(later - earlier <= SLATE_INTERVAL_NS for earlier, later in pairwise(written))


def test_pictures_at_an_even_pace_leave_nothing_to_fill() -> None:
    filler = GapFiller(0)
    for at_ns in range(0, 3 * SECOND_NS, SECOND_NS // 10):
        assert filler.fill_before(at_ns) is None
        filler.on_picture(at_ns)
        assert filler.next_due(at_ns + SECOND_NS // 10) is None


def test_a_slate_follows_two_seconds_of_the_last_picture() -> None:
    filler = GapFiller(0)
    filler.on_picture(0)
    fills = []
    while fill := filler.next_due(5 * SECOND_NS, is_final=True):
        fills.append(fill)
    held = [fill.lesson_ns for fill in fills if not fill.is_slate]
    slates = [fill.lesson_ns for fill in fills if fill.is_slate]
    assert held == [n * REPEAT_INTERVAL_NS for n in range(1, 10)]
    assert slates == [2 * SECOND_NS, 3 * SECOND_NS, 4 * SECOND_NS]
