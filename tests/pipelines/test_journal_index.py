"""The index of a journal says what a full replay says, and recovery's work is in proportion to the lesson."""

from __future__ import annotations

import os
import sys
import zlib
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.files.lesson_layout import INIT, JOURNAL_JSONL, segment_name
from pipelines.journal import journal_index
from pipelines.journal.entries import Begin, Fragment, Medium, PictureMeasurement, Segment, Track
from pipelines.journal.journal_file import JournalFile, read_journal
from pipelines.journal.journal_index import JournalIndex
from pipelines.journal.replay import replay
from pipelines.recovery.recover_lesson import recover_lesson
from pipelines.recovery.rewrite_playlists import end_interrupted_lesson

TRACKS = ("teacher", "students", "屏幕")
FRAGMENTS = 16
EVERY = 90_000


def long_lesson(folder: Path, segments: int) -> Path:
    """A lesson without an end whose segments are holes of the right size; three tracks, four seconds a segment."""
    journal = JournalFile(folder)
    journal.append([Begin(lesson=folder.name, school="s", room="r", boot_id="b", at_ns=0)])
    for name in TRACKS:
        (folder / name).mkdir()
        (folder / name / INIT).write_bytes(b"init")
        journal.append(
            [Track(track=name, medium=Medium.PICTURE, how="encoded", timescale=EVERY, init_crc=zlib.crc32(b"init"))]
        )
    for number in range(1, segments + 1):
        for name in TRACKS:
            start = (number - 1) * 4 * EVERY
            journal.append(_fragment(name, number, index, start) for index in range(FRAGMENTS))
            measured = PictureMeasurement(track=name, lesson_ns=start, luma=100.0, change=1.0)
            length = FRAGMENTS * 1000
            done = Segment(track=name, segment=number, start=start, duration=4 * EVERY, length=length)
            journal.append([measured, done])
            (folder / name / segment_name(number)).touch()
            os.truncate(folder / name / segment_name(number), length)
    journal.close()
    return folder


def _fragment(track: str, number: int, index: int, start: int) -> Fragment:
    at = start + index * EVERY // 4
    return Fragment(
        track=track,
        segment=number,
        offset=index * 1000,
        length=1000,
        start=at,
        duration=EVERY // 4,
        key=True,
        crc=index,
    )


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_lesson(tmp_path_factory.mktemp("r1-0000-000001"), 12)


@settings(max_examples=25)
@given(data=st.data())
def test_it_finds_what_a_full_replay_finds(
    data: st.DataObject, lesson: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = (lesson / JOURNAL_JSONL).read_bytes().splitlines(keepends=True)
    for _ in range(data.draw(st.integers(0, 5))):
        number = data.draw(st.integers(0, len(lines) - 1))
        lines[number] = data.draw(st.sampled_from([lines[number][:30], lines[number].replace(b"e", b"f", 1)]))
    folder = tmp_path_factory.mktemp("copy")
    (folder / JOURNAL_JSONL).write_bytes(b"".join(lines))
    contents = read_journal(folder)
    index, full = JournalIndex(folder, thorough=True), replay(contents.entries)
    assert index.damaged_lines == contents.damaged_lines
    assert (index.replay.segments, index.replay.tracks) == (full.segments, full.tracks)
    for track in TRACKS:
        for number in range(1, 14):
            known = list(full.fragments[track].get(number, {}).values())
            # Without its first line a segment's fragments are not found; recovery then decodes them.
            assert index.fragments(track, number) == (known if known and known[0].offset == 0 else [])


def test_what_is_appended_is_read_on(lesson: Path, tmp_path: Path) -> None:
    (tmp_path / JOURNAL_JSONL).write_bytes((lesson / JOURNAL_JSONL).read_bytes())
    index = JournalIndex(tmp_path)
    journal = JournalFile(tmp_path)
    again = [_fragment("teacher", 3, 0, 0), _fragment("teacher", 3, 1, 0)]
    journal.append([*again, Segment(track="teacher", segment=3, start=0, duration=EVERY // 2, length=2000)])
    journal.close()
    assert len(index.fragments("teacher", 3)) == FRAGMENTS
    index.read_on()
    assert index.fragments("teacher", 3) == again


def steps_of_recovery(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many lines of Python the recovery and the end of a lesson run, and how many of the journal are parsed."""
    steps = parsed = 0

    def count(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        steps += event == "line"
        return count

    def parse(body: bytes) -> object:
        nonlocal parsed
        parsed += 1
        return parse_body(body)

    parse_body = journal_index.parse_body
    before = sys.gettrace()
    with monkeypatch.context() as patch:
        patch.setattr(journal_index, "parse_body", parse)
        sys.settrace(count)
        try:
            recovered = recover_lesson(folder)
            end_interrupted_lesson(recovered, recovered.end_ns, 4)
        finally:
            sys.settrace(before)
    return steps, parsed


def test_the_work_is_in_proportion_to_the_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    # What happens once in a process, such as the compiling of patterns, happens in the first.
    for segments in (20, 40, 80, 160):
        (folder := tmp_path / f"r1-0000-{segments:06d}").mkdir()
        counts.append(steps_of_recovery(long_lesson(folder, segments), monkeypatch))
    _, (few, _), (more, _), (many, parsed) = counts
    assert many - more < 2.2 * (more - few)
    assert (many - more) / (80 * len(TRACKS)) < 650, "steps for each segment"
    # The journal is read once to be mended, and once more as it is then, for the programme.
    assert parsed < 160 * len(TRACKS) * 2.4, "fragments, most of the journal, are not parsed"
