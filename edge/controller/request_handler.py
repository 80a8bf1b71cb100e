"""Handler of the control socket's requests: each is dispatched to its part, and answered when it has happened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from drivers.samples import Pattern
from edge.classroom.lesson_state_machine import Output, Phase
from edge.classroom.recorder_messages import Activity
from edge.controller.calibration_lease import CalibrationLease
from edge.controller.class_board import ClassBoard
from edge.controller.directing.director_requests import DirectorRequests
from edge.controller.lesson_service import LessonService
from edge.controller.onlookers import Onlookers
from edge.controller.polls.phones import Phones
from edge.controller.polls.poll_requests import PollRequestHandler
from edge.controller.ptz.heads import PtzHeads
from edge.controller.timetable.keeper import TimetableKeeper
from edge.controller.timetable.timetable_requests import handle_timetable
from edge.link.control_messages import (
    BoardReply,
    CalibrationReply,
    DayReply,
    PhoneReply,
    PollReply,
    Reply,
    RosterReply,
    SeatsReply,
    Status,
)
from edge.link.control_requests import (
    BoardRequest,
    ChooseDirectorMode,
    CutToCamera,
    EraseLesson,
    FreePhones,
    GetStatus,
    HeadRequest,
    LessonRequest,
    LookAtRoom,
    MarkLesson,
    PauseLesson,
    PhoneRequest,
    PollRequest,
    ResumeLesson,
    RosterRequest,
    SeatRequest,
    ShowCalibration,
    StartLesson,
    StopLesson,
    TimetableRequest,
    WatchStatus,
)
from edge.link.page_requests import PageRequest
from edge.link.terminal_requests import Request

log = logging.getLogger(__name__)

_TIMEOUT_S = 8.0
_RUNNING = (Phase.RECORDING, Phase.PAUSED)


class RequestHandler:
    """Dispatches requests; ``status`` makes the room's status, which every reply carries.

    ``erase`` erases a lesson and returns why it does not, empty where it does.
    """

    def __init__(
        self,
        lessons: LessonService,
        heads: PtzHeads,
        director: DirectorRequests,
        polls: PollRequestHandler,
        phones: Phones,
        board: ClassBoard,
        timetable: TimetableKeeper,
        onlookers: Onlookers,
        lease: CalibrationLease,
        erase: Callable[[str], Awaitable[str]],
        status: Callable[[], Status],
    ) -> None:
        self._onlookers = onlookers
        self._lease = lease
        self._erase = erase
        self._lessons = lessons
        self._heads = heads
        self._director = director
        self._polls = polls
        self._phones = phones
        self._board = board
        self._timetable = timetable
        self._status = status

    async def handle_page(self, request: PageRequest) -> Reply:
        """Carry out what a page asks, and log who asked for it: not strangers' phones, who would fill the log."""
        reply = await self.handle(request)
        if request.actor is not None and request.actor.name:
            log.info("page: %s by %s: %s", request.act, request.actor, reply.reason or "done")
        return reply

    async def handle(self, request: Request) -> Reply:
        """Carry a request out, as far as possible, and reply."""
        match request:
            case GetStatus() | WatchStatus():
                return self._reply("")
            case PollRequest():
                reason, poll = await self._polls.handle_poll(request)
                return PollReply(ok=not reason, reason=reason, status=self._status(), poll=poll)
            case RosterRequest():
                reason, roster = await self._polls.handle_roster(request)
                return RosterReply(ok=not reason, reason=reason, status=self._status(), roster=roster)
            case PhoneRequest():
                reason, phone = await self._phones.handle(request)
                return PhoneReply(ok=not reason, reason=reason, status=self._status(), phone=phone)
            case SeatRequest():
                reason = await self._phones.free(request) if isinstance(request, FreePhones) else ""
                joined = self._phones.joined()
                return SeatsReply(ok=not reason, reason=reason, status=self._status(), joined=joined)
            case BoardRequest():
                reason, texts = await self._board.handle(request)
                return BoardReply(ok=not reason, reason=reason, status=self._status(), texts=texts)
            case TimetableRequest():
                reason, day = await handle_timetable(self._timetable, request)
                return DayReply(ok=not reason, reason=reason, status=self._status(), day=day)
            case ShowCalibration():
                return CalibrationReply(ok=True, status=self._status(), view=self._lease.view)
            case HeadRequest():
                return self._reply(await self._heads.handle(request))
            case ChooseDirectorMode() | CutToCamera():
                return self._reply(await self._director.handle(request))
            case EraseLesson(lesson=lesson):
                return self._reply(await self._erase(lesson))
            case LookAtRoom(viewers=viewers):
                self._onlookers.look(viewers)
                return self._reply("")
            case _:
                return self._reply(await self._handle_lesson(request))

    async def _handle_lesson(self, request: LessonRequest) -> str:
        """The reason for a failure; empty where it was done.

        While a start or an end is announced, pause and resume answer that as the panel's buttons do.
        """
        lesson = self._lessons.lesson
        match request:
            case StartLesson() if lesson.phase in _RUNNING:
                return "running-already"
            case PauseLesson() if lesson.phase is Phase.IDLE and self._lessons.answer_announcement():
                return ""
            case ResumeLesson() if lesson.phase is Phase.RECORDING and self._lessons.answer_announcement():
                return ""
            case StopLesson() if lesson.phase not in _RUNNING:
                return "none-running"
            case PauseLesson() | MarkLesson() if lesson.phase is not Phase.RECORDING:
                return "none-recorded"
            case ResumeLesson() if lesson.phase is not Phase.PAUSED:
                return "none-paused"
            case StartLesson():
                reason = await self._carry_out(lesson.tap, Activity.RECORDING)
                if not reason:
                    await self._wait_for_capture()
                return reason
            case StopLesson():
                return await self._carry_out(lesson.end, Activity.IDLE)
            case PauseLesson():
                return await self._carry_out(lesson.pause, Activity.PAUSED)
            case ResumeLesson():
                return await self._carry_out(lesson.resume, Activity.RECORDING)
            case MarkLesson(label=label, ago_s=ago_s):
                self._lessons.execute(lambda at_ns: lesson.mark(at_ns - round(ago_s * 1e9), label))
                return ""

    async def _carry_out(self, act: Callable[[int], list[Output]], wanted: Activity) -> str:
        """Execute an act and wait until the recorder has the wanted activity."""
        lessons = self._lessons
        if lessons.recorder is None:
            return "no-recorder"
        lessons.execute(act)
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                while not self._is_reached(wanted):
                    if lessons.lesson.refusal:
                        return lessons.lesson.refusal
                    lessons.changed.clear()
                    await lessons.changed.wait()
        except TimeoutError:
            return "not-in-time"
        return ""

    async def _wait_for_capture(self) -> None:
        """Wait until true pictures or sound are recorded, or it is known that none arrive: the reply's status tells."""
        lessons = self._lessons
        with suppress(TimeoutError):
            async with asyncio.timeout(_TIMEOUT_S):
                while (recorder := lessons.recorder) is not None and recorder.activity is Activity.RECORDING:
                    if recorder.lamp == Pattern.ON or recorder.faults:
                        return
                    lessons.changed.clear()
                    await lessons.changed.wait()

    def _is_reached(self, wanted: Activity) -> bool:
        recorder = self._lessons.recorder
        if recorder is None or recorder.activity is not wanted:
            return False
        return wanted is Activity.IDLE or recorder.lesson == self._lessons.lesson.lesson

    def _reply(self, reason: str) -> Reply:
        return Reply(ok=not reason, reason=reason, status=self._status())
