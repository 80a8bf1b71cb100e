"""Lessons as they lie in a store after they were copied: what an index is made of, and no media."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from edge.classroom.lesson_ids import parse_lesson_id
from pipelines.delivery.interfaces import Store

PREFIX = "hill/r1"
SUBJECTS = ("语文", "数学", "英语", "科学", "音乐")
TEACHERS = ("王敏", "李强", "张丽")
FIRST = datetime(2021, 9, 1, 0, 10, tzinfo=UTC)


def lesson_id(number: int, draw: str = "") -> str:
    return f"r1-7f3a-{number:06}-{draw or f'{number:08x}'}"


def metadata(number: int, lesson: str = "", **more: Any) -> bytes:
    """lesson.json of the lesson of this number, of seven a day; ``began=None`` takes its date away."""
    began = FIRST + timedelta(days=number // 7, hours=number % 7)
    subject, teacher = SUBJECTS[number % 5], TEACHERS[number % 3]
    fields = {
        "format": 1,
        "lesson": lesson or lesson_id(number),
        "began": began.isoformat(),
        "lesson_time_s": 2400.0 + number % 300,
        "recording": "good",
        "title": f"九年级（{number % 4 + 1}）班 {subject}",
        "timetable": {
            "subject": subject,
            "teacher": teacher,
            "class_name": f"九年级（{number % 4 + 1}）班",
            "period": "1",
        },
    }
    return json.dumps(fields | more, ensure_ascii=False).encode()


def manifest(poster: str | None = None) -> bytes:
    return json.dumps({"format": 1, "poster": poster, "chapters": "chapters.vtt", "screen_text": None}).encode()


async def put_lesson(store: Store, number: int, folder: str = "", **more: Any) -> str:
    """Put a lesson into the store; its folder."""
    lesson = folder.partition("~")[0] or lesson_id(number)
    assert parse_lesson_id(lesson)
    folder = folder or lesson
    await asyncio.gather(
        store.put(f"{PREFIX}/{folder}/lesson.json", metadata(number, lesson, **more)),
        store.put(f"{PREFIX}/{folder}/player.json", manifest()),
    )
    return folder
