"""Handler of the control socket's requests about polls and the roster."""

from __future__ import annotations

import time
from collections import Counter

from edge.classroom.polls import InvalidQuestion, Question, ResponseVerdict, StoredPoll
from edge.classroom.respondents import Respondents
from edge.classroom.roster import NotInRoster, Roster
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.phones import Phones
from edge.controller.polls.poll_service import PollRejected, PollService
from edge.link.control_requests import (
    AwardPoints,
    BindClicker,
    ClosePoll,
    ImportClasses,
    ListenForClickers,
    OpenPoll,
    PollRequest,
    RosterRequest,
    ShowPoll,
    UseClass,
)
from edge.link.poll_messages import CountedAnswer, PollProgress, PollQuestion, PollStatus, RosterStatus
from edge.school.roster_store import RosterStore


class PollRequestHandler:
    """Handles requests; each handler returns the reason for a failure (empty: done) and the data of the reply."""

    def __init__(self, polls: PollService, clickers: AsyncClickerBase, roster: RosterStore, phones: Phones) -> None:
        self._polls = polls
        self._clickers = clickers
        self._roster = roster
        self._phones = phones

    async def handle_poll(self, request: PollRequest) -> tuple[str, PollStatus | None]:
        """Open, close, show, award points; returns the newest poll of the lesson."""
        polls = self._polls
        try:
            match request:
                case OpenPoll(poll=PollQuestion() as asked):
                    await polls.open(Question(asked.kind, asked.choices, asked.text, asked.answer))
                case ClosePoll():
                    await polls.close(time.monotonic_ns())
                case AwardPoints(team=team, points=points) if team:
                    await polls.award_points(team, points)
                case ShowPoll():
                    if polls.lesson is None:
                        return "no-lesson", None
                    if not polls.polls:
                        return "no-poll", None
                case _:
                    return "not-understood", None
        except PollRejected as rejected:
            return rejected.word, None
        except InvalidQuestion as invalid:
            return f"bad-{invalid.word}", None
        return "", self._status(polls.polls[-1]) if polls.polls else None

    def progress(self) -> PollProgress | None:
        """The newest poll of the running lesson, without names; None where there is none."""
        if not self._polls.polls:
            return None
        stored = self._polls.polls[-1]
        full = self._status(stored)
        return PollProgress(
            number=full.number,
            kind=full.kind,
            choices=stored.poll.question.choices,
            text=full.text,
            answer=full.answer,
            is_open=full.is_open,
            answered=len(full.given),
            expected=full.expected,
            tally=full.tally,
        )

    def groups(self) -> list[str]:
        """The groups of the class that is here."""
        here = self._roster.roster.current_class
        return here.groups if here is not None else []

    async def handle_roster(self, request: RosterRequest) -> tuple[str, RosterStatus | None]:
        """Import classes, choose one, listen to clickers, bind them; returns the roster after it."""
        presses: list[tuple[int, str]] = []
        try:
            match request:
                case ImportClasses(roster=imported):
                    await self._roster.change(lambda roster: roster.with_classes(imported.classes))
                case UseClass(roster=choice):
                    await self._roster.change(lambda roster: roster.with_current(choice.use))
                case BindClicker(roster=bound):
                    await self._roster.change(lambda roster: roster.bind(bound.number, bound.device))
                case ListenForClickers(roster=wanted):
                    if not self._clickers.base.is_installed:
                        return "no-clickers", None
                    if self._polls.open_poll is not None:
                        return "poll-open", None
                    presses = self._clickers.base.presses_since(wanted.since_ns, anew=wanted.anew)
                case _:
                    pass
        except NotInRoster:
            return "not-in-roster", None
        except OSError as error:
            return error.strerror or "disk-fails", None
        return "", _roster_status(self._roster.roster, presses)

    def _status(self, stored: StoredPoll) -> PollStatus:
        poll, question = stored.poll, stored.poll.question
        respondents = Respondents.of(self._roster.roster, stored.school_class)
        verdicts = Counter(response.verdict for response in poll.responses)
        until_ns = time.monotonic_ns() if poll.closed_ns is None else poll.closed_ns
        devices = {one.press.device for one in poll.responses}
        phones = respondents.phones_among(devices | self._phones.devices())
        counting = [(one, respondents.student(one.press.device)) for one in poll.ranking()]
        return PollStatus(
            lesson=stored.lesson,
            number=poll.number,
            kind=question.kind,
            text=question.text,
            answer=question.answer,
            is_open=poll.is_open,
            open_s=round((until_ns - poll.opened_ns) / 1e9, 3),
            tally=poll.tally({device for device in devices if respondents.counts(device)}),
            given=[
                CountedAnswer(
                    device=one.press.device,
                    name=student.name if student is not None else "",
                    text=one.text,
                    after_ms=round((one.press.captured_ns - poll.opened_ns) / 1e6, 3),
                )
                for one, student in counting
                if respondents.counts(one.press.device)
            ],
            expected=len(respondents.by_clicker) + phones,
            unknown=sorted(device for device in devices if not respondents.counts(device)),
            duplicates=verdicts[ResponseVerdict.DUPLICATE],
            late=verdicts[ResponseVerdict.LATE],
            invalid=verdicts[ResponseVerdict.INVALID],
            lost=poll.lost,
            unsaved=self._polls.unsaved,
        )


def _roster_status(roster: Roster, presses: list[tuple[int, str]]) -> RosterStatus:
    return RosterStatus(
        classes=[one.name for one in roster.classes],
        here=roster.current_class,
        pressed=[device for _, device in presses],
        pressed_at_ns=[at_ns for at_ns, _ in presses],
        now_ns=time.monotonic_ns(),
    )
