"""The controller socket's requests on the wire: a model for each ``act``, and what older clients send is understood."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from edge.classroom.board_content import Exam
from edge.classroom.polls import PollKind
from edge.classroom.roster import SchoolClass
from edge.link.control_messages import PollReply, Reply, RosterReply, Status
from edge.link.control_requests import (
    AnswerByPhone,
    AwardPoints,
    BindClicker,
    ChooseDirectorMode,
    ClosePoll,
    CutToCamera,
    DriveHead,
    EraseLesson,
    FreePhones,
    GetStatus,
    ImportClasses,
    ImportTimetable,
    JoinByPhone,
    ListenForClickers,
    LookAtRoom,
    MarkLesson,
    OpenPoll,
    PauseLesson,
    RecallPreset,
    ResumeLesson,
    SetDuty,
    SetEmergency,
    SetExam,
    SetNotices,
    ShowBoard,
    ShowCalibration,
    ShowDay,
    ShowPhone,
    ShowPoll,
    ShowRoster,
    ShowSeats,
    StartLesson,
    StopHead,
    StopLesson,
    StorePreset,
    UseClass,
    WatchStatus,
)
from edge.link.poll_messages import BoundClicker, ClassChoice, ImportedClasses, PollQuestion, PressesSince
from edge.link.terminal_requests import REQUEST, Request
from edge.link.timetable_messages import ImportedTimetable
from pipelines.directing.observations import DirectorMode

CLASS = SchoolClass(name="7B", students=())
EXAM = {"subject": "数学", "date": "2026-11-10", "begins": "08:30", "ends": "10:30"}
REQUESTS: list[tuple[dict[str, Any], Request]] = [
    ({"act": "status"}, GetStatus()),
    ({"act": "watch"}, WatchStatus()),
    ({"act": "start"}, StartLesson()),
    ({"act": "stop"}, StopLesson()),
    ({"act": "pause"}, PauseLesson()),
    ({"act": "resume"}, ResumeLesson()),
    ({"act": "mark"}, MarkLesson()),
    ({"act": "mark", "label": "勾股定理"}, MarkLesson(label="勾股定理")),
    ({"act": "mark", "label": "a", "ago_s": 4.5}, MarkLesson(label="a", ago_s=4.5)),
    ({"act": "look", "viewers": 2}, LookAtRoom(viewers=2)),
    ({"act": "lesson-erase", "lesson": "r1-7f3a-000001"}, EraseLesson(lesson="r1-7f3a-000001")),
    ({"act": "ptz-recall", "role": "teacher", "preset": "board"}, RecallPreset(role="teacher", preset="board")),
    ({"act": "ptz-store", "role": "teacher", "number": 3}, StorePreset(role="teacher", number=3)),
    ({"act": "ptz-drive", "role": "teacher", "pan": 0.5, "zoom": -1}, DriveHead(role="teacher", pan=0.5, zoom=-1)),
    ({"act": "ptz-stop", "role": "teacher"}, StopHead(role="teacher")),
    ({"act": "director-mode", "mode": "semi"}, ChooseDirectorMode(mode=DirectorMode.SEMI)),
    ({"act": "director-cut"}, CutToCamera()),
    ({"act": "director-cut", "role": "students"}, CutToCamera(role="students")),
    ({"act": "poll-open"}, OpenPoll()),
    ({"act": "poll-open", "poll": {"kind": "rush"}}, OpenPoll(poll=PollQuestion(kind=PollKind.RUSH))),
    ({"act": "poll-close"}, ClosePoll()),
    ({"act": "poll-show"}, ShowPoll()),
    ({"act": "poll-score", "team": "一组", "points": -5}, AwardPoints(team="一组", points=-5)),
    ({"act": "roster-show"}, ShowRoster()),
    ({"act": "roster-import"}, ImportClasses()),
    (
        {"act": "roster-import", "roster": {"classes": [{"name": "7B", "students": []}]}},
        ImportClasses(roster=ImportedClasses(classes=[CLASS])),
    ),
    ({"act": "roster-use", "roster": {"use": "7B"}}, UseClass(roster=ClassChoice(use="7B"))),
    ({"act": "roster-listen", "roster": {"since_ns": 7}}, ListenForClickers(roster=PressesSince(since_ns=7))),
    (
        {"act": "roster-bind", "roster": {"number": "3", "device": "41"}},
        BindClicker(roster=BoundClicker(number="3", device="41")),
    ),
    ({"act": "phone-show", "token": "t"}, ShowPhone(token="t")),
    ({"act": "phone-join", "seat": "12"}, JoinByPhone(seat="12")),
    (
        {"act": "phone-answer", "token": "t", "number": 3, "answer": "B"},
        AnswerByPhone(token="t", number=3, answer="B"),
    ),
    ({"act": "phones-show"}, ShowSeats()),
    ({"act": "phones-free", "number": "12"}, FreePhones(number="12")),
    ({"act": "board-show"}, ShowBoard()),
    ({"act": "calibration-show"}, ShowCalibration()),
    ({"act": "board-notice", "notices": ["家长会"]}, SetNotices(notices=("家长会",))),
    ({"act": "board-duty", "duty": ["一组"]}, SetDuty(duty=("一组",))),
    ({"act": "board-emergency", "text": "集合"}, SetEmergency(text="集合")),
    ({"act": "board-exam", "exam": EXAM}, SetExam(exam=Exam.model_validate(EXAM))),
    ({"act": "timetable-show", "date": "2026-10-10"}, ShowDay(date=date(2026, 10, 10))),
    (
        {"act": "timetable-import", "timetable": {"name": "t.csv", "data": "LA=="}},
        ImportTimetable(timetable=ImportedTimetable.model_validate({"name": "t.csv", "data": "LA=="})),
    ),
]
# What a client of before the union sends with every request.
ALL_FIELDS = {
    "type": "request",
    "label": "",
    "role": "",
    "preset": "",
    "pan": 0.0,
    "tilt": 0.0,
    "zoom": 0.0,
    "poll": None,
    "team": "",
    "points": 0,
    "roster": {"classes": [], "use": "", "number": "", "device": "", "since_ns": 0},
}


@pytest.mark.parametrize(
    ("line", "request_"), REQUESTS, ids=lambda one: str(one.get("act")) if isinstance(one, dict) else ""
)
def test_a_request_is_read_from_its_own_fields_and_from_a_line_with_all_fields(
    line: dict[str, Any], request_: Request
) -> None:
    assert REQUEST.validate_json(json.dumps(line)) == request_
    roster = {"roster": ALL_FIELDS["roster"] | line.get("roster", {})}
    assert REQUEST.validate_json(json.dumps(ALL_FIELDS | line | roster)) == request_
    assert REQUEST.validate_json(request_.model_dump_json()) == request_


def test_every_request_is_in_the_table() -> None:
    acts = {
        one["properties"]["act"]["const"]
        for one in REQUEST.json_schema()["$defs"].values()
        if "act" in one.get("properties", {})
    }
    assert acts == {line["act"] for line, _ in REQUESTS}


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"act": "dance"},
        {"type": "answer", "act": "status"},
        {"act": "mark", "label": "x" * 201},
        {"act": "mark", "ago_s": 301},
        {"act": "look", "viewers": -1},
        {"act": "lesson-erase", "lesson": "../r1"},
        {"act": "ptz-drive", "role": "teacher", "pan": 1.5},
        {"act": "ptz-store", "role": "teacher", "number": 16},
        {"act": "poll-open", "poll": {"kind": "riddle"}},
        {"act": "poll-score", "team": "一组", "points": 1001},
        {"act": "roster-use", "roster": None},
    ],
)
def test_a_bad_request_is_none(line: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        REQUEST.validate_json(json.dumps(line))


def test_a_reply_has_the_fields_of_its_kind() -> None:
    status = Status(state="idle")
    common = {"type", "ok", "reason", "status"}
    assert json.loads(Reply(ok=True, status=status).model_dump_json()).keys() == common
    assert json.loads(PollReply(ok=False, status=status).model_dump_json()).keys() == common | {"poll"}
    assert json.loads(RosterReply(ok=False, status=status).model_dump_json()).keys() == common | {"roster"}
