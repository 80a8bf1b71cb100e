"""Commands of the teacher's keypad, carried out on the lesson and on its polls."""

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
    """The lesson's keys work at once and whatever becomes of polls.

    A key that opens a poll closes the one that is open: to the teacher it is the next question.
    """

    def __init__(self, service: LessonService, polls: PollService) -> None:
        self._service = service
        self._polls = polls

    def control_lesson(self, act: KeyAct, at_ns: int) -> bool:
        """Do what a key of the lesson asks for; whether it is one."""
        lesson = self._service.lesson
        match act:
            case KeyAct.LESSON if lesson.phase in (Phase.RECORDING, Phase.PAUSED):
                self._service.ask(lambda _: lesson.toggle_pause(at_ns))
            case KeyAct.LESSON:
                self._service.ask(lambda _: lesson.tap(at_ns))
            case KeyAct.END:
                self._service.ask(lambda _: lesson.end(at_ns))
            case KeyAct.MARK:
                self._service.ask(lambda _: lesson.mark(at_ns))
            case _:
                return False
        return True

    async def control_polls(self, act: KeyAct, at_ns: int) -> None:
        """Do what a key of the polls asks for, as far as it can be done now."""
        try:
            if act is KeyAct.POLL_CLOSE or self._polls.open_poll is not None:
                await self._polls.close(at_ns)
            if act is not KeyAct.POLL_CLOSE:
                await self._polls.open(_QUESTIONS[act])
        except PollRejected as reason:
            log.warning("keypad: %s cannot be done: %s", act, reason.word)
