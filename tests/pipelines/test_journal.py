"""The journal: every undamaged line is read whatever happens to the file, the others are counted; and its replay."""

from __future__ import annotations

import errno
import os
import resource
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import (
    Begin,
    Cause,
    DeviceChange,
    End,
    Fragment,
    Gap,
    Marker,
    Medium,
    Pause,
    Resumed,
    Segment,
    Track,
)
from pipelines.journal.journal_file import JournalFile, encode_line, parse_line, read_journal
from pipelines.journal.lesson_clock import ClockChange, JournalState
from pipelines.journal.replay import has_ended, replay

WORDS = st.text(max_size=12)
MOMENT = st.integers(0, 2**62)
ENTRIES = st.one_of(
    st.builds(Marker, lesson_ns=MOMENT, label=WORDS),
    st.builds(Pause, at_ns=MOMENT, lesson_ns=MOMENT),
    st.builds(DeviceChange, role=WORDS, state=WORDS, reason=WORDS, at_ns=MOMENT),
    st.builds(Gap, track=WORDS, from_ns=MOMENT, to_ns=MOMENT, cause=st.sampled_from(Cause)),
)
examples = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

BEGIN = Begin(lesson="l", school="s", room="r", boot_id="b", at_ns=100)


def fragment(number: int, offset: int, crc: int = 0) -> Fragment:
    return Fragment(
        track="teacher", segment=number, offset=offset, length=10, start=offset, duration=5, key=True, crc=crc
    )


@given(entry=ENTRIES)
def test_a_line_says_what_was_written(entry: Marker) -> None:
    raw = encode_line(entry)
    assert raw.count(b"\n") == 1
    assert raw.endswith(b"\n")
    assert parse_line(raw) == entry


@given(entry=ENTRIES, data=st.data())
def test_a_changed_bit_is_never_believed(entry: Marker, data: st.DataObject) -> None:
    raw = bytearray(encode_line(entry).rstrip(b"\n"))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert parse_line(bytes(raw)) is None


@given(entries=st.lists(ENTRIES, max_size=8), more=st.lists(ENTRIES, max_size=4), torn=st.binary(max_size=60))
@examples
def test_what_is_torn_costs_no_other_line(
    tmp_path: Path, entries: list[Marker], more: list[Marker], torn: bytes
) -> None:
    (tmp_path / JOURNAL_JSONL).write_bytes(b"".join(map(encode_line, entries)) + torn)
    journal = JournalFile(tmp_path)
    journal.append(more)
    journal.close()
    reading = read_journal(tmp_path)
    assert list(reading.entries) == [*entries, *more]
    assert reading.damaged_lines == len([one for one in torn.split(b"\n") if one])


@given(entries=st.lists(ENTRIES, min_size=1, max_size=8), data=st.data())
@examples
def test_a_journal_cut_anywhere_keeps_the_lines_before(
    tmp_path: Path, entries: list[Marker], data: st.DataObject
) -> None:
    raw = b"".join(map(encode_line, entries))
    cut = data.draw(st.integers(0, len(raw)))
    (tmp_path / JOURNAL_JSONL).write_bytes(raw[:cut])
    whole = raw[:cut].count(b"\n")
    read = list(read_journal(tmp_path).entries)
    assert read[:whole] == entries[:whole]
    assert len(read) <= whole + 1


@given(entries=st.lists(ENTRIES, max_size=12), last_bytes=st.integers(0, 400))
@examples
def test_the_end_of_a_journal_is_read_without_the_rest(tmp_path: Path, entries: list[Marker], last_bytes: int) -> None:
    (tmp_path / JOURNAL_JSONL).write_bytes(b"".join(map(encode_line, entries)))
    reading = read_journal(tmp_path, last_bytes=last_bytes)
    assert reading.damaged_lines == 0
    assert list(reading.entries) == entries[len(entries) - len(reading.entries) :]


def test_a_journal_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_journal(tmp_path).entries == ()


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    """The limit on file sizes stands in for the disk: a write is cut short, the next is refused."""
    journal = JournalFile(tmp_path)
    first = Marker(lesson_ns=1, label="first")
    journal.append([first])
    size = (tmp_path / JOURNAL_JSONL).stat().st_size
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, unlimited[1]))
    second = [Marker(lesson_ns=2, label="second"), Marker(lesson_ns=3, label="third")]
    try:
        for _ in range(2):
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                journal.append(second)
            assert (tmp_path / JOURNAL_JSONL).stat().st_size == size
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        signal.signal(signal.SIGXFSZ, ignored)
    journal.append(second)
    journal.close()
    journal.close()
    assert list(read_journal(tmp_path).entries) == [first, *second]


def test_the_state_is_that_of_the_last_change() -> None:
    end = End(at_ns=900, lesson_ns=470, cause=Cause.TEACHER)
    resumed = Resumed(at_ns=500, lesson_ns=70, boot_id="c", cause=Cause.REBOOT)
    entries = [BEGIN, Pause(at_ns=170, lesson_ns=70), resumed, end, resumed]
    states = [replay(entries[:count]).last_change.state for count in range(1, len(entries) + 1)]
    assert states == ["running", "paused", "running", "ended", "running"]
    replayed = replay(entries)
    assert replayed.last_change == ClockChange("c", 500, 70, JournalState.RUNNING)
    assert (replay(entries[:-1]).end, replayed.end) == (end, None)
    assert replay([Marker(lesson_ns=1, label="")]).last_change.state is JournalState.ENDED


def test_a_segment_that_is_written_anew_has_a_new_list() -> None:
    track = Track(track="teacher", medium=Medium.PICTURE, how="encoded", timescale=90000)
    done = Segment(track="teacher", segment=1, start=0, duration=9, length=20)
    replayed = replay([track, fragment(1, 0), fragment(1, 10), done, fragment(2, 0), fragment(1, 0, 7)])
    assert replayed.fragments["teacher"] == {1: {0: fragment(1, 0, 7)}, 2: {0: fragment(2, 0)}}
    assert replayed.segments["teacher"] == {1: done}


def test_fragments_past_the_end_of_a_finished_segment_are_not_in_it() -> None:
    done = Segment(track="teacher", segment=1, start=0, duration=5, length=10)
    assert replay([fragment(1, 0), fragment(1, 10), done]).fragments["teacher"] == {1: {0: fragment(1, 0)}}


def test_an_end_is_seen_behind_any_number_of_lines(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path)
    journal.append([BEGIN, End(at_ns=9, lesson_ns=5, cause=Cause.TEACHER)])
    assert has_ended(tmp_path)
    journal.append([Marker(lesson_ns=1, label="x" * 100)] * 1000)
    assert has_ended(tmp_path)
    journal.append([Resumed(at_ns=10, lesson_ns=5, boot_id="b", cause=Cause.TAKEN_BACK)])
    assert not has_ended(tmp_path)
    journal.close()
