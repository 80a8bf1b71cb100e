"""removed.jsonl: lessons that were removed from this box, from which a rebuilt ledger learns of them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.ledger.lessons import LessonRecord, LessonState
from pipelines.files.durable import open_to_write
from pipelines.number_ranges import FiniteFloat
from pipelines.receipt.receipt import RecordingVerdict, StoredVerdict

NAME = "removed.jsonl"


class RemovedLesson(BaseModel):
    """One line: what lesson.json said of a lesson whose every file is in the store."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    lesson: str
    began: datetime | None = None
    ended: datetime | None = None
    lesson_time_s: FiniteFloat | None = None
    cause: str | None = None
    recording: RecordingVerdict | None = None

    def as_record(self) -> LessonRecord:
        """The ledger's record of it."""
        return LessonRecord(
            self.lesson,
            LessonState.STORED,
            began_wall_ns=_wall_ns(self.began),
            ended_wall_ns=_wall_ns(self.ended),
            lesson_time_ns=None if self.lesson_time_s is None else round(self.lesson_time_s * 1e9),
            cause=self.cause,
            recording=self.recording,
            stored=StoredVerdict.YES,
        )


def read(spool: Path) -> dict[str, RemovedLesson]:
    """Read the removed lessons by id, in their order; invalid lines are left out.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        lines = (spool / NAME).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    found: dict[str, RemovedLesson] = {}
    for line in lines:
        try:
            removed = RemovedLesson.model_validate_json(line)
        except ValidationError:
            continue
        # A removal that a crash interrupted may have written a second line that knows less.
        found.setdefault(removed.lesson, removed)
    return found


def append(spool: Path, removed: RemovedLesson) -> None:
    """Append a line, durable on return; one that a crash tore before stays a line of its own.

    Raises:
        OSError: it cannot be written.
    """
    fd = open_to_write(spool / NAME, os.O_APPEND)
    try:
        size = os.fstat(fd).st_size
        torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
        os.write(fd, b"\n" * torn + removed.model_dump_json().encode() + b"\n")
        os.fsync(fd)
    finally:
        os.close(fd)


def _wall_ns(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1e9)
