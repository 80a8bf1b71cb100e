"""Comparison of a lesson's poll results, polls.json and the files made of it, with the simulated base's own log."""

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
from edge.school import polls_json, xapi_statements
from edge.school.polls_json import PollRecord, PollResults, counted_responses
from pipelines.files.lesson_layout import CHAPTERS_VTT, POLLS_JSON, STUDENTS_CSV, XAPI_JSONL
from pipelines.journal.lesson_clock import LessonClock, read_lesson_clock

# Latency from the base's end of the line to the host's time stamp, on a busy machine.
_LATENCY_NS = 500_000_000


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question in the base's log: when it was asked, and the intact answers as (device, text), in order."""

    asked_ns: int
    answers: list[tuple[str, str]]


def disagreements(folder: Path, truth: Path, roster_file: Path) -> list[str]:
    """Where the result files in a lesson's folder differ from the base's log, as ``file: what``.

    Raises:
        OSError: A file cannot be read.
    """
    asked = logged_questions(truth)
    roster = Roster.model_validate_json(roster_file.read_bytes())
    device_of = {name: student.device for name, student in students_by_pseudonym(roster).items()}
    results = polls_json.read(folder)
    if results is None or len(results.polls) != len(asked):
        return [f"{POLLS_JSON}: {len(asked)} questions were asked"]
    polls = results.polls
    by_file: list[tuple[str, Iterator[str]]] = [
        *((POLLS_JSON, _poll_differences(*pair, device_of)) for pair in zip(polls, asked, strict=True)),
        (POLLS_JSON, _time_differences(polls, asked, read_lesson_clock(folder))),
        (STUDENTS_CSV, _table_differences(folder / STUDENTS_CSV, polls)),
        (XAPI_JSONL, _statement_differences(folder / XAPI_JSONL, results)),
        (CHAPTERS_VTT, _chapter_differences(folder / CHAPTERS_VTT, polls)),
    ]
    return [f"{file}: {difference}" for file, differences in by_file for difference in differences]


def logged_questions(truth: Path) -> list[AskedQuestion]:
    """The questions in a simulated base's log.

    Raises:
        OSError: It cannot be read.
    """
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


def _poll_differences(poll: PollRecord, question: AskedQuestion, device_of: Mapping[str, str]) -> Iterator[str]:
    first = poll.kind in FIRST_COUNTS
    received = [(device_of.get(one.participant, "?"), one.text) for one in poll.responses]
    sent = [(device, "" if first else text) for device, text in question.answers]
    if received != sent:
        yield f"{poll.number}: {len(received)} answers, {len(sent)} were sent"
    standing = dict(reversed(sent)) if first else dict(sent)
    counted = {device_of.get(one.participant, "?"): one.text for one in counted_responses(poll)}
    if counted != standing:
        yield f"{poll.number}: {len(counted)} answers count, not {len(standing)}, or others"
    letters = (letter for text in standing.values() for letter in text)
    tally = Counter(letters if poll.kind is PollKind.MULTIPLE else standing.values())
    if {text: count for text, count in poll.tally.items() if count} != dict(tally):
        yield f"{poll.number}: the tally"
    order = list(dict.fromkeys(device for device, _ in sent))
    if poll.kind is PollKind.RUSH and [device_of.get(one.participant) for one in counted_responses(poll)] != order:
        yield f"{poll.number}: the order of the rush"


def _time_differences(polls: list[PollRecord], asked: list[AskedQuestion], clock: LessonClock) -> Iterator[str]:
    """A poll must open when its base asks, within the latency of the line."""
    boots = {change.boot_id for change in clock.changes}
    for poll, question in zip(polls, asked, strict=True):
        if not any(abs(clock.lesson_ns(boot, question.asked_ns) - poll.opened_ns) < _LATENCY_NS for boot in boots):
            yield f"{poll.number}: it was asked at another lesson time"


def _table_differences(path: Path, polls: list[PollRecord]) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    header = rows[0]
    for poll in polls:
        column = next((at for at, title in enumerate(header) if title.startswith(f"{poll.number} ")), None)
        if column is None:
            yield f"{poll.number}: no column"
        elif sum(row[column] != "" for row in rows[1:]) != len(counted_responses(poll)):
            yield f"{poll.number}: other answers"


def _statement_differences(path: Path, results: PollResults) -> Iterator[str]:
    statements: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    attended = {one["actor"]["account"]["name"] for one in statements if one["verb"]["id"] == xapi_statements.ATTENDED}
    if attended != {one.id for one in results.participants if one.present}:
        yield "others attended"
    for poll in results.polls:
        answers = {
            one["actor"]["account"]["name"]: one["result"].get("success")
            for one in statements
            if one["verb"]["id"] == xapi_statements.ANSWERED and one["object"]["id"].endswith(f"/poll/{poll.number}")
        }
        expected = (
            {} if poll.kind is PollKind.ROLL_CALL else {one.participant: one.right for one in counted_responses(poll)}
        )
        if answers != expected:
            yield f"{poll.number}: other answers"


def _chapter_differences(path: Path, polls: list[PollRecord]) -> Iterator[str]:
    cues = path.read_text(encoding="utf-8").split("\n\n")
    for poll in polls:
        times = f"{_clock(poll.opened_ns)} --> {_clock(poll.closed_ns)}\n{poll.number} "
        if not any(times in cue for cue in cues):
            yield f"{poll.number}: no chapter"


def _clock(ns: int) -> str:
    seconds, ms = divmod(ns // 1_000_000, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
