"""What the demo's teacher asks: a roll call, two questions and a rush, over the controller's socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from edge.classroom.polls import PollKind
from edge.demo.status_watcher import NotObserved
from edge.i18n import lazy_message
from edge.link.control_client import NotReachable, request
from edge.link.control_messages import Act, Reply, Request
from edge.link.poll_messages import PollRequest, PollStatus, RosterRequest
from edge.school.class_list_reader import read_classes

ROLL_CALL = PollRequest(kind=PollKind.ROLL_CALL)
SINGLE = PollRequest(kind=PollKind.SINGLE, choices=4, text="√9 = ?  A 2  B 3  C 4  D 9", answer="B")
RUSH = PollRequest(kind=PollKind.RUSH)
MULTIPLE = PollRequest(kind=PollKind.MULTIPLE, choices=4, text="> 5 ?  A 3  B 6  C 5  D 8", answer="BD")

_LOOK_S = 0.1
_LONGEST_S, _OF_THE_LESSON = 4.0, 1 / 12
_ANSWERS = 0.8
# Somebody's press may be on its way when the last one has answered.
_PATIENCE = 3

Tell = Callable[..., None]


def poll_s(seconds: float) -> float:
    """How long a poll is planned to be open in a lesson of so many seconds."""
    return min(_LONGEST_S, seconds * _OF_THE_LESSON)


def answer_within_s(seconds: float) -> float:
    """How long the simulated students take to answer, so that a poll sees them all."""
    return poll_s(seconds) * _ANSWERS


class PollScript:
    """``class_list`` is the table that the class is imported from. Everything may raise NotSeen."""

    def __init__(self, run: Path, class_list: Path, students: int, seconds: float, tell: Tell) -> None:
        self._run = run
        self._class_list = class_list
        self._students = students
        self._poll_s = poll_s(seconds)
        self._tell = tell

    async def seat(self) -> None:
        """The class comes in: its list is imported, clickers and all."""
        classes = await asyncio.to_thread(read_classes, self._class_list)
        await self._asked(Request(act=Act.ROSTER_IMPORT, roster=RosterRequest(classes=classes)))
        await self._asked(Request(act=Act.ROSTER_USE, roster=RosterRequest(use=classes[0].name)))

    async def ask(self, wish: PollRequest) -> None:
        """One poll: open until everybody has answered and the time is over, or for a while longer."""
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        poll = _poll(await self._asked(Request(act=Act.POLL_OPEN, poll=wish)))
        self._tell("demo.poll", kind=lazy_message(f"polls.kind-{wish.kind}"), number=poll.number)
        while (open_s := loop.time() - begun_s) < self._poll_s * _PATIENCE:
            if open_s >= self._poll_s and len(poll.given) == self._students:
                break
            await asyncio.sleep(_LOOK_S)
            poll = _poll(await self._asked(Request(act=Act.POLL_SHOW)))
        poll = _poll(await self._asked(Request(act=Act.POLL_CLOSE)))
        self._tell("demo.poll-closed", number=poll.number, given=len(poll.given), expected=poll.expected)

    async def _asked(self, wanted: Request) -> Reply:
        try:
            answer = await asyncio.to_thread(request, self._run, wanted)
        except NotReachable as error:
            raise NotObserved(error.why) from error
        if not answer.ok:
            raise NotObserved(lazy_message("demo.no-poll", reason=answer.reason))
        return answer


def _poll(answer: Reply) -> PollStatus:
    assert answer.poll is not None
    return answer.poll
