"""Timetables as iCalendar: rules, exceptions, zones, what is no lesson, and calendars that are none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.school import timetable_reader_child
from edge.school.expansion_messages import ExpansionRequest
from edge.school.import_problems import InvalidTimetable
from edge.school.timetable_ical import lessons_on, read_calendar

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = date(2026, 9, 1)
TERM = Path(__file__).with_name("school_term_2026.ics").read_bytes()


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of events, each given by its lines, separated by blanks."""
    body = "".join(f"BEGIN:VEVENT\nUID:{number}\n{event}\nEND:VEVENT\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//\n{head}{body}END:VCALENDAR\n".encode()


def event(start: str, end: str = "DURATION:PT40M", *more: str, summary: str = "语文") -> str:
    return "\n".join([f"SUMMARY:{summary}", f"DTSTART{start}", end, *more])


def on(data: bytes, day: date = TUESDAY) -> list[str]:
    found = lessons_on("a.ics", read_calendar("a.ics", data), [day], ZONE)[day]
    return [f"{one.start:%H:%M}-{one.end:%H:%M} {one.subject}" for one in found]


WEEKLY = "RRULE:FREQ=WEEKLY"
LASTS = "DURATION:PT40M"
AT_EIGHT = ["08:00-08:40 语文"]


def folded_by_octets(data: bytes, length: int) -> bytes:
    """Lines as many programs fold them: also in the middle of a character."""
    lines = data.replace(b"\n", b"\r\n").split(b"\r\n")
    return b"\r\n".join(
        b"\r\n ".join(line[at : at + length] for at in range(0, len(line) or 1, length)) for line in lines
    )


LONG_SUBJECT = "语文阅读与写作指导"


@pytest.mark.parametrize(
    ("case", "data", "day", "expected"),
    [
        ("in UTC", calendar(event(":20260901T000000Z")), "2026-09-01", AT_EIGHT),
        ("of no zone: the school's", calendar(event(":20260901T080000")), "2026-09-01", AT_EIGHT),
        ("of another zone", calendar(event(";TZID=Asia/Urumqi:20260901T060000")), "2026-09-01", AT_EIGHT),
        ("late in UTC: the next day here", calendar(event(":20260831T233000Z")), "2026-09-01", ["07:30-08:10 语文"]),
        ("weekly, months later", calendar(event(":20260901T080000", LASTS, WEEKLY)), "2026-12-01", AT_EIGHT),
        (
            "weekly, and over",
            calendar(event(":20260901T080000", LASTS, f"{WEEKLY};UNTIL=20260930T000000Z")),
            "2026-10-06",
            [],
        ),
        (
            "the last of a rule that ends in UTC, of events without a zone",
            calendar(event(":20260825T190000", LASTS, f"{WEEKLY};UNTIL=20260901T155959Z")),
            "2026-09-01",
            ["19:00-19:40 语文"],
        ),
        (
            "excepted",
            calendar(event(":20260825T080000", LASTS, WEEKLY, "EXDATE:20260901T080000")),
            "2026-09-01",
            [],
        ),
        (
            "on another day besides",
            calendar(event(":20260825T070000", LASTS, "RDATE:20260901T080000")),
            "2026-09-01",
            AT_EIGHT,
        ),
        ("a whole day", calendar(event(";VALUE=DATE:20260901", "DTEND;VALUE=DATE:20260902")), "2026-09-01", []),
        ("longer than half a day", calendar(event(":20260901T080000", "DTEND:20260902T080000")), "2026-09-01", []),
        ("no length", calendar(event(":20260901T080000", "DTEND:20260901T080000")), "2026-09-01", []),
        ("cancelled", calendar(event(":20260901T080000", LASTS, "STATUS:CANCELLED")), "2026-09-01", []),
        ("in GBK", calendar(event(":20260901T080000")).decode().encode("gbk"), "2026-09-01", AT_EIGHT),
        *(
            (
                f"folded after {length} octets",
                folded_by_octets(calendar(event(":20260901T080000", summary=LONG_SUBJECT)), length),
                "2026-09-01",
                [f"08:00-08:40 {LONG_SUBJECT}"],
            )
            for length in (18, 19, 20)
        ),
        ("a subject twice", calendar(event(":20260901T080000", LASTS, "SUMMARY:数学")), "2026-09-01", AT_EIGHT),
    ],
)
def test_a_day(case: str, data: bytes, day: str, expected: list[str]) -> None:
    assert on(data, date.fromisoformat(day)) == expected, case


@pytest.mark.parametrize(
    ("case", "data", "expected"),
    [
        ("a web page", b"<html><body>login</body></html>", "a.ics, line 1: no iCalendar"),
        ("nothing", b"", "a.ics: no iCalendar"),
        ("cut off", TERM[:3000], "a.ics: no iCalendar"),
        ("a line that is none", calendar(event(":20260901T080000"), head="WHAT\n"), "a.ics, line 4: no iCalendar"),
        ("an endless zone", calendar(event(f";TZID={'C' * 5000}:20260901T080000")), "a.ics"),
        ("no events", calendar(), "a.ics: the calendar has no events"),
        ("no start", calendar("SUMMARY:语文"), "a.ics: the event “语文” (0) has no start"),
        ("a start that is none", calendar(event(":tomorrow")), "a.ics: DTSTART of the event “语文” (0) cannot be read"),
        (
            "a rule that is none",
            calendar(event(":20260901T080000", LASTS, "RRULE:FREQ=OFTEN")),
            "a.ics: RRULE of the event “语文” (0) cannot be read",
        ),
        ("two starts", calendar(event(":20260901T080000", "DTSTART:20260902T080000")), "a.ics: its recurring events"),
        (
            "every second",
            calendar(event(":20260901T080000", LASTS, "RRULE:FREQ=SECONDLY")),
            "a.ics: the event “语文” (0) recurs too often (SECONDLY)",
        ),
        (
            "a hundred at a time",
            calendar(*(event(":20260901T080000") for _ in range(100))),
            "a.ics: 2026-09-01 has more than 60 lessons",
        ),
    ],
)
def test_a_mistake_names_the_line_or_the_event(case: str, data: bytes, expected: str) -> None:
    with pytest.raises(InvalidTimetable) as wrong:
        on(data)
    assert wrong.value.report("en").startswith(expected), case
    assert wrong.value.report("zh-CN").startswith("a.ics")


def test_each_wrong_event_is_told_and_none_is_left_out_in_silence() -> None:
    data = calendar(event(":20260901T080000"), event(":x", summary="数学"), event(":y", summary="英语"))
    with pytest.raises(InvalidTimetable) as wrong:
        on(data)
    assert [str(problem.what.text("en")).split("”")[0][-2:] for problem in wrong.value.problems] == ["数学", "英语"]


def test_what_has_no_picture_gets_onto_no_board() -> None:
    request = ExpansionRequest(file="a.ics", days=[TUESDAY], time_zone="Asia/Shanghai", cpu_s=1, memory_bytes=1)
    data = calendar(event(":20260901T080000", LASTS, "DESCRIPTION:教师：张\u202e敏", summary="语\x1b文\x00"))
    (found,) = timetable_reader_child.expand(request, data).lessons[TUESDAY]
    assert (found.subject, found.teacher) == ("语文", "张敏")


SINGLE = calendar(event(":20260901T080000", "DURATION:PT40M", "DESCRIPTION:教师：张敏"), event(":20260901T000000Z"))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(SINGLE)), st.integers(0, 12), st.binary(max_size=6)), max_size=4))
def test_a_damaged_calendar_is_read_or_refused(damage: list[tuple[int, int, bytes]]) -> None:
    """Never another exception than the one that says why. What a damaged rule costs is the bounded child's business."""
    damaged = bytearray(SINGLE)
    for at, length, other in damage:
        damaged[at : at + length] = other
    try:
        found = lessons_on("a.ics", read_calendar("a.ics", bytes(damaged)), [TUESDAY], ZONE)
    except InvalidTimetable:
        return
    assert all(one.start < one.end for one in found[TUESDAY])
