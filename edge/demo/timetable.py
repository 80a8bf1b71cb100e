"""The demo's timetable: a calendar as a school would supply it, in which a lesson is on now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edge.i18n import Language, translate

_LESSON_MIN, _EVERY_MIN = 40, 50
_BEGAN_MIN = 10
_DAY_MIN = 24 * 60
_BEFORE, _AFTER = 3, 4


def time_zone(now: datetime) -> str:
    """The zone of the machine's clock by its name, without summer time: a demo is over before that would matter."""
    offset = now.utcoffset()
    hours = 0 if offset is None else round(offset.total_seconds() / 3600)
    return f"Etc/GMT{-hours:+d}"


def timetable(language: Language, now: datetime) -> bytes:
    """iCalendar (RFC 5545): up to eight lessons that are every day, one of which began ten minutes before ``now``."""
    minute = now.hour * 60 + now.minute
    begin = min(max(0, (minute - _BEGAN_MIN) // 5 * 5), _DAY_MIN - 5 - _LESSON_MIN)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [begin + at * _EVERY_MIN for at in range(-_BEFORE, _AFTER + 1)]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//classroom-edge//demo//"]
    subjects = [one.split("/") for one in translate("demo.subjects", language).split(",")]
    for at, start in enumerate(start for start in starts if 0 <= start < _DAY_MIN - _LESSON_MIN):
        subject, teacher = subjects[at % len(subjects)]
        begins = midnight + timedelta(minutes=start)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{at}@demo",
            f"DTSTAMP:{_utc(midnight)}",
            f"DTSTART:{_utc(begins)}",
            f"DTEND:{_utc(begins + timedelta(minutes=_LESSON_MIN))}",
            "RRULE:FREQ=DAILY",
            f"SUMMARY:{subject}",
            f"DESCRIPTION:教师：{teacher}\\n节次：{translate('demo.period', language, number=at + 1)}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
