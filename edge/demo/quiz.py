"""What the demo's teacher asks: a roll call, two questions and a rush, over the controller's socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from edge.classroom.polls import PollKind
from edge.demo.watch import NotSeen
from edge.link.polls import PollStatus, PollWish, RosterWish
from edge.link.requests import Act, Answer, Request
from edge.roster_files.reading import read_classes
from edge.terminal.asking import Unreached, request
from edge.words import saying

ROLL_CALL = PollWish(kind=PollKind.ROLL_CALL)
SINGLE = PollWish(kind=PollKind.SINGLE, choices=4, text="√9 = ?  A 2  B 3  C 4  D 9", answer="B")
RUSH = PollWish(kind=PollKind.RUSH)
MULTIPLE = PollWish(kind=PollKind.MULTIPLE, choices=4, text="> 5 ?  A 3  B 6  C 5  D 8", answer="BD")

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


class Quiz:
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
        await self._asked(Request(act=Act.ROSTER_IMPORT, roster=RosterWish(classes=classes)))
        await self._asked(Request(act=Act.ROSTER_USE, roster=RosterWish(use=classes[0].name)))

    async def ask(self, wish: PollWish) -> None:
        """One poll: open until everybody has answered and the time is over, or for a while longer."""
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        poll = _poll(await self._asked(Request(act=Act.POLL_OPEN, poll=wish)))
        self._tell("demo.poll", kind=saying(f"polls.kind-{wish.kind}"), number=poll.number)
        while (open_s := loop.time() - begun_s) < self._poll_s * _PATIENCE:
            if open_s >= self._poll_s and len(poll.given) == self._students:
                break
            await asyncio.sleep(_LOOK_S)
            poll = _poll(await self._asked(Request(act=Act.POLL_SHOW)))
        poll = _poll(await self._asked(Request(act=Act.POLL_CLOSE)))
        self._tell("demo.poll-closed", number=poll.number, given=len(poll.given), expected=poll.expected)

    async def _asked(self, wanted: Request) -> Answer:
        try:
            answer = await asyncio.to_thread(request, self._run, wanted)
        except Unreached as error:
            raise NotSeen(error.why) from error
        if not answer.ok:
            raise NotSeen(saying("demo.no-poll", reason=answer.reason))
        return answer


def _poll(answer: Answer) -> PollStatus:
    assert answer.poll is not None
    return answer.poll
