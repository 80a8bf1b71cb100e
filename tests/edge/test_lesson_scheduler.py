"""Forgotten lessons are started and ended through the same acts as a button's, and announced on lamp and buzzer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from waiting import stays_async, until_async

from drivers.samples import Beep, ButtonAction, ButtonEvent, Pattern
from edge.classroom.button_gestures import GestureDetector
from edge.classroom.day_rules import DayRules
from edge.classroom.lesson_ids import LessonIdMaker
from edge.classroom.lesson_state_machine import LessonStateMachine, Phase
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    DesiredState,
    DeviceStatus,
    RecorderState,
    SpeechStatus,
)
from edge.classroom.timetable import DayPlan, ScheduledLesson
from edge.controller import lesson_scheduler, lesson_service
from edge.controller.fault_registry import FaultRegistry
from edge.controller.lesson_event_bus import LessonEventBus
from edge.controller.lesson_scheduler import LessonScheduler
from edge.controller.lesson_service import LessonService
from edge.controller.power_off import PowerOff
from edge.controller.request_handler import RequestHandler
from edge.controller.timetable.trusted_clock import TrustedClock
from edge.ledger.database import Database
from edge.ledger.ledger import Ledger
from edge.link.control_messages import DayHint, Status
from edge.link.control_requests import PauseLesson, ResumeLesson
from pipelines.devices.device_state import DeviceState
from pipelines.journal.entries import Cause
from pipelines.system_clocks import ClockSnapshot

OLD = "r1-0000-000007"
WARN_S = 0.3
RULES = DayRules(may_start=True, may_end=True, start_after=timedelta(0), grace=timedelta(0), quiet_s=0.2, warn_s=WARN_S)


def wall_ns(minutes_ago: float) -> int:
    return time.time_ns() - round(minutes_ago * 60e9)


SHANGHAI = ZoneInfo("Asia/Shanghai")


def lesson(began_ago: float, ends_in: float) -> DayPlan:
    """A plan with one lesson, in minutes from now."""
    now = datetime.now(UTC)
    start, end = now - timedelta(minutes=began_ago), now + timedelta(minutes=ends_in)
    return DayPlan(now.date(), (ScheduledLesson(start, end, "语文"),))


@dataclass
class Room:
    service: LessonService
    scheduler: LessonScheduler
    ledger: Ledger
    sent: list[DesiredState]
    beeps: list[Beep]
    plan: DayPlan | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def hears(self, activity: Activity = Activity.IDLE, running: str | None = None, silent_s: float = 99.0) -> None:
        """The recorder reports its state."""
        self.service.on_message(
            RecorderState(
                activity=activity,
                lesson=running,
                lamp="on",
                devices={"teacher": DeviceStatus(state=DeviceState.RUNNING)},
                speech=SpeechStatus(is_speaking=silent_s == 0, silent_s=silent_s) if running else None,
            )
        )

    def press(self, button: str) -> None:
        at_ns = time.monotonic_ns()
        self.service.on_button(ButtonEvent(button, ButtonAction.PRESSED, at_ns))
        self.service.on_button(ButtonEvent(button, ButtonAction.RELEASED, at_ns + 1))

    def begin(self) -> None:
        self.tasks.append(asyncio.create_task(self.scheduler.run()))


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    sent: list[DesiredState] = []
    beeps: list[Beep] = []
    events = LessonEventBus()

    def send(message: DesiredState | AddMarker) -> bool:
        assert isinstance(message, DesiredState)
        sent.append(message)
        return True

    ids = LessonIdMaker("r1")
    machine = LessonStateMachine(7200, 10.0, ids.next_id)
    gestures = GestureDetector({"lesson": 1_500_000_000, "pause": 5_000_000_000})
    service = LessonService(
        machine,
        gestures,
        ids,
        send,
        events.publish,
        FaultRegistry(),
        PowerOff(tmp_path / "off"),
        lambda: False,
        beeps.append,
        gives_hints=True,
    )
    ledger = Ledger(Database(tmp_path / "ledger.db"))
    ledger.open(tmp_path / "spool")
    clock = TrustedClock(lambda: ClockSnapshot("boot", time.monotonic_ns(), time.time_ns(), True, 0))
    scheduler = LessonScheduler(RULES, service, lambda: made.plan, clock, ledger, SHANGHAI)
    made = Room(service, scheduler, ledger, sent, beeps)

    def fail(error: BaseException) -> None:
        raise error

    events.subscribe(lesson_service.EVENTS, service.on_event, fail)
    events.subscribe(lesson_scheduler.EVENTS, scheduler.on_event, fail)
    yield made
    for task in made.tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    ledger.close()


async def test_a_forgotten_start_is_announced_and_then_happens(room: Room) -> None:
    room.plan = lesson(1, 39)
    room.hears()
    room.begin()
    await until_async(lambda: room.service.is_announcing)
    announced_s = time.monotonic()
    assert room.beeps == [Beep.TRIPLE]
    assert room.service.lamp() is Pattern.ALTERNATING
    hint = room.scheduler.hint
    assert isinstance(hint, DayHint)
    assert (hint.act, hint.is_announced, hint.title) == ("start", True, "语文")
    assert hint.at is not None
    assert hint.at.utcoffset() == timedelta(hours=8), "the school's time"
    assert room.sent == []
    await until_async(lambda: room.sent)
    assert time.monotonic() - announced_s > WARN_S * 0.9
    assert (room.sent[0].activity, room.sent[0].begins_by) == (Activity.RECORDING, Cause.PLANNED)
    await until_async(lambda: not room.service.is_announcing)


async def test_a_start_is_declined_by_the_pause_button(room: Room) -> None:
    room.plan = lesson(1, 39)
    room.hears()
    room.begin()
    await until_async(lambda: room.service.is_announcing)
    room.press("pause")
    await until_async(lambda: not room.service.is_announcing)
    assert room.beeps == [Beep.TRIPLE, Beep.SHORT]
    await stays_async(lambda: not room.sent and not room.service.is_announcing, 2 * WARN_S)


async def test_a_lesson_that_a_person_ended_before_this_process_is_not_started_again(room: Room) -> None:
    room.ledger.lessons.begin(OLD, wall_ns(9))
    room.ledger.lessons.end(OLD, 60 * 10**9, Cause.TEACHER, wall_ns(2))
    room.plan = lesson(10, 30)
    room.hears()
    room.begin()
    await stays_async(lambda: not room.service.is_announcing and not room.sent, 2 * WARN_S)


async def test_a_lesson_that_a_power_failure_ended_is_started_again(room: Room) -> None:
    room.ledger.lessons.begin(OLD, wall_ns(9))
    room.ledger.lessons.end(OLD, 60 * 10**9, Cause.POWER, wall_ns(2))
    room.plan = lesson(10, 30)
    room.hears()
    room.begin()
    await until_async(lambda: room.service.is_announcing)


async def test_a_forgotten_end_waits_for_who_speaks_and_is_no_sooner_than_its_announcement(room: Room) -> None:
    """The lesson runs already when this process starts: when it began is in the ledger."""
    room.ledger.lessons.begin(OLD, wall_ns(30))
    room.hears(Activity.RECORDING, OLD, silent_s=0)
    room.plan = lesson(30, -0.1)
    room.begin()
    await until_async(lambda: room.scheduler.hint)
    await stays_async(lambda: not room.service.is_announcing, 2 * WARN_S)
    room.hears(Activity.RECORDING, OLD, silent_s=1)
    await until_async(lambda: room.service.is_announcing)
    assert room.beeps == [Beep.LONG]
    assert room.sent[-1].ends_by_ns is None
    await until_async(lambda: room.sent[-1].ends_by_ns is not None)
    assert room.service.lesson.phase is Phase.RECORDING, "the recorder ends it, and says why in its journal"


async def test_a_press_during_the_announcement_lets_the_lesson_go_on(room: Room) -> None:
    room.ledger.lessons.begin(OLD, wall_ns(30))
    room.hears(Activity.RECORDING, OLD)
    room.plan = lesson(30, -0.1)
    room.begin()
    await until_async(lambda: room.service.is_announcing)
    room.press("lesson")
    await until_async(lambda: not room.service.is_announcing)
    assert room.beeps == [Beep.LONG, Beep.SHORT], "no hint: the press was understood"
    await stays_async(lambda: room.sent[-1].ends_by_ns is None, 2 * WARN_S)


async def ask(room: Room, request: PauseLesson | ResumeLesson) -> bool:
    """Ask as a terminal or a page does; the parts that such a request does not reach are not there."""
    status = Status(state="idle")
    handler = RequestHandler(room.service, *[None] * 9, lambda: status)  # type: ignore[arg-type]
    return (await handler.handle(request)).ok


async def test_a_terminal_answers_an_announcement_as_the_buttons_do(room: Room) -> None:
    room.plan = lesson(1, 39)
    room.hears()
    assert not await ask(room, PauseLesson()), "nothing is announced"
    room.begin()
    await until_async(lambda: room.service.is_announcing)
    assert await ask(room, PauseLesson())
    await until_async(lambda: not room.service.is_announcing)
    await stays_async(lambda: not room.sent, 2 * WARN_S)


async def test_a_terminal_lets_a_lesson_go_on(room: Room) -> None:
    room.ledger.lessons.begin(OLD, wall_ns(30))
    room.hears(Activity.RECORDING, OLD)
    room.plan = lesson(30, -0.1)
    room.begin()
    await until_async(lambda: room.service.is_announcing)
    assert await ask(room, ResumeLesson())
    await until_async(lambda: not room.service.is_announcing)
    await stays_async(lambda: room.sent[-1].ends_by_ns is None, 2 * WARN_S)


def lamp_is(room: Room, pattern: Pattern) -> Callable[[], bool]:
    return lambda: room.service.lamp() is pattern


async def test_a_short_press_while_recording_is_answered_for_a_moment(room: Room) -> None:
    """The core does so: no part runs here."""
    room.hears()
    room.press("lesson")
    assert room.beeps == []
    room.hears(Activity.RECORDING, room.service.lesson.lesson)
    room.press("lesson")
    assert room.beeps == [Beep.DOUBLE]
    assert room.service.lamp() is Pattern.ALTERNATING
    await until_async(lamp_is(room, Pattern.GREEN))


async def test_an_announcement_that_nobody_renews_ends(room: Room) -> None:
    room.hears()
    room.service.announce(None, 50_000_000)
    assert room.service.lamp() is Pattern.ALTERNATING
    await until_async(lamp_is(room, Pattern.GREEN))
