"""The keeper of the timetable: where it is fetched from, what it keeps when that goes wrong, and what it tells."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from edge.classroom.lesson_events import LessonStarted
from edge.classroom.recorder_messages import Activity, AddMarker, DesiredState
from edge.config.timetable_settings import TimetableConfig
from edge.controller.fault_registry import FaultRegistry
from edge.controller.timetable import keeper
from edge.controller.timetable.keeper import TimetableKeeper
from edge.controller.timetable.lesson_subjects import LessonSubjects
from edge.controller.timetable.source import SourceUnreachable, Validators, fetch_url
from edge.controller.timetable.trusted_clock import TrustedClock
from edge.school import timetable_reader_child
from edge.school.expansion_messages import ExpandedTimetable, ExpansionRequest
from edge.school.import_problems import InvalidTimetable
from pipelines.system_clocks import ClockSnapshot
from tests.waiting import until_async

TERM = Path(__file__).with_name("school_term_2026.ics").read_bytes()
GARBAGE = b"<html>please log in</html>"
TUESDAY = datetime(2026, 9, 1, 0, 10, tzinfo=UTC)  # 8:10 in the first lesson
S = 1_000_000_000


async def read_here(
    file: str, data: bytes, days: set[date], time_zone: str, term_start: date | None
) -> ExpandedTimetable:
    """What the child does, in this process."""
    request = ExpansionRequest(
        file=file, days=sorted(days), time_zone=time_zone, term_start=term_start, cpu_s=1, memory_bytes=1
    )
    return timetable_reader_child.expand(request, data)


@dataclass
class Clock:
    """The box's clocks, which the test moves."""

    now: datetime = TUESDAY
    is_synchronised: bool = True
    uptime_ns: int = 1000 * S

    def read(self) -> ClockSnapshot:
        wall_ns = round(self.now.timestamp() * 1e9)
        return ClockSnapshot("boot", self.uptime_ns, wall_ns, self.is_synchronised, self.uptime_ns)

    def advance(self, **by: float) -> None:
        step = timedelta(**by)
        self.now += step
        self.uptime_ns += round(step.total_seconds() * 1e9)


@dataclass
class Website:
    """A web server with one file, which says what it was asked."""

    data: bytes = TERM
    etag: str = '"1"'
    status: int = 200
    asked: list[tuple[str | None, int]] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    async def answer(self, request: web.Request) -> web.Response:
        await self.may_answer.wait()
        known = request.headers.get("If-None-Match")
        status = self.status if self.status != 200 or known != self.etag else 304
        self.asked.append((known, status))
        body = self.data if status == 200 else b""
        return web.Response(status=status, body=body, headers={"ETag": self.etag})


@dataclass
class School:
    """A keeper with everything around it."""

    folder: Path
    config: TimetableConfig
    clock: Clock = field(default_factory=Clock)
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin a new process: only the disk is as it was."""
        self.faults = FaultRegistry()
        self.subjects = LessonSubjects(timedelta(minutes=10), lambda: self.sent.append("again"))
        self.keeper = TimetableKeeper(
            self.config, self.folder / "timetable", self.faults, TrustedClock(self.clock.read), self.subjects, read_here
        )

    async def look(self, **later: float) -> None:
        """Let time pass, and look."""
        self.clock.advance(**later)
        await self.keeper.look(self.clock.uptime_ns / S)

    def lessons(self) -> list[str]:
        status = self.keeper.status
        return [one.subject for one in status.lessons] if status else []


@pytest.fixture
async def site() -> AsyncIterator[tuple[Website, str]]:
    website = Website()
    app = web.Application()
    app.router.add_get("/term.ics", website.answer)
    server = TestServer(app)
    await server.start_server()
    yield website, str(server.make_url("/term.ics"))
    await server.close()


FIRST_DAY = ["数学", "语文", "英语", "美术", "道德与法治"]


def config(**keys: object) -> TimetableConfig:
    return TimetableConfig.model_validate({"allow_http": True, "term_start": "2026-09-01"} | keys)


async def test_a_calendar_from_an_address_and_the_lessons_of_the_day(tmp_path: Path, site: tuple[Website, str]) -> None:
    school = School(tmp_path, config(url=site[1]))
    await school.look()
    assert school.lessons() == FIRST_DAY
    status = school.keeper.status
    assert status is not None
    assert (status.date, status.now, status.next, status.is_stale) == (date(2026, 9, 1), 0, 1, False)
    assert school.faults.codes() == []


async def test_a_bell_changes_now_and_next_and_nothing_else_makes_a_new_status(
    tmp_path: Path, site: tuple[Website, str]
) -> None:
    school = School(tmp_path, config(url=site[1]))
    await school.look()
    first = school.keeper.status
    await school.look(minutes=20)
    assert school.keeper.status is first
    await school.look(minutes=10)  # 8:40: the bell
    assert school.keeper.status is not None
    assert (school.keeper.status.now, school.keeper.status.next) == (None, 1)
    await school.look(hours=12)
    assert (school.keeper.status.now, school.keeper.status.next) == (None, None)
    await school.look(hours=6)
    assert school.lessons()[0] == "语文", "a new day"


async def test_it_waits_no_longer_than_to_the_next_bell(tmp_path: Path, site: tuple[Website, str]) -> None:
    school = School(tmp_path, config(url=site[1]))
    await school.look(minutes=29, seconds=58)
    wait_s = await school.keeper.look(school.clock.uptime_ns / S)
    assert 2.0 <= wait_s < 2.1


async def test_it_is_asked_for_again_only_when_it_is_due_and_only_for_what_has_changed(
    tmp_path: Path, site: tuple[Website, str]
) -> None:
    website, url = site
    school = School(tmp_path, config(url=url, refresh_min=30))
    await school.look()
    await school.look(minutes=29)
    await school.look(minutes=2)
    assert website.asked == [(None, 200), ('"1"', 304)]
    website.data, website.etag = TERM.replace("数学".encode(), "算术".encode()), '"2"'
    await school.look(minutes=31)
    assert school.lessons()[0] == "算术"


async def test_a_restart_without_a_network_has_the_last_good_version(tmp_path: Path, site: tuple[Website, str]) -> None:
    website, url = site
    school = School(tmp_path, config(url=url))
    await school.look()
    website.status = 503
    school.start()
    await school.look(hours=1)
    assert school.lessons() == FIRST_DAY
    assert school.faults.codes() == [], "a network may be away for a day"
    await school.look(hours=25)
    assert school.faults.codes() == [keeper.UNREACHABLE]
    assert school.keeper.status is not None
    assert school.keeper.status.is_stale
    website.status = 200
    school.keeper.on_network()
    await school.look(seconds=1)
    assert website.asked[-1] == ('"1"', 304)
    assert school.faults.codes() == []


async def test_another_source_has_no_last_good_version_of_this_one(tmp_path: Path, site: tuple[Website, str]) -> None:
    await School(tmp_path, config(url=site[1])).look()
    other = School(tmp_path, config(url=site[1] + "?other"))
    site[0].status = 404
    await other.look()
    assert other.keeper.status is None
    assert other.faults.codes() == [keeper.UNREACHABLE]


@pytest.mark.parametrize(
    "bad",
    [GARBAGE, b"", b"x" * 1_000_000, TERM[:2000], TERM.replace(b"FREQ=WEEKLY", b"FREQ=SECONDLY")],
    ids=["garbage", "nothing", "too much", "half", "hostile"],
)
async def test_what_cannot_be_used_leaves_the_last_good_version(
    tmp_path: Path, site: tuple[Website, str], bad: bytes
) -> None:
    website, url = site
    school = School(tmp_path, config(url=url))
    await school.look()
    website.data, website.etag = bad, '"bad"'
    await school.look(minutes=31)
    assert school.lessons() == FIRST_DAY
    assert school.faults.codes() == [keeper.UNREADABLE]
    await school.look(minutes=31)
    assert school.faults.codes() == [keeper.UNREADABLE], "it is still there, and not read again"
    school.start()
    await school.look(hours=24)
    assert school.lessons()[0] == "语文", "on the disk, too: Wednesday"
    website.data, website.etag = TERM, '"3"'
    await school.look(minutes=31)
    assert school.faults.codes() == []


async def test_the_last_good_version_is_there_before_a_slow_address_has_answered(
    tmp_path: Path, site: tuple[Website, str]
) -> None:
    school = School(tmp_path, config(url=site[1]))
    await school.look()
    school.start()
    site[0].may_answer.clear()
    looking = asyncio.create_task(school.look())
    await until_async(lambda: bool(school.lessons()))
    assert not looking.done()
    site[0].may_answer.set()
    await looking


async def test_an_answer_that_nothing_has_changed_is_none_where_nothing_is_known(
    tmp_path: Path, site: tuple[Website, str]
) -> None:
    site[0].status = 304
    school = School(tmp_path, config(url=site[1]))
    await school.look()
    assert school.faults.codes() == [keeper.UNREACHABLE]


async def test_bytes_that_are_no_text_stand_in_no_header_that_is_kept(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nETag: "\xff"\r\nContent-Length: %d\r\n\r\n' % len(TERM) + TERM)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        school = School(tmp_path, config(url=f"http://127.0.0.1:{port}/%1b.ics"))
        await school.look()
    assert school.lessons() == FIRST_DAY


async def test_no_step_of_the_way_to_an_address_is_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    hop = SimpleNamespace(url=URL("http://b.example/term.ics"))

    @contextlib.asynccontextmanager
    async def get(*_: object, **__: object) -> AsyncIterator[SimpleNamespace]:
        yield SimpleNamespace(url=URL("https://c.example/term.ics"), history=(hop,), status=304)

    monkeypatch.setattr(aiohttp.ClientSession, "get", get)
    with pytest.raises(SourceUnreachable, match="without encryption"):
        await fetch_url("https://a.example/term.ics", Validators("1"), allow_http=False)


async def test_an_address_that_leads_to_one_without_encryption_is_refused(
    tmp_path: Path, site: tuple[Website, str]
) -> None:
    school = School(tmp_path, config(url=site[1]).model_copy(update={"allow_http": False}))
    await school.look()
    assert school.faults.codes() == [keeper.UNREACHABLE]


async def test_a_file_is_seen_to_change(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("节次,时间,周一,周二\n1,08:00-08:40,语文,数学\n")
    school = School(tmp_path, config(file=str(file)))
    await school.look()
    assert school.lessons() == ["数学"]
    file.write_text("节次,时间,周一,周二\n1,08:00-08:40,语文,体育\n")
    await school.look(minutes=2)
    assert school.lessons() == ["体育"]
    file.unlink()
    await school.look(minutes=2)
    assert (school.lessons(), school.faults.codes()) == (["体育"], [keeper.UNREACHABLE])


async def test_an_import_is_used_at_once_and_kept(tmp_path: Path, site: tuple[Website, str]) -> None:
    school = School(tmp_path, config())
    await school.look()
    assert (school.keeper.status, school.faults.codes()) == (None, [])
    assert await school.keeper.import_file("a/term.ics", TERM) == ""
    assert await school.keeper.import_file("b.ics", GARBAGE) == keeper.UNREADABLE
    await school.look(seconds=5)
    assert (school.lessons(), school.faults.codes()) == (FIRST_DAY, []), "a file that was only offered is no fault"
    school.start()
    await school.look()
    assert (school.lessons(), school.faults.codes()) == (FIRST_DAY, [])
    configured = School(tmp_path, config(url=site[1]))
    assert await configured.keeper.import_file("term.ics", TERM) == "timetable-configured"


async def test_any_day_can_be_shown(tmp_path: Path) -> None:
    school = School(tmp_path, config())
    await school.look()
    assert await school.keeper.show(date(2026, 10, 10)) is None
    await school.keeper.import_file("term.ics", TERM)
    shown = await school.keeper.show(date(2026, 10, 10))
    assert shown is not None
    assert shown.note is not None
    assert (shown.note.name, shown.note.follows) == ("国庆节", date(2026, 10, 7))
    assert shown.lessons[0].subject == "语文"


async def test_a_day_that_can_no_longer_be_read_has_what_was_read_before(tmp_path: Path) -> None:
    school = School(tmp_path, config())
    await school.keeper.import_file("term.ics", TERM)

    async def refuse(*_: object) -> ExpandedTimetable:
        raise InvalidTimetable([])

    school.keeper._expand = refuse
    await school.look(days=1)
    assert school.lessons()[0] == "语文"
    assert school.faults.codes() == [keeper.UNREADABLE]
    # A box that was busy, as at its start, may read it later.
    school.keeper._expand = read_here
    await school.look(seconds=40)
    assert school.faults.codes() == []


async def test_what_was_imported_over_midnight_stays(tmp_path: Path) -> None:
    school = School(tmp_path, config())
    await school.keeper.import_file("term.ics", TERM)
    may_read = asyncio.Event()

    async def read_when_allowed(*request: Any) -> ExpandedTimetable:
        await may_read.wait()
        return await read_here(*request)

    school.keeper._expand = read_when_allowed
    async with asyncio.TaskGroup() as group:
        table = "节次,时间,周一,周二,周三\n1,08:00-08:40,体育,体育,体育\n".encode()
        group.create_task(school.keeper.import_file("t.csv", table))
        await asyncio.sleep(0)
        group.create_task(school.look(days=1))
        await asyncio.sleep(0)
        may_read.set()
    assert school.lessons() == ["体育"]


async def test_a_timetable_is_not_believed_before_the_time_is_known(tmp_path: Path) -> None:
    clock = Clock(now=datetime(1970, 1, 1, 0, 10, tzinfo=UTC), is_synchronised=False)
    school = School(tmp_path, config(), clock)
    await school.look()
    await school.keeper.import_file("term.ics", TERM)
    school.keeper.on_event(LessonStarted("r1-0000-000001-aa", clock.uptime_ns))
    await school.look(minutes=2)
    assert school.keeper.plan is None
    assert school.keeper.status is not None
    assert (school.keeper.status.date, school.keeper.status.lessons) == (None, [])
    assert school.faults.codes() == [], "a box that has just started may still get the time"
    await school.look(minutes=5)
    assert school.faults.codes() == [keeper.NO_CLOCK]
    assert school.sent == []
    clock.now, clock.is_synchronised = TUESDAY, True
    await school.look(seconds=5)
    assert (school.lessons(), school.faults.codes()) == (FIRST_DAY, [])
    assert school.sent == ["again"], "the lesson that began before is known now: it began at 8:03"


async def test_a_clock_that_was_right_is_believed_without_a_network_and_not_after_a_step(tmp_path: Path) -> None:
    school = School(tmp_path, config())
    await school.keeper.import_file("term.ics", TERM)
    await school.look()
    school.clock.is_synchronised = False
    await school.look(hours=9)
    assert school.keeper.plan is not None
    school.clock.now += timedelta(hours=1)  # somebody sets it
    await school.look(seconds=5)
    assert school.keeper.plan is None


async def test_the_year_after_the_known_ones_is_told(tmp_path: Path) -> None:
    school = School(tmp_path, config(), Clock(now=datetime(2099, 9, 1, 0, 10, tzinfo=UTC)))
    await school.keeper.import_file("term.ics", TERM)
    await school.look()
    assert school.faults.codes() == [keeper.UNKNOWN_YEAR]
    assert not school.faults.concern_recordings, "the lamp stays green"
    school.faults.report("part timetable", "timetable-failed")
    assert school.faults.concern_recordings


async def test_a_recorded_lesson_is_the_scheduled_one_that_it_began_before(tmp_path: Path) -> None:
    school = School(tmp_path, config(), Clock(now=datetime(2026, 9, 1, 0, 42, tzinfo=UTC)))
    await school.keeper.import_file("term.ics", TERM)
    lesson = "r1-7f3a-000001-9c41d2e7"
    command = DesiredState(activity=Activity.RECORDING, lesson=lesson, at_ns=school.clock.uptime_ns)
    assert school.subjects.described(command) == command
    school.keeper.on_event(LessonStarted(lesson, school.clock.uptime_ns))
    await school.look(seconds=1)
    assert school.sent == ["again"]
    described = school.subjects.described(command)
    assert isinstance(described, DesiredState)
    assert described.subject is not None
    assert (described.subject.title, described.subject.period) == ("三年级（2）班 · 语文 · 张敏", "第二节")
    assert described.subject.start_wall_ns == round(datetime(2026, 9, 1, 0, 50, tzinfo=UTC).timestamp()) * S
    await school.look(minutes=60)
    assert school.subjects.described(command) == described, "what began as one lesson stays it"
    other = command.model_copy(update={"lesson": "r1-7f3a-000002-00000000"})
    assert school.subjects.described(other) == other
    mark = AddMarker(at_ns=1)
    assert school.subjects.described(mark) is mark


def test_a_clock_that_no_service_sets_is_believed_where_the_config_says_so() -> None:
    clock = Clock(is_synchronised=False)
    assert TrustedClock(clock.read).now() is None
    trusted = TrustedClock(clock.read, is_always_right=True)
    assert trusted.now() == clock.now
    clock.now += timedelta(days=1)
    assert trusted.now() == clock.now
