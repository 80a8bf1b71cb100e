"""Reader of a lesson's journal and segments while it runs: after the bell only the end is left to read."""

from __future__ import annotations

import threading
from pathlib import Path

from pipelines.files.lesson_layout import segment_number
from pipelines.receipt.journal_summary import JournalReader, JournalSummary
from pipelines.receipt.segment_reader import SegmentReader


class LessonReader:
    """Reads a lesson as its files are finished, and keeps what its check needs of them. Any thread may call it.

    Who uses what it returns holds ``lock`` meanwhile: a lesson whose end is taken back is read on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.segments = SegmentReader()
        self._journal = JournalReader(folder)
        self.lock = threading.RLock()

    def finished_segments(self) -> list[str]:
        """Return the segments that are there, as paths in the lesson's folder.

        Raises:
            OSError: the folder cannot be read.
        """
        paths = self.folder.glob("*/*")
        return sorted(f"{path.parent.name}/{path.name}" for path in paths if segment_number(path.name) is not None)

    def read_ahead(self, path: str) -> None:
        """Read a finished segment (its path in the lesson's folder), and what the journal has by now.

        Raises:
            OSError: a file cannot be read.
        """
        with self.lock:
            self.segments.read(self.folder / path)
            self._journal.read_on(is_closed=False)

    def read_journal(self) -> JournalSummary:
        """Return the summary of the whole journal, to which nobody writes any more.

        Raises:
            OSError: it cannot be read.
        """
        with self.lock:
            return self._journal.read_on(is_closed=True)
