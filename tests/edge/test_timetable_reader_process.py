"""The child that reads timetables: its answer, and its end where a file is hostile."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from waiting import until_async

from edge.school import timetable_reader_process
from edge.school.import_problems import InvalidTimetable
from edge.school.timetable_reader_process import MAX_BYTES, ChildLimits, expand

TERM = Path(__file__).with_name("school_term_2026.ics")
DAYS = [date(2026, 9, 1) + timedelta(days=ahead) for ahead in range(16)]
# A day that does not exist: each rule is searched to the year 9999.
HOSTILE = b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//\n%sEND:VCALENDAR\n" % b"".join(
    b"BEGIN:VEVENT\nUID:%d\nSUMMARY:x\nDTSTART:20260901T000000Z\nDURATION:PT40M\n"
    b"RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n" % number
    for number in range(200)
)


PATIENT = ChildLimits(wall_s=110)


async def read(data: bytes, limits: ChildLimits = PATIENT) -> int:
    """How many lessons there are in the first fortnight."""
    found = await expand("a.ics", data, DAYS, "Asia/Shanghai", None, limits)
    return sum(map(len, found.lessons.values()))


async def refusal(data: bytes, limits: ChildLimits = PATIENT) -> str:
    with pytest.raises(InvalidTimetable) as wrong:
        await read(data, limits)
    return wrong.value.problems[0].what.key


def children() -> list[str]:
    """The command lines of those that this process has started to read a timetable."""
    own = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [command for pid in own if "timetable_reader_child" in (command := Path(f"/proc/{pid}/cmdline").read_text())]


async def test_a_whole_term_is_within_its_limits() -> None:
    assert await read(TERM.read_bytes()) == 61


@pytest.mark.parametrize(
    "limits",
    [ChildLimits(cpu_s=1, wall_s=110), ChildLimits(cpu_s=600, wall_s=1)],
    ids=["processor time", "time"],
)
async def test_a_rule_that_is_expanded_for_ever_is_killed(limits: ChildLimits) -> None:
    began_s = time.monotonic()
    assert await refusal(HOSTILE, limits) == "timetable.too-costly"
    assert time.monotonic() - began_s < 110
    assert children() == []


async def test_nobody_is_left_behind_by_whoever_does_not_wait() -> None:
    reading = asyncio.create_task(read(HOSTILE, ChildLimits(cpu_s=600, wall_s=110)))
    await until_async(lambda: children() != [], 60)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert children() == []


async def test_a_child_that_wants_too_much_memory_is_refused_it() -> None:
    # An interpreter that has no memory left may look for some until its processor time is used up.
    limits = ChildLimits(cpu_s=5, wall_s=110, memory_bytes=48 << 20)
    assert await refusal(TERM.read_bytes() * 50, limits) == "timetable.too-costly"


async def test_what_is_too_large_needs_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable_reader_process, "_COMMAND", ("/nonexistent",))
    assert await refusal(b"x" * (MAX_BYTES + 1)) == "timetable.too-large"


async def test_a_child_that_breaks_is_a_reason_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        timetable_reader_process, "_COMMAND", ("sh", "-c", "cat >/dev/null; echo 'KeyError: x' >&2; exit 1")
    )
    with pytest.raises(InvalidTimetable) as wrong:
        await read(b"BEGIN:VCALENDAR")
    assert wrong.value.report("en") == "a.ics: it cannot be read (KeyError: x)"
