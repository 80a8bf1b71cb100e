"""polls.json: every poll of a lesson, every answer on lesson time, and how each student and group did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.classroom.polls import PollKind, ResponseVerdict
from pipelines.files.durable import write_whole

NAME = "polls.json"


class ResultsModel(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ResponseRecord(ResultsModel):
    """One answer: ``after_ns`` the poll was opened, at ``lesson_ns``; ``counts`` where it is the one that counts.

    ``participant`` is an id; ``right`` is null where no right answer was told, or this is none.
    """

    participant: str
    text: str
    after_ns: int
    lesson_ns: int
    verdict: ResponseVerdict
    counts: bool
    right: bool | None = None


class PollRecord(ResultsModel):
    """One poll; ``opened_ns`` and ``closed_ns`` are lesson time, ``opened`` is UTC, null where it was not known.

    ``tally`` counts each answer of the class (of a multiple choice each letter). ``expected`` is how many students
    had a clicker, 0 where none was bound and every clicker counts. ``lost`` answers are missing by the base's own
    count. ``responses`` are in the order of the presses.
    """

    number: int = Field(ge=1)
    kind: PollKind
    choices: int
    text: str
    answer: str
    school_class: str
    opened_ns: int
    closed_ns: int
    opened: datetime | None
    expected: int
    tally: dict[str, int]
    lost: int
    responses: list[ResponseRecord]


class Participant(ResultsModel):
    """Somebody who is in the class, or a clicker that is nobody's (``known`` is false).

    ``id`` is a pseudonym. Name, number and clicker are null unless the config lets names leave the room.
    ``present``: answered the roll call, or anything where there was none. ``asked`` counts the questions with a
    right answer, ``right`` those that were answered so.
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
    """A group's score: ``points`` are its members' right answers, and what the teacher gave on top (``bonus``)."""

    group: str
    members: int
    right: int
    bonus: int
    points: int


class PollResults(ResultsModel):
    """The whole file."""

    format: Literal[1] = 1
    lesson: str
    school: str
    room: str
    names: bool
    """Whether names are in it."""
    polls: list[PollRecord]
    participants: list[Participant]
    groups: list[Team]


def read(folder: Path) -> PollResults | None:
    """The book of a lesson's folder; None where there is none, or none that makes sense. OSError."""
    try:
        return PollResults.model_validate_json((folder / NAME).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def write(folder: Path, book: PollResults) -> None:
    """Put polls.json into the folder, whole or not at all. OSError."""
    write_if_new(folder / NAME, book.model_dump_json(indent=1).encode() + b"\n")


def write_if_new(path: Path, body: bytes) -> None:
    """Replace a file, unless it says the same already: what is not touched need not be copied again. OSError."""
    if not path.exists() or path.read_bytes() != body:
        write_whole(path, body)


def counting(poll: PollRecord) -> list[ResponseRecord]:
    """The answers of a poll that count, the earliest press first."""
    return [response for response in poll.responses if response.counts]


def with_figures(people: Iterable[Participant], polls: Sequence[PollRecord]) -> list[Participant]:
    """The same participants with how they did in these polls."""
    graded = {poll.number: poll for poll in polls if poll.answer}
    calls = [poll for poll in polls if poll.kind is PollKind.ROLL_CALL]
    given: dict[str, dict[int, ResponseRecord]] = {}
    for poll in polls:
        for response in counting(poll):
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


def teams(people: Sequence[Participant], bonus: dict[str, int]) -> list[Team]:
    """The groups and their scores, the best first."""
    names = {one.group for one in people if one.group} | bonus.keys()
    found = []
    for name in names:
        members = [one for one in people if one.group == name]
        right, extra = sum(one.right for one in members), bonus.get(name, 0)
        found.append(Team(group=name, members=len(members), right=right, bonus=extra, points=right + extra))
    return sorted(found, key=lambda team: (-team.points, team.group))
