"""sync.json tells how each microphone ran against our clock; the receipt sounds the alarm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_lessons import make_lesson

from pipelines.journal.entries import Cause, Drift, End
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import FindingCode
from pipelines.recording.av_sync_report import MAX_POINTS, SyncReport, sync_report
from pipelines.recording.lesson_folder_writer import LessonFolderWriter

TEN_SECONDS = 10_000_000_000


def drift(number: int, offset_ms: float, track: str = "ceiling", ppm: float = 20.0) -> Drift:
    return Drift(track=track, lesson_ns=(number + 1) * TEN_SECONDS, ppm=ppm, offset_ms=offset_ms)


@given(st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=500))
def test_however_long_a_lesson_a_few_points_hold_its_worst_and_its_order(offsets_ms: list[float]) -> None:
    made = sync_report([drift(number, offset_ms) for number, offset_ms in enumerate(offsets_ms)])
    assert made is not None
    ceiling = made.microphones["ceiling"]
    assert len(ceiling.points) <= MAX_POINTS
    assert abs(ceiling.worst.offset_ms) == max(map(abs, offsets_ms))
    assert ceiling.worst in ceiling.points
    times = [point.lesson_ns for point in ceiling.points]
    assert times == sorted(set(times))


def test_each_microphone_has_its_own_clock() -> None:
    made = sync_report(
        [drift(n, 0.1, track, ppm) for n in range(5) for track, ppm in (("lapel", -3.0 * n), ("ceiling", 7.0))]
    )
    assert made is not None
    assert {track: one.ppm for track, one in made.microphones.items()} == {"ceiling": 7.0, "lapel": -6.0}
    assert sync_report([]) is None


def test_the_recorder_writes_it_at_the_end_with_what_was_measured_before_a_restart(tmp_path: Path) -> None:
    told: list[str] = []
    files = LessonFolderWriter(tmp_path, [], None, 4, told.append)
    files.write_entries([drift(0, 0.25)])
    files.close()
    assert not (tmp_path / "sync.json").exists()
    files = LessonFolderWriter(tmp_path, [], None, 4, told.append)
    files.write_entries([drift(1, -0.5)])
    files.end_lesson([End(at_ns=1, lesson_ns=3 * TEN_SECONDS, cause=Cause.TEACHER)])
    files.end_lesson([])
    files.close()
    written = SyncReport.model_validate(json.loads((tmp_path / "sync.json").read_text()))
    assert [point.offset_ms for point in written.microphones["ceiling"].points] == [0.25, -0.5]
    assert told == ["sync.json"]


@pytest.mark.parametrize(("offset_ms", "good"), [(-39.0, True), (-41.0, False), (59.0, True), (61.0, False)])
def test_sound_outside_what_viewers_bear_makes_the_lesson_bad(tmp_path: Path, offset_ms: float, *, good: bool) -> None:
    lesson = make_lesson(tmp_path / "r1-0000-000001", 4.0)
    lesson.entries.insert(-1, drift(0, offset_ms, "sound"))
    lesson.write_journal()
    receipt = check_lesson(lesson.folder)
    assert receipt.is_good is good
    found = [(one.track, one.values["offset_ms"]) for one in receipt.findings if one.code is FindingCode.AV_OFFSET]
    assert found == ([] if good else [("sound", offset_ms)])
