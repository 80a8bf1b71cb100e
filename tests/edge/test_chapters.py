"""chapters.vtt: what polls, marks, screens and the timetable make of a lesson, and that a player can read it."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.classroom.polls import PollKind
from edge.school.chapters import SHORTEST_MS, SHORTEST_SCREEN_MS, ChapterSources, lesson_chapters
from edge.school.polls_json import PollRecord
from pipelines.directing.decisions import CutReason
from pipelines.files.webvtt import Cue, parse_webvtt, to_webvtt
from pipelines.journal.entries import Cut, Marker, PictureMeasurement
from pipelines.previews.screen_stands import Stand, screen_stands

S = 1_000_000_000
HOUR_NS = 3600 * S


def poll(number: int, opened_ns: int, closed_ns: int) -> PollRecord:
    facts = {"choices": 4, "text": "", "answer": "", "school_class": "", "opened": None, "expected": 0, "lost": 0}
    return PollRecord(
        number=number,
        kind=PollKind.SINGLE,
        opened_ns=opened_ns,
        closed_ns=closed_ns,
        tally={},
        responses=[],
        **facts,  # type: ignore[arg-type]
    )


def mark(second: float, label: str = "") -> Marker:
    return Marker(lesson_ns=round(second * S), label=label)


def told(found: list[Cue]) -> list[tuple[str, float, float, str]]:
    return [(one.id, one.from_ms / 1000, one.to_ms / 1000, one.text) for one in found]


times = st.integers(0, 3 * HOUR_NS)
spans = st.lists(st.tuples(times, st.integers(0, HOUR_NS)), max_size=12)


@given(spans, st.lists(times, max_size=20), st.lists(times, max_size=200, unique=True), times)
def test_chapters_lie_in_each_other_or_apart_whatever_happened(
    held: list[tuple[int, int]], marked: list[int], changed: list[int], length_ns: int
) -> None:
    polls = [poll(number, at, at + lasted) for number, (at, lasted) in enumerate(held, 1)]
    edges = sorted({0, *(at for at in changed if at < length_ns), length_ns})
    screens = [Stand(begin, end) for begin, end in pairwise(edges)]
    sources = ChapterSources(length_ns, polls, [Marker(lesson_ns=at, label="") for at in marked], screens, [], "语文")
    found = lesson_chapters(sources, "zh-CN")
    assert len({one.id for one in found}) == len(found)
    assert {one.id for one in found if one.id.startswith("poll")} == {f"poll-{one.number}" for one in polls}
    assert found == sorted(found, key=lambda one: one.from_ms)
    for one, other in combinations(found, 2):
        assert 0 <= one.from_ms < one.to_ms
        apart = one.to_ms <= other.from_ms or other.to_ms <= one.from_ms
        nested = one.to_ms >= other.to_ms or (one.from_ms == other.from_ms and one.to_ms <= other.to_ms)
        assert apart or nested, (one, other)
    of_screens = [one for one in found if one.id.startswith("screen")]
    assert len(of_screens) <= 36 * 3 + 36
    starts = sorted(one.from_ms for one in found if one.id.startswith(("screen", "mark")))
    assert all(later - earlier >= SHORTEST_MS for earlier, later in pairwise(starts))
    assert parse_webvtt(to_webvtt(found)) == found


def test_a_screen_lasts_until_the_next_mark_or_screen_and_a_poll_lies_in_it() -> None:
    screens = [Stand(0, 60 * S), Stand(60 * S, 200 * S), Stand(202 * S, 210 * S), Stand(210 * S, 600 * S)]
    texts = [
        Cue(0, 60_000, "第三单元 光合作用\n一、光反应"),
        Cue(60_000, 200_000, "x" * 80),
        Cue(210_000, 600_000, "?"),
    ]
    sources = ChapterSources(600 * S, [poll(4, 70 * S, 90 * S)], [mark(300, "例题"), mark(302)], screens, texts)
    assert told(lesson_chapters(sources, "en")) == [
        ("screen-1", 0, 60, "第三单元 光合作用"),
        ("screen-2", 60, 210, "x" * 59 + "…"),
        ("poll-4", 70, 90, "4 single choice"),
        ("screen-3", 210, 300, "?"),
        ("mark-1", 300, 600, "例题 · marker"),
    ]


def test_a_screen_that_was_not_read_has_a_number_and_a_lesson_with_nothing_else_its_title() -> None:
    found = lesson_chapters(ChapterSources(60 * S, screens=[Stand(0, 60 * S)], title="语文"), "zh-CN")
    assert told(found) == [("screen-1", 0, 60, "画面 1")]
    assert told(lesson_chapters(ChapterSources(60 * S, title="语文"), "zh-CN")) == [("part-1", 0, 60, "语文")]
    assert lesson_chapters(ChapterSources(60 * S), "zh-CN") == []


def test_a_slide_that_fills_up_is_one_chapter_and_flipping_through_is_none() -> None:
    filling = [Stand(second * S, (second + 20) * S) for second in range(0, 100, 20)]
    flipping = [Stand(second * S, (second + 3) * S) for second in range(100, 160, 3)]
    texts = [Cue(0, 100_000, "标题\n…"), *(Cue(one.from_ns // 10**6, one.to_ns // 10**6, f"{one}") for one in flipping)]
    found = lesson_chapters(ChapterSources(160 * S, screens=[*filling, *flipping], texts=texts), "zh-CN")
    assert told(found) == [("screen-1", 0, 160, "标题")]
    assert SHORTEST_SCREEN_MS == 15_000


def measured(changes: dict[int, float | None], seconds: int, noise: float = 0.02) -> list[PictureMeasurement]:
    return [
        PictureMeasurement(track="screen", lesson_ns=at * S, luma=200, change=changes.get(at, noise), pictures=25)
        for at in range(seconds)
    ]


@pytest.mark.parametrize("noise", [0.0, 0.2, 1.5])
def test_what_stood_on_the_screen_for_two_seconds_is_found_above_its_noise(noise: float) -> None:
    changes: dict[int, float | None] = {10: 9.0, 20: 4.0, 22: 4.0, **dict.fromkeys(range(40, 50), 30.0)}
    found = screen_stands(measured(changes, 60, noise), [], 60 * S)
    assert found == [Stand(0, 10 * S), Stand(10 * S, 20 * S), Stand(22 * S, 40 * S), Stand(49 * S, 60 * S)]
    assert [one.looked_ns // S for one in found] == [9, 19, 39, 59]


def test_the_directors_cuts_tell_of_changes_that_the_journal_does_not() -> None:
    seconds = measured(dict.fromkeys(range(20)), 20)
    cuts = [Cut(lesson_ns=8 * S, role="screen", reason=CutReason.SCREEN_CHANGES)]
    assert screen_stands(seconds, cuts, 20 * S) == [Stand(0, 8 * S), Stand(8 * S, 20 * S)]
    assert screen_stands([], cuts, 20 * S) == []


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1, max_size=4))
def test_any_text_survives_webvtt(lines: list[str]) -> None:
    cue = Cue(1, 3_600_001, "\n".join(lines), "screen-7")
    assert parse_webvtt(to_webvtt([cue, cue])) == [cue, cue]
