"""The polls of the demo's lesson: a roll call, two questions and a rush, asked over the controller's socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from edge.classroom.polls import PollKind
from edge.demo.status_watcher import NotObserved
from edge.i18n import lazy_message
from edge.link.control_client import NotReachable, RequestRefused, request, request_roster
from edge.link.control_requests import ClosePoll, ImportClasses, OpenPoll, PollRequest, ShowPoll, UseClass
from edge.link.poll_messages import ClassChoice, ImportedClasses, PollQuestion, PollStatus
from edge.school.class_list_reader import read_classes

ROLL_CALL = PollQuestion(kind=PollKind.ROLL_CALL)
SINGLE = PollQuestion(kind=PollKind.SINGLE, choices=4, text="√9 = ?  A 2  B 3  C 4  D 9", answer="B")
RUSH = PollQuestion(kind=PollKind.RUSH)
MULTIPLE = PollQuestion(kind=PollKind.MULTIPLE, choices=4, text="> 5 ?  A 3  B 6  C 5  D 8", answer="BD")

_PERIOD_S = 0.1
_LONGEST_S, _OF_THE_LESSON = 4.0, 1 / 12
_ANSWERS = 0.8
# A press may be on its way when the planned time is over.
_PATIENCE = 3

Report = Callable[..., None]
Q = TypeVar("Q")
R = TypeVar("R")


def poll_s(seconds: float) -> float:
    """How long a poll is planned to be open in a lesson of so many seconds."""
    return min(_LONGEST_S, seconds * _OF_THE_LESSON)


def answer_within_s(seconds: float) -> float:
    """How long the simulated students take to answer, so that a poll sees them all."""
    return poll_s(seconds) * _ANSWERS


class PollScript:
    """Imports the class from the table ``class_list`` and asks it; the controller's socket lies in ``run``.

    Every method raises NotObserved where the controller does not do what it is asked.
    """

    def __init__(self, run: Path, class_list: Path, students: int, seconds: float, report: Report) -> None:
        self._run = run
        self._class_list = class_list
        self._students = students
        self._poll_s = poll_s(seconds)
        self._report = report

    async def import_class(self) -> None:
        """Import the class list, clickers and all, and choose its class."""
        classes = await asyncio.to_thread(read_classes, self._class_list)
        await self._requested(request_roster, ImportClasses(roster=ImportedClasses(classes=classes)))
        await self._requested(request_roster, UseClass(roster=ClassChoice(use=classes[0].name)))

    async def ask(self, question: PollQuestion) -> None:
        """Hold one poll: open until everybody has answered and the time is over, or for a while longer."""
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        poll = await self._requested(_poll, OpenPoll(poll=question))
        self._report("demo.poll", kind=lazy_message(f"polls.kind-{question.kind}"), number=poll.number)
        while (open_s := loop.time() - begun_s) < self._poll_s * _PATIENCE:
            if open_s >= self._poll_s and len(poll.given) == self._students:
                break
            await asyncio.sleep(_PERIOD_S)
            poll = await self._requested(_poll, ShowPoll())
        poll = await self._requested(_poll, ClosePoll())
        self._report("demo.poll-closed", number=poll.number, given=len(poll.given), expected=poll.expected)

    async def _requested(self, send: Callable[[Path, Q], R], wanted: Q) -> R:
        try:
            return await asyncio.to_thread(send, self._run, wanted)
        except NotReachable as error:
            raise NotObserved(error.why) from error
        except RequestRefused as refused:
            raise NotObserved(lazy_message("demo.no-poll", reason=refused.reason)) from refused


def _poll(run: Path, wanted: PollRequest) -> PollStatus:
    reply = request(run, wanted)
    if not reply.ok or reply.poll is None:
        raise RequestRefused(reply.reason)
    return reply.poll
