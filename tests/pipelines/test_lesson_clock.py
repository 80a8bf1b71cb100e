"""The clock that is read from a journal agrees with the timeline that it was written from, at every moment."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import AnyEntry, Begin, Cause, End, Fragment, Marker, Pause, Resumed
from pipelines.journal.journal_file import JournalFile
from pipelines.journal.lesson_clock import read_lesson_clock, replay_clock
from pipelines.lesson_timeline import LessonTimeline

BOOT = "boot"


def begin(at_ns: int) -> Begin:
    return Begin(lesson="r204-7f3a-000001", school="s", room="r204", boot_id=BOOT, at_ns=at_ns)


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=12),
    st.integers(0, 20),
    st.lists(st.integers(0, 700), max_size=30),
)
def test_every_moment_has_the_lesson_time_of_the_timeline(steps: list[int], first: int, moments: list[int]) -> None:
    timeline, at_ns = LessonTimeline(), first
    timeline.start(at_ns)
    entries: list[AnyEntry] = [begin(at_ns)]
    for step in steps:
        at_ns += step
        if timeline.is_running:
            entries.append(Pause(at_ns=at_ns, lesson_ns=timeline.stop(at_ns)))
        else:
            timeline.start(at_ns)
            entries.append(
                Resumed(at_ns=at_ns, lesson_ns=timeline.reached_ns(at_ns), boot_id=BOOT, cause=Cause.TEACHER)
            )
    entries.append(End(at_ns=at_ns + 1, lesson_ns=timeline.stop(at_ns + 1), cause=Cause.TEACHER))
    clock = replay_clock(entries)
    assert [clock.lesson_ns(BOOT, moment) for moment in moments] == [timeline.reached_ns(one) for one in moments]
    assert clock.length_ns == timeline.reached_ns(10**6)


def test_it_is_read_from_a_long_journal_with_torn_lines(tmp_path: Path) -> None:
    fragments = [
        Fragment(track="t", segment=1, offset=n, length=1, start=n, duration=1, key=True, crc=n) for n in range(3000)
    ]
    journal = JournalFile(tmp_path)
    journal.append([begin(5), *fragments, Marker(lesson_ns=7, label='"kind":"end"'), Pause(at_ns=30, lesson_ns=25)])
    journal.close()
    with (tmp_path / JOURNAL_JSONL).open("ab") as file:
        file.write(b'{"crc":"00000000","entry":{"kind":"goes"')
    clock = read_lesson_clock(tmp_path)
    assert (clock.lesson_ns(BOOT, 20), clock.lesson_ns(BOOT, 100)) == (15, 25)
    assert [mark.lesson_ns for mark in clock.markers] == [7]
