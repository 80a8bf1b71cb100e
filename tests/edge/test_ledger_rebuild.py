"""What a lesson's folder tells a ledger that has forgotten it."""

from __future__ import annotations

from pathlib import Path

from edge.ledger.ledger import open_ledger
from edge.ledger.lessons import LessonState
from edge.ledger.rebuild_from_spool import record_from_folder
from pipelines.files.lesson_layout import RECEIPT_JSON
from pipelines.journal.entries import Begin, Cause, ClockReading, End, Entry, Resumed
from pipelines.journal.journal_file import JournalFile
from pipelines.receipt import receipt
from pipelines.receipt.receipt import Receipt, RecordingVerdict

NAME = "r204-7f3a-000007"
BEGIN = Begin(lesson=NAME, school="school", room="r204", boot_id="first", at_ns=100)
END = End(at_ns=900, lesson_ns=800, cause=Cause.TEACHER)
UNSYNCHRONISED = ClockReading(at_ns=150, wall_ns=7, synchronised=False)
SYNCHRONISED = ClockReading(at_ns=200, wall_ns=1_000_200, synchronised=True)
REBOOTED = Resumed(at_ns=5, lesson_ns=400, boot_id="second", cause=Cause.REBOOT)


def lesson(tmp_path: Path, *entries: Entry) -> Path:
    folder = tmp_path / NAME
    folder.mkdir()
    file = JournalFile(folder)
    file.append(entries)
    file.close()
    return folder


def test_an_ended_lesson_with_its_times(tmp_path: Path) -> None:
    found = record_from_folder(lesson(tmp_path, BEGIN, UNSYNCHRONISED, SYNCHRONISED, END))
    assert (found.id, found.state, found.cause, found.lesson_time_ns) == (NAME, LessonState.ENDED, "teacher", 800)
    assert (found.began_wall_ns, found.ended_wall_ns) == (1_000_100, 1_000_900)


def test_the_date_is_null_where_no_clock_was_to_be_believed(tmp_path: Path) -> None:
    found = record_from_folder(lesson(tmp_path, BEGIN, UNSYNCHRONISED, END))
    assert (found.began_wall_ns, found.ended_wall_ns) == (None, None)


def test_clocks_of_different_boots_are_not_mixed(tmp_path: Path) -> None:
    found = record_from_folder(lesson(tmp_path, BEGIN, SYNCHRONISED, REBOOTED, END))
    assert (found.began_wall_ns, found.ended_wall_ns) == (1_000_100, None)


def test_a_lesson_without_an_end_and_one_whose_end_was_taken_back_are_running(tmp_path: Path) -> None:
    begun, taken_back = tmp_path / "begun", tmp_path / "back"
    begun.mkdir()
    taken_back.mkdir()
    goes_on = Resumed(at_ns=950, lesson_ns=800, boot_id="first", cause=Cause.TAKEN_BACK)
    assert record_from_folder(lesson(begun, BEGIN)).state is LessonState.RUNNING
    assert record_from_folder(lesson(taken_back, BEGIN, END, goes_on)).state is LessonState.RUNNING


def test_the_receipt_says_whether_it_was_checked(tmp_path: Path) -> None:
    folder = lesson(tmp_path, BEGIN, END)
    receipt.write_receipt(
        folder, Receipt(lesson=NAME, lesson_time_ns=800, recording=RecordingVerdict.BAD, tracks=(), findings=())
    )
    found = record_from_folder(folder)
    assert (found.state, found.recording) == (LessonState.CHECKED, RecordingVerdict.BAD)
    (folder / RECEIPT_JSON).write_text("{")
    assert record_from_folder(folder).state is LessonState.ENDED


def test_a_folder_without_a_journal_is_a_lesson_and_other_folders_are_not(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    for name in (NAME, "lost+found", "r204-7f3a-12"):
        (spool / name / "teacher").mkdir(parents=True)
        (spool / name / "teacher" / "000001.m4s").write_bytes(b"whatever was recorded")
    ledger = open_ledger(tmp_path / "ledger.db", spool)
    assert [(found.id, found.state) for found in ledger.lessons.all()] == [(NAME, LessonState.ENDED)]
    ledger.close()
