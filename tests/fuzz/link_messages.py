"""Fuzz targets: the JSON lines of the processes' sockets, and what is made of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from parts import console
from pydantic import BaseModel, TypeAdapter, ValidationError

from edge.classroom.lamps import LampInputs, status_lamp
from edge.classroom.lesson_state_machine import LessonStateMachine
from edge.classroom.recorder_messages import (
    FROM_RECORDER,
    TO_RECORDER,
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    DeviceStatus,
    FileFinished,
    RecorderState,
    RecordingEnded,
)
from edge.config.model import Config
from edge.link import status_stream as stream
from edge.link.control_messages import DiskStatus, HeadStatus, LastCheck, Status, UploadProgress
from edge.link.control_requests import AwardPoints, DriveHead, MarkLesson, OpenPoll
from edge.link.json_lines import LONGEST_LINE, encode_line, read_messages
from edge.link.terminal_requests import REQUEST
from edge.terminal.status_line import recorder_text, status_line
from edge.terminal.status_screen import status_view
from pipelines.devices.device_state import DeviceState

_CONFIG = Config.model_validate({"room": {"school": "s", "room": "r"}})
_NOW_NS = 10**12


def link_to_recorder(data: bytes) -> None:
    """What the controller says."""
    _messages(data, TO_RECORDER)


def link_to_controller(data: bytes) -> None:
    """What the recorder says: whatever it is, the lesson's rules and the lamps cope with it."""
    lesson = LessonStateMachine(3600, 10.0, lambda: "r1-000001-aaaa")
    lesson.tap(_NOW_NS)
    for number, message in enumerate(_messages(data, FROM_RECORDER)):
        now_ns = _NOW_NS + number * 10**9
        match message:
            case RecorderState():
                lesson.on_state(message, now_ns)
                status_lamp(LampInputs(message))
                recorder_text(message, "en")
            case RecordingEnded():
                lesson.on_recording_ended(message, now_ns)
            case CommandRefused():
                lesson.on_refused(message, now_ns)
        lesson.tick(now_ns)


def control_request(data: bytes) -> None:
    """What a client of the controller's socket asks for."""
    _messages(data, REQUEST)


def status_stream(data: bytes) -> None:
    """What a client of the status stream shows of it; a status of another version is a ValidationError."""
    fold = stream.StatusFold()
    for message in _messages(data, stream.STREAM):
        try:
            status = fold.apply(message)
        except ValidationError:
            continue
        console().print(status_view(status, _CONFIG, "zh-CN"))
        console().print(status_line(status, _CONFIG, "en"))


def seeds() -> dict[str, list[bytes]]:
    """Lines as the processes send them."""
    device = DeviceStatus(state=DeviceState.STALLED, reason="no picture")
    state = RecorderState(
        activity=Activity.RECORDING,
        lesson="r1-000001-aaaa",
        lesson_time_ns=7 * 10**9,
        lamp="on",
        devices={"teacher": device},
        meters_dbfs={"ceiling": -31.5},
        rates_fps={"teacher": 29.97},
        faults=["disk-full"],
    )
    wish = DesiredState(activity=Activity.RECORDING, lesson="r1-000001-aaaa", at_ns=_NOW_NS, longest_s=3600)
    ended = RecordingEnded(lesson="r1-000001-aaaa", lesson_time_ns=9 * 10**9, cause="teacher")
    answers = [
        state,
        ended,
        FileFinished(lesson="r1-000001-aaaa", path="teacher/000001.m4s"),
        CommandRefused(lesson=None, reason="disk-full"),
    ]
    status = Status(
        state="recording",
        lesson="r1-000001-aaaa",
        lesson_time_s=7.5,
        lamp="on",
        status_lamp="green",
        devices={"teacher": device},
        meters_dbfs={"ceiling": -31.5},
        rates_fps={"teacher": 29.97},
        ptz={"teacher": HeadStatus(state=DeviceState.RUNNING, preset="board")},
        upload=UploadProgress(pending=3, fault="network", next_try_s=2.0),
        disk=DiskStatus(total_bytes=10**11, free_bytes=10**10, hours_left=12.5),
        check=LastCheck(lesson="r1-000001-aaaa", recording="good", stored="pending"),
        faults=["disk-full"],
    )
    change = stream.StatusChange(change={"lesson_time_s": 8.0, "disk": None, "devices": {"teacher": {"reason": ""}}})
    question = json.dumps({"act": "poll-open", "poll": {"kind": "single", "choices": 4, "text": "1+1", "answer": "A"}})
    classes = {"act": "roster-import", "roster": {"classes": [{"name": "3-1", "students": [_student()] * 3}]}}
    requests = [MarkLesson(label="x"), DriveHead(role="teacher", pan=0.5), AwardPoints(team="a", points=5), OpenPoll()]
    return {
        "link_to_recorder": [_lines(wish, AddMarker(at_ns=_NOW_NS, label="x"))],
        "link_to_controller": [_lines(*answers), _lines(state)],
        "control_request": [_lines(*requests), question.encode() + b"\n", json.dumps(classes).encode() + b"\n"],
        "status_stream": [_lines(stream.WholeStatus(status=stream.as_json(status)), change)],
    }


def _student() -> dict[str, str]:
    return {"number": "20230101", "name": "张伟", "seat": "1", "group": "第一组", "device": "1"}


def _lines(*messages: BaseModel) -> bytes:
    return b"".join(map(encode_line, messages))


def _messages(data: bytes, adapter: TypeAdapter[Any]) -> Iterable[Any]:
    """The messages among the lines; each is the same when it is sent on."""

    async def all_of_them() -> list[Any]:
        reader = asyncio.StreamReader(LONGEST_LINE)
        reader.feed_data(data)
        reader.feed_eof()
        return [message async for message in read_messages(reader, adapter)]

    messages = asyncio.run(all_of_them())
    for message in messages:
        if _is_finite(message):
            assert adapter.validate_json(encode_line(message)) == message
    return messages


def _is_finite(message: BaseModel) -> bool:
    """Whether JSON can hold it; a patch may be anything."""
    try:
        return bool(json.dumps(message.model_dump(), allow_nan=False, default=str))
    except ValueError:
        return False
