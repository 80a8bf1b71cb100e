"""A lesson cut again from its journal: the same cuts by the same rules, others by others, at a bounded size."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from directing.streams import ROLES, SECOND_NS, Room, Told, streams
from hypothesis import given
from hypothesis import strategies as st

from pipelines.directing.best_of import Excerpt, best_of
from pipelines.directing.decisions import CutTo
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observation_codec import ObservationBlock, decode_block, rounded
from pipelines.directing.observations import CameraLook, DirectorMode, Marked, ModeChosen, PersonCut
from pipelines.directing.recorded_director import RecordedDirector
from pipelines.directing.replay import recut
from pipelines.journal.entries import Cut, Looks, Marker
from pipelines.journal.journal_file import JournalFile, encode_line, read_journal

RULES = DirectorRules()


def play(stream: list[Told], begin_ns: int = 0) -> tuple[list[Cut], list[Looks]]:
    """What a recorded director cut, and what it left in the journal."""
    written: list[Looks] = []
    made = RecordedDirector(RULES, ROLES, begin_ns, written.append)
    cuts, now_ns = [], begin_ns
    for told in stream:
        for one in told.pushed:
            made.push(one)
        mode = made.director.mode.value
        for one in made.tick(now_ns):
            if isinstance(one, CutTo):
                cuts.append(Cut(lesson_ns=one.lesson_ns, role=one.role, reason=one.reason.value, mode=mode))
        now_ns += told.wait_ns
    made.flush()
    return cuts, written


@given(stream=streams(), begin_ns=st.integers(0, 10 * SECOND_NS))
def test_the_same_rules_cut_the_same_lesson_again(stream: list[Told], begin_ns: int) -> None:
    cuts, written = play(stream, begin_ns)
    assert recut(written, RULES) == cuts


@given(stream=streams())
def test_what_is_recorded_is_what_was_told(stream: list[Told]) -> None:
    told = [rounded(one) for part in stream for one in part.pushed]
    block = ObservationBlock(0)
    assert all(block.add(one) for one in told)
    assert list(decode_block(0, block.names, block.events, bytes(block.data))) == told


def recorded_room(seconds: int) -> list[Looks]:
    written: list[Looks] = []
    made = RecordedDirector(RULES, ROLES, 0, written.append)
    room = Room(made)
    while room.now_ns < seconds * SECOND_NS:
        room.live(20)
        room.live(8, walks=True)
        room.live(6, speaks="students", stirs=True)
        room.live(6, screen_change=0.3)
    made.flush()
    return written


def test_other_rules_cut_it_differently_and_survive_the_disk(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path)
    journal.append(recorded_room(120))
    journal.close()
    entries = read_journal(tmp_path).entries
    slow = recut(entries, DirectorRules(min_shot_s=12.0, busy_shot_s=12.0))
    assert len(recut(entries, RULES)) > len(slow) > 2
    assert all(after.lesson_ns - before.lesson_ns >= 12 * SECOND_NS for before, after in pairwise(slow))


def test_an_hour_of_a_room_takes_less_than_half_a_megabyte() -> None:
    """Four cameras that look five times a second, two microphones."""
    assert 30 * sum(map(len, map(encode_line, recorded_room(120)))) < 500_000


def test_a_flood_is_bounded_and_cut_all_the_same() -> None:
    written: list[Looks] = []
    made = RecordedDirector(RULES, ROLES, 0, written.append)
    for number in range(8_000):
        made.push(CameraLook("teacher", number * 1_000_000, 0.5, 0.5, 0.5, 0.1, 0.5))
        made.push(Marked(number * 1_000_000, "x" * 10_000))
    made.flush()
    assert made.left_out > 8_000
    assert sum(map(len, map(encode_line, written))) < 160_000
    assert made.tick(20 * SECOND_NS)


def test_a_lesson_that_was_cut_by_hand_is_cut_as_if_nobody_had_touched_it() -> None:
    written: list[Looks] = []
    made = RecordedDirector(RULES, ROLES, 0, written.append)
    made.push(ModeChosen(0, DirectorMode.MANUAL))
    made.push(PersonCut(0, "screen"))
    room = Room(made)
    room.live(30)
    made.flush()
    assert [(cut.role, cut.reason, cut.mode) for cut in recut(written, RULES)] == [("screen", "person", "manual")]
    assert [(cut.role, cut.mode) for cut in recut(written, RULES, keeps_persons=False)] == [
        ("teacher", "auto"),
        ("teacher-close", "auto"),
    ]


def test_a_damaged_entry_costs_its_seconds_only() -> None:
    written = recorded_room(120)
    damaged = [*written[:3], written[3].model_copy(update={"data": written[3].data[:40]}), *written[4:]]
    assert recut(damaged, RULES)[-1].lesson_ns > 100 * SECOND_NS


def mark(second: float, label: str = "") -> Marker:
    return Marker(lesson_ns=round(second * SECOND_NS), label=label)


def excerpt(from_s: int, to_s: int, *labels: str) -> Excerpt:
    return Excerpt(from_s * SECOND_NS, to_s * SECOND_NS, labels)


def test_a_best_of_is_what_observers_marked() -> None:
    marks = [mark(100.5, "好"), mark(5, "导入"), mark(130, "好问题"), mark(598, "小结"), mark(700)]
    every = best_of(marks, 600 * SECOND_NS)
    assert every == [excerpt(0, 25, "导入"), excerpt(80, 150, "好", "好问题"), excerpt(578, 600, "小结")]
    assert best_of(marks, 600 * SECOND_NS, labelled="好问") == [excerpt(110, 150, "好问题")]
    assert best_of(marks, 600 * SECOND_NS, most_s=50) == [excerpt(0, 25, "导入"), excerpt(578, 600, "小结")]
    assert not best_of(marks, 600 * SECOND_NS, most_s=5)
