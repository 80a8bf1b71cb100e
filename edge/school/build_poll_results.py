"""Building a lesson's poll results from the stored polls, the roster, and the lesson's clock; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from edge.classroom.polls import Poll, Response, StoredPoll
from edge.classroom.respondents import Respondents
from edge.classroom.roster import Roster, Student
from edge.school.polls_json import Participant, PollRecord, PollResults, ResponseRecord, team_scores, with_scores
from pipelines.journal.lesson_clock import LessonClock


@dataclass(frozen=True, slots=True)
class ResultSources:
    """The inputs of the poll results.

    ``before`` is the existing polls.json: polls in it that the ledger does not know (it was rebuilt) are kept.
    """

    school: str
    room: str
    lesson: str
    polls: Sequence[StoredPoll]
    points: dict[str, int]
    roster: Roster
    clock: LessonClock
    before: PollResults | None


def build_poll_results(sources: ResultSources, *, names: bool) -> PollResults:
    """Build the poll results; with ``names`` they contain students' names."""
    _close_open_polls(sources)
    before = sources.before
    known = {held.poll.number for held in sources.polls}
    kept = [poll for poll in before.polls if poll.number not in known] if before is not None else []
    people = {one.id: one for one in before.participants} if before is not None and kept else {}
    polls = list(kept)
    for held in sources.polls:
        school_class = sources.roster.school_class(held.school_class)
        if school_class is not None:
            for student in school_class.students:
                one = _participant(sources.roster, school_class.name, student, names=names)
                people[one.id] = one
        polls.append(_poll(held, sources, people, names=names))
    polls.sort(key=lambda poll: poll.number)
    scored = with_scores(people.values(), polls)
    bonus = sources.points or (
        {team.group: team.bonus for team in before.groups if team.bonus} if before and kept else {}
    )
    return PollResults(
        lesson=sources.lesson,
        school=sources.school,
        room=sources.room,
        names=names,
        polls=polls,
        participants=scored,
        groups=team_scores(scored, bonus),
    )


def _poll(
    held: StoredPoll,
    sources: ResultSources,
    people: dict[str, Participant],
    *,
    names: bool,
) -> PollRecord:
    poll, clock, roster = held.poll, sources.clock, sources.roster
    respondents = Respondents.of(roster, held.school_class)
    devices = {one.press.device for one in poll.responses}
    latest = {id(response) for response in poll.counting_responses().values()}

    def who(device: str) -> str:
        if (student := respondents.student(device)) is not None:
            return roster.pseudonym(held.school_class, student.number)
        unknown = _unknown_participant(roster, held.school_class, device, names=names)
        return people.setdefault(unknown.id, unknown).id

    def row(response: Response) -> ResponseRecord:
        counts = id(response) in latest and respondents.counts(response.press.device)
        return ResponseRecord(
            participant=who(response.press.device),
            text=response.text,
            after_ns=response.press.captured_ns - poll.opened_ns,
            lesson_ns=clock.lesson_ns(held.boot_id, response.press.captured_ns),
            verdict=response.verdict,
            counts=counts,
            right=poll.is_right(response.text) if counts else None,
        )

    question = poll.question
    return PollRecord(
        number=poll.number,
        kind=question.kind,
        choices=question.choices,
        text=question.text,
        answer=question.answer,
        school_class=held.school_class,
        opened_ns=clock.lesson_ns(held.boot_id, poll.opened_ns),
        closed_ns=clock.lesson_ns(held.boot_id, poll.closed_ns or poll.opened_ns),
        opened=_utc(clock.wall_ns(held.boot_id, poll.opened_ns)),
        expected=len(respondents.by_clicker) + respondents.phones_among(devices),
        tally=poll.tally({device for device in devices if respondents.counts(device)}),
        lost=poll.lost,
        responses=[row(one) for one in sorted(poll.responses, key=lambda one: one.press.captured_ns)],
    )


def _close_open_polls(sources: ResultSources) -> None:
    """Close every open poll at the lesson's end, or at its last answer if the box was restarted since."""
    end = sources.clock.last_change
    for held in sources.polls:
        poll = held.poll
        if poll.is_open and not end.runs and end.boot_id == held.boot_id:
            poll.close(end.at_ns)
        elif poll.is_open:
            poll.close(_last_ns(poll))


def _last_ns(poll: Poll) -> int:
    return max((response.press.captured_ns for response in poll.responses), default=poll.opened_ns)


def _participant(roster: Roster, school_class: str, student: Student, *, names: bool) -> Participant:
    return Participant(
        id=roster.pseudonym(school_class, student.number),
        known=True,
        school_class=school_class,
        group=student.group,
        present=False,
        answered=0,
        asked=0,
        right=0,
        name=student.name if names else None,
        number=student.number if names else None,
        device=student.device if names else None,
    )


def _unknown_participant(roster: Roster, school_class: str, device: str, *, names: bool) -> Participant:
    return Participant(
        id=roster.pseudonym_of_device(device),
        known=False,
        school_class=school_class,
        group="",
        present=False,
        answered=0,
        asked=0,
        right=0,
        device=device if names else None,
    )


def _utc(wall_ns: int | None) -> datetime | None:
    return None if wall_ns is None else datetime.fromtimestamp(wall_ns / 1e9, UTC)
