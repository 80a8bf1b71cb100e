"""polls.json: the polls of a lesson, every response on lesson time, and the scores of students and groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.classroom.polls import PollKind, ResponseVerdict
from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import POLLS_JSON
from pipelines.number_ranges import Int64


class ResultsModel(BaseModel):
    """The base class of the file's objects."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ResponseRecord(ResultsModel):
    """One response: ``after_ns`` is counted from the opening of the poll, ``lesson_ns`` is lesson time.

    ``participant`` is an id. ``counts`` marks the response that counts for its participant. ``right`` is null if the
    poll has no right answer or this response does not count.
    """

    participant: str
    text: str
    after_ns: Int64
    lesson_ns: Int64
    verdict: ResponseVerdict
    counts: bool
    right: bool | None = None


class PollRecord(ResultsModel):
    """One poll; ``opened_ns`` and ``closed_ns`` are lesson time, ``opened`` is UTC or null if it was not known.

    ``tally`` counts the class's answers (of a multiple choice, each letter). ``expected`` is the number of students
    with a clicker, 0 if none is bound and every clicker counts. ``lost`` is the number of responses missing by the
    base's own count. ``responses`` are in the order of the presses.
    """

    number: int = Field(ge=1)
    kind: PollKind
    choices: int
    text: str
    answer: str
    school_class: str
    opened_ns: Int64
    closed_ns: Int64
    opened: datetime | None
    expected: int
    tally: dict[str, int]
    lost: int
    responses: list[ResponseRecord]


class Participant(ResultsModel):
    """A student of the class, or a clicker bound to nobody (``known`` is false).

    ``id`` is a pseudonym. Name, number and clicker are null unless the config lets names leave the room.
    ``present``: responded to the roll call, or to any poll if there was no roll call. ``asked`` counts the polls with
    a right answer, ``right`` those answered correctly.
    """

    id: str
    known: bool
    school_class: str
    group: str
    present: bool
    answered: int
    asked: int
    right: int
    name: str | None = None
    number: str | None = None
    device: str | None = None


class Team(ResultsModel):
    """The score of a group: ``points`` are its members' right answers plus the teacher's ``bonus``."""

    group: str
    members: int
    right: int
    bonus: int
    points: int


class PollResults(ResultsModel):
    """The contents of polls.json."""

    format: Literal[1] = 1
    lesson: str
    school: str
    room: str
    names: bool
    """Whether it contains students' names."""
    polls: list[PollRecord]
    participants: list[Participant]
    groups: list[Team]


def read(folder: Path) -> PollResults | None:
    """Read polls.json of a lesson's folder; None if there is none, or it is invalid.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return PollResults.model_validate_json((folder / POLLS_JSON).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def write(folder: Path, book: PollResults) -> None:
    """Write polls.json atomically.

    Raises:
        OSError: it cannot be written.
    """
    write_if_changed(folder / POLLS_JSON, book.model_dump_json(indent=1).encode() + b"\n")


def write_if_changed(path: Path, body: bytes) -> None:
    """Replace a file atomically unless its contents are the same: an untouched file is not uploaded again.

    Raises:
        OSError: it cannot be read or written.
    """
    if not path.exists() or path.read_bytes() != body:
        write_atomically(path, body)


def counted_responses(poll: PollRecord) -> list[ResponseRecord]:
    """Return the responses that count, the earliest press first."""
    return [response for response in poll.responses if response.counts]


def with_scores(people: Iterable[Participant], polls: Sequence[PollRecord]) -> list[Participant]:
    """Return the participants with their attendance and scores in these polls."""
    graded = {poll.number: poll for poll in polls if poll.answer}
    calls = [poll for poll in polls if poll.kind is PollKind.ROLL_CALL]
    given: dict[str, dict[int, ResponseRecord]] = {}
    for poll in polls:
        for response in counted_responses(poll):
            given.setdefault(response.participant, {})[poll.number] = response

    def figures(one: Participant) -> Participant:
        theirs = given.get(one.id, {})
        asked = [number for number, poll in graded.items() if poll.school_class == one.school_class or not one.known]
        return one.model_copy(
            update={
                "present": any(call.number in theirs for call in calls) if calls else bool(theirs),
                "answered": len(theirs),
                "asked": len(asked),
                "right": sum(bool(response.right) for response in theirs.values()),
            }
        )

    return [figures(one) for one in people]


def team_scores(people: Sequence[Participant], bonus: dict[str, int]) -> list[Team]:
    """Return the groups with their scores, the best first."""
    names = {one.group for one in people if one.group} | bonus.keys()
    found = []
    for name in names:
        members = [one for one in people if one.group == name]
        right, extra = sum(one.right for one in members), bonus.get(name, 0)
        found.append(Team(group=name, members=len(members), right=right, bonus=extra, points=right + extra))
    return sorted(found, key=lambda team: (-team.points, team.group))
