"""Commands of the teacher's keypad, carried out on the lesson, its programme and its polls."""

from __future__ import annotations

import logging

from edge.classroom.lesson_state_machine import Phase
from edge.classroom.polls import DEFAULT_CHOICES, PollKind, Question
from edge.classroom.teacher_keypad import KeypadAction
from edge.controller.directing.director_requests import DirectorRequests
from edge.controller.lesson_service import LessonService
from edge.controller.polls.poll_service import PollRejected, PollService

log = logging.getLogger(__name__)

_QUESTIONS = {
    KeypadAction.POLL_SINGLE: Question(PollKind.SINGLE, DEFAULT_CHOICES),
    KeypadAction.POLL_MULTIPLE: Question(PollKind.MULTIPLE, DEFAULT_CHOICES),
    KeypadAction.POLL_TRUE_FALSE: Question(PollKind.TRUE_FALSE),
    KeypadAction.POLL_NUMBER: Question(PollKind.NUMBER),
    KeypadAction.POLL_RUSH: Question(PollKind.RUSH),
    KeypadAction.POLL_ROLL_CALL: Question(PollKind.ROLL_CALL),
}


class KeypadCommands:
    """Applies actions of the keypad; those on the lesson at once, independent of the polls.

    A key that opens a poll closes the one that is open: to the teacher it is the next question.
    """

    def __init__(self, service: LessonService, director: DirectorRequests, polls: PollService) -> None:
        self._service = service
        self._director = director
        self._polls = polls

    def control_lesson(self, action: KeypadAction, at_ns: int) -> bool:
        """Apply an action on the lesson or its programme; whether it is one."""
        lesson = self._service.lesson
        match action:
            case KeypadAction.LESSON if lesson.phase in (Phase.RECORDING, Phase.PAUSED):
                self._service.execute(lambda _: lesson.toggle_pause(at_ns))
            case KeypadAction.LESSON:
                self._service.execute(lambda _: lesson.tap(at_ns))
            case KeypadAction.END:
                self._service.execute(lambda _: lesson.end(at_ns))
            case KeypadAction.MARK:
                self._service.execute(lambda _: lesson.mark(at_ns))
            case _:
                return self._director.on_key(action, at_ns)
        return True

    async def control_polls(self, action: KeypadAction, at_ns: int) -> None:
        """Apply an action on the polls, as far as it is possible now."""
        try:
            if action is KeypadAction.POLL_CLOSE or self._polls.open_poll is not None:
                await self._polls.close(at_ns)
            if action is not KeypadAction.POLL_CLOSE:
                await self._polls.open(_QUESTIONS[action])
        except PollRejected as reason:
            log.warning("keypad: %s cannot be done: %s", action, reason.word)
