"""Students' phones: each joins for a seat of the class list, and answers as that student's clicker would."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from typing import Literal

from pydantic import BaseModel, ConfigDict

from drivers.samples import AnswerForm, ClickerAnswer
from edge.classroom.polls import PollKind, ResponseVerdict, StoredPoll
from edge.classroom.roster import SchoolClass, Student
from edge.controller.polls.poll_service import PollService
from edge.link.control_requests import AnswerByPhone, FreePhones, JoinByPhone, PhoneRequest
from edge.link.phone_messages import JoinedPhone, PhoneState
from edge.school.json_model_file import ModelStore
from edge.school.roster_store import RosterStore

log = logging.getLogger(__name__)

FILE_NAME = "phones.json"


class PhoneClaim(BaseModel):
    """The seat of a student that a phone holds; whoever has the token of this hash is that phone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    school_class: str
    number: str
    token_sha256: str


class PhoneClaims(BaseModel):
    """The seats that phones hold in one lesson."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    lesson: str = ""
    claims: tuple[PhoneClaim, ...] = ()


class _Refused(Exception):
    """The phone cannot have what it asks for: ``word`` is the reason."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Phones:
    """Gives seats to phones for the running lesson and enters their answers; belongs to the loop.

    The first phone holds a seat until the teacher frees it or another lesson begins. A student who has a clicker
    answers with that: nobody can take the place of a clicker by phone. One refusal, ``seat``, is all that a phone
    learns: not whether the number is in the class list. Where phones are not allowed none joins.
    """

    def __init__(
        self, claims: ModelStore[PhoneClaims], polls: PollService, roster: RosterStore, *, are_allowed: bool
    ) -> None:
        self.are_allowed = are_allowed
        self._store = claims
        self._polls = polls
        self._roster = roster

    async def handle(self, request: PhoneRequest) -> tuple[str, PhoneState]:
        """Carry a phone's request out: the reason for a failure (empty: done), and what the phone may know."""
        token = request.token
        try:
            match request:
                case JoinByPhone(seat=seat):
                    token = await self._join(seat)
                case AnswerByPhone(number=number, answer=answer):
                    await self._answer(token, number, answer)
                case _:
                    pass
        except _Refused as refused:
            return refused.word, self._state(token)
        except OSError as error:
            return error.strerror or "disk-fails", self._state(token)
        return "", self._state(token)

    async def free(self, request: FreePhones) -> str:
        """Take the seat of ``number`` (or of all, where it is empty) from the phone that holds it; why not."""

        def without(claims: PhoneClaims) -> PhoneClaims:
            kept = tuple(one for one in claims.claims if request.number not in ("", one.number))
            return claims.model_copy(update={"claims": kept})

        try:
            await self._store.change(without)
        except OSError as error:
            return error.strerror or "disk-fails"
        return ""

    def joined(self) -> list[JoinedPhone]:
        """The students whose seats phones hold, in the order of the class list."""
        numbers = {claim.number for claim in self._claims()}
        return [
            JoinedPhone(number=one.number, name=one.name, seat=one.seat)
            for one in self._students()
            if one.number in numbers
        ]

    def devices(self) -> set[str]:
        """The device ids of the phones that hold a seat."""
        return {self._device(claim) for claim in self._claims()}

    async def _join(self, text: str) -> str:
        lesson, here = self._polls.lesson, self._roster.roster.current_class
        if not self.are_allowed or lesson is None or here is None:
            raise _Refused("not-now")
        student = _find_student(here, text.strip())
        if student is None or student.device:
            raise _Refused("seat")
        token = secrets.token_urlsafe(32)
        claim = PhoneClaim(school_class=here.name, number=student.number, token_sha256=_sha256(token))

        def with_claim(claims: PhoneClaims) -> PhoneClaims:
            held = claims.claims if claims.lesson == lesson else ()
            if any((one.school_class, one.number) == (claim.school_class, claim.number) for one in held):
                raise _Refused("seat")
            return PhoneClaims(lesson=lesson, claims=(*held, claim))

        await self._store.change(with_claim)
        return token

    async def _answer(self, token: str, number: int, text: str) -> None:
        at_ns = time.monotonic_ns()
        claim, stored = self._claim(token), self._polls.open_poll
        if claim is None:
            raise _Refused("not-joined")
        if stored is None or stored.poll.number != number:
            raise _Refused("closed")
        question = stored.poll.question
        form = AnswerForm.NUMBER if question.kind is PollKind.NUMBER else AnswerForm.KEYS
        answer = question.normalise_answer(form, text)
        if answer is None:
            raise _Refused("invalid")
        device = self._device(claim)
        mine = device, at_ns
        await self._polls.on_receiver_events([ClickerAnswer(at_ns, device, form, answer)])
        verdicts = [one.verdict for one in stored.poll.responses if (one.press.device, one.press.captured_ns) == mine]
        if not verdicts:
            raise _Refused("not-saved")
        if verdicts[-1] is ResponseVerdict.LATE:
            raise _Refused("closed")

    def _state(self, token: str) -> PhoneState:
        claim, stored = self._claim(token), self._polls.open_poll
        return PhoneState(
            token=token if claim is not None else "",
            counted=claim is not None and stored is not None and self._has_answered(stored, claim),
        )

    def _has_answered(self, stored: StoredPoll, claim: PhoneClaim) -> bool:
        return self._device(claim) in stored.poll.counting_responses()

    def _claim(self, token: str) -> PhoneClaim | None:
        digest = _sha256(token)
        return next((one for one in self._claims() if one.token_sha256 == digest), None)

    def _claims(self) -> list[PhoneClaim]:
        """Those that hold now: of the running lesson and the class that is here, of students without a clicker."""
        claims, here = self._store.value, self._roster.roster.current
        if self._polls.lesson is None or claims.lesson != self._polls.lesson:
            return []
        without_clicker = {one.number for one in self._students() if not one.device}
        return [one for one in claims.claims if one.school_class == here and one.number in without_clicker]

    def _students(self) -> tuple[Student, ...]:
        here = self._roster.roster.current_class
        return here.students if here is not None else ()

    def _device(self, claim: PhoneClaim) -> str:
        return self._roster.roster.phone_device(claim.school_class, claim.number)


def _find_student(here: SchoolClass, text: str) -> Student | None:
    """The student of this number, or the only one of this seat."""
    for student in here.students:
        if student.number == text:
            return student
    seated = [student for student in here.students if student.seat == text] if text else []
    return seated[0] if len(seated) == 1 else None


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
