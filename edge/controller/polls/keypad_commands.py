"""What the teacher's keypad asks for is done: with the lesson, and with its polls."""

from __future__ import annotations

import logging

from edge.classroom.lesson_state_machine import Phase
from edge.classroom.polls import USUAL_CHOICES, PollKind, Question
from edge.classroom.teacher_keypad import KeyAct
from edge.controller.lesson_service import LessonService
from edge.controller.polls.poll_service import PollRejected, PollService

log = logging.getLogger(__name__)

_QUESTIONS = {
    KeyAct.POLL_SINGLE: Question(PollKind.SINGLE, USUAL_CHOICES),
    KeyAct.POLL_MULTIPLE: Question(PollKind.MULTIPLE, USUAL_CHOICES),
    KeyAct.POLL_TRUE_FALSE: Question(PollKind.TRUE_FALSE),
    KeyAct.POLL_NUMBER: Question(PollKind.NUMBER),
    KeyAct.POLL_RUSH: Question(PollKind.RUSH),
    KeyAct.POLL_ROLL_CALL: Question(PollKind.ROLL_CALL),
}


class KeypadCommands:
    """A key that opens a poll closes the one that is open: to the teacher it is the next question."""

    def __init__(self, conductor: LessonService, desk: PollService) -> None:
        self._conductor = conductor
        self._desk = desk

    async def obey(self, act: KeyAct, at_ns: int) -> None:
        """Do it as far as it can be done now."""
        if act is KeyAct.NONE:
            return
        log.info("keypad: %s", act)
        lesson = self._conductor.lesson
        match act:
            case KeyAct.LESSON if lesson.phase in (Phase.RECORDING, Phase.PAUSED):
                self._conductor.ask(lambda _: lesson.toggle_pause(at_ns))
            case KeyAct.LESSON:
                self._conductor.ask(lambda _: lesson.tap(at_ns))
            case KeyAct.END:
                self._conductor.ask(lambda _: lesson.end(at_ns))
            case KeyAct.MARK:
                self._conductor.ask(lambda _: lesson.mark(at_ns))
            case _:
                await self._poll(act, at_ns)

    async def _poll(self, act: KeyAct, at_ns: int) -> None:
        try:
            if act is KeyAct.POLL_CLOSE or self._desk.open_poll is not None:
                await self._desk.close(at_ns)
            if act is not KeyAct.POLL_CLOSE:
                await self._desk.open(_QUESTIONS[act])
        except PollRejected as reason:
            log.warning("keypad: %s cannot be done: %s", act, reason.word)
