"""The demo's timetable: a lesson is on whenever the demo is begun."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from edge.demo.timetable import time_zone, timetable
from edge.school.timetable_ical import lessons_on, read_calendar


@pytest.mark.parametrize(("hour", "minute", "offset"), [(0, 0, 8), (0, 7, 0), (4, 13, -5), (10, 59, 8), (23, 54, 12)])
def test_a_lesson_with_its_teacher_is_on(hour: int, minute: int, offset: int) -> None:
    now = datetime(2026, 11, 10, hour, minute, tzinfo=timezone(timedelta(hours=offset)))
    zone = ZoneInfo(time_zone(now))
    calendar = read_calendar("timetable.ics", timetable("zh-CN", now))
    lessons = lessons_on("timetable.ics", calendar, [now.date()], zone)[now.date()]
    assert len(lessons) >= 4
    (lesson,) = (one for one in lessons if one.start <= now < one.end)
    assert all((lesson.subject, lesson.teacher, lesson.period))
