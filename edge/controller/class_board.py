"""The class board's state: what people put on it, who is here, and the question that is open."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable

from edge.classroom.board_content import BoardTexts, Exam
from edge.classroom.polls import PollKind, StoredPoll
from edge.classroom.respondents import Respondents
from edge.classroom.roster import Roster
from edge.controller.polls.poll_service import PollService
from edge.link.board_messages import BoardStatus, ExamStatus, OpenQuestion, RollStatus
from edge.link.control_requests import BoardRequest, SetDuty, SetEmergency, SetExam, SetNotices
from edge.school.json_model_file import ModelStore


class ClassBoard:
    """Reads polls and roster for ``status``; ``handle`` changes the texts, which are durable on its return.

    The newest roll call is remembered until another class is here or the day (``today``) is over.
    """

    def __init__(
        self,
        room: str,
        texts: ModelStore[BoardTexts],
        polls: PollService,
        roster: Callable[[], Roster],
        *,
        exam_names: bool,
        phones: bool,
        today: Callable[[], datetime.date],
        topic_fault: Callable[[], str],
    ) -> None:
        self._room = room
        self._texts = texts
        self._polls = polls
        self._roster = roster
        self._exam_names = exam_names
        self._phones = phones
        self._today = today
        self._topic_fault = topic_fault
        self._roll: tuple[str, datetime.date, RollStatus] | None = None
        self._counted: tuple[StoredPoll, int, Roster] | None = None

    def status(self) -> BoardStatus:
        """What the board shows now; never blocks."""
        texts, open_poll = self._texts.value, self._polls.open_poll
        question = open_poll.poll.question if open_poll is not None else None
        return BoardStatus(
            room=self._room,
            school_class=self._roster().current,
            notices=list(texts.notices),
            duty=list(texts.duty),
            emergency=texts.emergency,
            exam=_exam_status(texts.exam) if texts.exam is not None else None,
            roll=self._roll_status(),
            question=OpenQuestion(number=open_poll.poll.number, kind=question.kind, choices=len(question.letters()))
            if open_poll is not None and question is not None
            else None,
            phones=self._phones,
            topic_fault=self._topic_fault(),
        )

    async def handle(self, request: BoardRequest) -> tuple[str, BoardTexts | None]:
        """Carry a request out: the reason for a failure (empty: done), and the texts after it."""
        try:
            match request:
                case SetNotices(notices=notices):
                    await self._set(notices=notices)
                case SetDuty(duty=duty):
                    await self._set(duty=duty)
                case SetEmergency(text=text):
                    await self._set(emergency=text)
                case SetExam(exam=exam):
                    await self._set(exam=exam)
                case _:
                    pass
        except OSError as error:
            return error.strerror or "disk-fails", None
        texts = self._texts.value
        if texts.exam is not None and not self._exam_names:
            texts = texts.model_copy(update={"exam": texts.exam.without_names()})
        return "", texts

    async def _set(self, **changed: object) -> None:
        await self._texts.change(lambda texts: texts.model_copy(update=changed))

    def _roll_status(self) -> RollStatus | None:
        today, here = self._today(), self._roster().current
        for stored in reversed(self._polls.polls):
            if stored.poll.question.kind is PollKind.ROLL_CALL:
                counted = stored, len(stored.poll.responses), self._roster()
                if stored.school_class == here and counted != self._counted:
                    self._roll, self._counted = (here, today, self._count(stored)), counted
                break
        if self._roll is None or self._roll[:2] != (here, today):
            self._roll = None
            return None
        return self._roll[2]

    def _count(self, stored: StoredPoll) -> RollStatus:
        roster = self._roster()
        respondents = Respondents.of(roster, stored.school_class)
        here = sum(respondents.counts(device) for device in stored.poll.counting_responses())
        school_class = roster.school_class(stored.school_class)
        return RollStatus(due=len(school_class.students) if school_class is not None else here, here=here)


def _exam_status(exam: Exam) -> ExamStatus:
    seats = "\n".join(f"{one.seat}\t{one.name}" for one in exam.seats)
    return ExamStatus(
        name=exam.name,
        room=exam.room,
        subject=exam.subject,
        date=exam.date,
        begins=exam.begins,
        ends=exam.ends,
        seats=len(exam.seats),
        seats_id=hashlib.sha256(seats.encode()).hexdigest()[:12],
    )
