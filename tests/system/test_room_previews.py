"""Previews of a real room: made after the lesson, listed, in the store, and no concern of who verifies the lesson."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from pipelines.delivery.compare_copies import compare_copies
from pipelines.delivery.folder_store import FolderStore
from pipelines.files.lesson_layout import LESSON_JSON, PLAYER_JSON, POSTER_JPG, THUMBNAILS_VTT, thumbnail_sheet
from tests.system.room import Room

MADE = {POSTER_JPG, THUMBNAILS_VTT, thumbnail_sheet(1)}


def test_previews_are_made_after_the_lesson_and_copied(tmp_path: Path) -> None:
    with Room(tmp_path) as room:
        room.previews = "[previews]\nscreen_text = false\n"
        room.start()
        lesson = room.begin_lesson()
        room.teach(3)
        room.end_lesson()
        copy = room.store / "school" / "r204" / lesson.name

        def is_done() -> bool:
            status = room.status()
            waits = status["previews"]["waiting"] or status["upload"]["pending"]
            return not waits and (copy / THUMBNAILS_VTT).exists()

        room.wait(is_done, 60)
        assert asyncio.run(compare_copies(lesson, FolderStore(room.store), "school/r204")) == []
        assert json.loads((copy / LESSON_JSON).read_text())["papers"].keys() >= MADE
        told = json.loads((copy / PLAYER_JSON).read_text())
        assert (told["poster"], told["thumbnails"]) == (POSTER_JPG, THUMBNAILS_VTT)
        (lesson / POSTER_JPG).unlink()
        assert room.cli("verify", str(lesson)).returncode == 0
