"""Lesson numbers that the spool's folders have, read once at the start, for ids made before the ledger is open."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.classroom.lesson_ids import LessonIdMaker
from edge.ledger.rebuild_from_spool import lesson_folders


async def observe_numbers(spool: Path, ids: LessonIdMaker) -> None:
    """Have ``ids`` observe the lessons in the spool.

    Raises:
        OSError: the spool cannot be read.
    """
    for folder in await asyncio.to_thread(lesson_folders, spool):
        ids.observe(folder.name)
