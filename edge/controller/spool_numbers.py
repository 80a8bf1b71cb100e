"""Lesson numbers that the spool's folders have, read once at the start, for ids made before the ledger is open."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.classroom.lesson_ids import LessonIdMaker
from edge.ledger.rebuild_from_spool import lesson_folders


class SpoolNumbers:
    """Tells ``ids`` of the lessons in the spool."""

    def __init__(self, spool: Path, ids: LessonIdMaker) -> None:
        self._spool = spool
        self._ids = ids

    async def run(self) -> None:
        """Read them. OSError."""
        for folder in await asyncio.to_thread(lesson_folders, self._spool):
            self._ids.observe(folder.name)
