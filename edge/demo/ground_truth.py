"""Whether a lesson's papers, polls.json and all that is made of it, say what its simulated class really pressed."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.classroom.polls import FIRST_COUNTS, PollKind
from edge.classroom.roster import Roster, students_by_pseudonym
from edge.school import poll_results as books
from edge.school import xapi_statements
from edge.school.poll_results import PollRecord, counted_responses
from pipelines.files.lesson_layout import CHAPTERS_VTT, POLLS_JSON, STUDENTS_CSV, XAPI_JSONL
from pipelines.journal.lesson_clock import LessonClock, read_lesson_clock

# From the base's end of the wire to the host's stamp, on a machine that others use too.
_WIRE_NS = 500_000_000


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question as the base saw it: when it was asked, and what went over the wire whole, in its order."""

    asked_ns: int
    answers: list[tuple[str, str]]


def disagreements(folder: Path, truth: Path, roster_file: Path) -> list[str]:
    """Where the papers in a lesson's folder differ from the base's own log, as ``paper: what``. OSError."""
    asked = pressed(truth)
    roster = Roster.model_validate_json(roster_file.read_bytes())
    device_of = {name: student.device for name, student in students_by_pseudonym(roster).items()}
    book = books.read(folder)
    if book is None or len(book.polls) != len(asked):
        return [f"{POLLS_JSON}: {len(asked)} questions were asked"]
    found: list[str] = []
    for poll, question in zip(book.polls, asked, strict=True):
        found += [f"{POLLS_JSON}: {poll.number}: {what}" for what in _of_poll(poll, question, device_of)]
    found += [f"{POLLS_JSON}: {what}" for what in _of_times(book.polls, asked, read_lesson_clock(folder))]
    found += [f"{STUDENTS_CSV}: {what}" for what in _of_table(folder / STUDENTS_CSV, book.polls)]
    found += [f"{XAPI_JSONL}: {what}" for what in _of_statements(folder / XAPI_JSONL, book)]
    return found + [f"{CHAPTERS_VTT}: {what}" for what in _of_chapters(folder / CHAPTERS_VTT, book.polls)]


def pressed(truth: Path) -> list[AskedQuestion]:
    """The questions in a simulated base's log. OSError."""
    lines = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    asked = [line for line in lines if line["event"] == "asked"]
    return [
        AskedQuestion(
            one["at_ns"],
            [
                (line["device"], line["text"])
                for line in lines
                if line["event"] == "answer" and line["question"] == one["question"] and line["fate"] == "intact"
            ],
        )
        for one in asked
    ]


def _of_poll(poll: PollRecord, question: AskedQuestion, device_of: Mapping[str, str]) -> Iterator[str]:
    first = poll.kind in FIRST_COUNTS
    heard = [(device_of.get(one.participant, "?"), one.text) for one in poll.responses]
    sent = [(device, "" if first else text) for device, text in question.answers]
    if heard != sent:
        yield f"{len(heard)} answers, {len(sent)} were sent"
    stands = dict(reversed(sent)) if first else dict(sent)
    counted = {device_of.get(one.participant, "?"): one.text for one in counted_responses(poll)}
    if counted != stands:
        yield f"{len(counted)} answers count, not {len(stands)}, or others"
    letters = (letter for text in stands.values() for letter in text)
    tally = Counter(letters if poll.kind is PollKind.MULTIPLE else stands.values())
    if {text: count for text, count in poll.tally.items() if count} != dict(tally):
        yield "the tally"
    order = list(dict.fromkeys(device for device, _ in sent))
    if poll.kind is PollKind.RUSH and [device_of.get(one.participant) for one in counted_responses(poll)] != order:
        yield "the order of the rush"


def _of_times(polls: list[PollRecord], asked: list[AskedQuestion], clock: LessonClock) -> Iterator[str]:
    """A poll is open when its base asks, give or take the way there."""
    boots = {change.boot_id for change in clock.changes}
    for poll, question in zip(polls, asked, strict=True):
        if not any(abs(clock.lesson_ns(boot, question.asked_ns) - poll.opened_ns) < _WIRE_NS for boot in boots):
            yield f"{poll.number}: it was asked at another lesson time"


def _of_table(path: Path, polls: list[PollRecord]) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    header = rows[0]
    for poll in polls:
        column = next((at for at, title in enumerate(header) if title.startswith(f"{poll.number} ")), None)
        if column is None:
            yield f"{poll.number}: no column"
        elif sum(row[column] != "" for row in rows[1:]) != len(counted_responses(poll)):
            yield f"{poll.number}: other answers"


def _of_statements(path: Path, book: books.PollResults) -> Iterator[str]:
    said: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    attended = {one["actor"]["account"]["name"] for one in said if one["verb"]["id"] == xapi_statements.ATTENDED}
    if attended != {one.id for one in book.participants if one.present}:
        yield "others attended"
    for poll in book.polls:
        answers = {
            one["actor"]["account"]["name"]: one["result"].get("success")
            for one in said
            if one["verb"]["id"] == xapi_statements.ANSWERED and one["object"]["id"].endswith(f"/poll/{poll.number}")
        }
        expected = (
            {} if poll.kind is PollKind.ROLL_CALL else {one.participant: one.right for one in counted_responses(poll)}
        )
        if answers != expected:
            yield f"{poll.number}: other answers"


def _of_chapters(path: Path, polls: list[PollRecord]) -> Iterator[str]:
    cues = path.read_text(encoding="utf-8").split("\n\n")
    for poll in polls:
        times = f"{_clock(poll.opened_ns)} --> {_clock(poll.closed_ns)}\n{poll.number} "
        if not any(times in cue for cue in cues):
            yield f"{poll.number}: no chapter"


def _clock(ns: int) -> str:
    seconds, ms = divmod(ns // 1_000_000, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
