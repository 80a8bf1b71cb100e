"""Fuzz targets: timetables as schools have them. What the rules of a calendar cost is for a process to bound."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from edge.school import timetable_csv, timetable_ical
from edge.school.import_problems import InvalidTimetable

_ZONE = ZoneInfo("Asia/Shanghai")
_FIRST = date(2026, 9, 1)


def weekly_timetable(data: bytes) -> None:
    """A table: lessons that lie on their days, or mistakes that can be told in both languages."""
    try:
        weekly = timetable_csv.read_weekly("t.csv", data)
    except InvalidTimetable as wrong:
        _tell(wrong)
        return
    assert weekly.lessons
    days = [_FIRST + timedelta(days=ahead) for ahead in range(14)]
    for day, lessons in timetable_csv.lessons_on(weekly, days, _FIRST, _ZONE).items():
        assert all(lesson.start < lesson.end and lesson.start.date() == day for lesson in lessons)


def timetable_calendar(data: bytes) -> None:
    """A calendar that is read, but not expanded, or mistakes that can be told."""
    try:
        timetable_ical.read_calendar("t.ics", data)
    except InvalidTimetable as wrong:
        _tell(wrong)


def seeds() -> dict[str, list[bytes]]:
    """A grid and a list, and a calendar with what makes events recur, move and be cancelled."""
    return {
        "weekly_timetable": [_GRID.encode(), _GRID.encode("gbk"), _LIST.encode(), f"{_LIST}\n{_GRID}".encode()],
        "timetable_calendar": [_CALENDAR.encode()],
    }


def _tell(wrong: InvalidTimetable) -> None:
    assert all(wrong.report(language) for language in ("zh-CN", "en"))


_GRID = """三（2）班课程表,,,
节次,时间,星期一,周二
早读,07:50-08:10,语文,英语/王
第一节,8：20～9：00,"单：音乐 双：美术",数学（张敏）
第二节,,体育,—

节次,开始,结束
第二节,2:00,2:40
"""
_LIST = "星期,节次,时间,科目,教师,班级,单双周\n一,1,08:00-08:40,语文,张敏,三2班,\nWed,2,9:00-9:40,音乐,孙,三2班,双\n"
_CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
X-WR-TIMEZONE:Asia/Shanghai
BEGIN:VTIMEZONE
TZID:CST
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
SUMMARY:语文
DESCRIPTION:教师：张敏\\n班级：三2班
DTSTART;TZID=CST:20260901T080000
DURATION:PT40M
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270115T000000Z
EXDATE;TZID=CST:20260929T080000
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;TZID=CST:20260915T080000
STATUS:CANCELLED
DTSTART;TZID=CST:20260915T080000
DTEND;TZID=CST:20260915T084000
END:VEVENT
END:VCALENDAR
"""
