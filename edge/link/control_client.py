"""The blocking client of the controller's socket: one request, one reply, a bounded wait."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TypeVar, overload

from pydantic import BaseModel, ValidationError

from edge.classroom.recorder_messages import FROM_RECORDER, RecorderState
from edge.i18n import LazyMessage, lazy_message
from edge.link.control_messages import BoardReply, DayReply, PollReply, Reply, RosterReply, SeatsReply, Status
from edge.link.control_requests import (
    BoardRequest,
    ControlRequest,
    GetStatus,
    PollRequest,
    RosterRequest,
    SeatRequest,
    TimetableRequest,
)
from edge.link.json_lines import LONGEST_LINE, encode_line
from edge.link.poll_messages import RosterStatus
from edge.link.socket_paths import CONTROLLER, RECORDER

ANSWER_S = 15.0
HELLO_S = 2.0

R = TypeVar("R", bound=Reply)


class NotReachable(Exception):
    """The process does not answer; ``why`` is a sentence that says what to do."""

    def __init__(self, why: LazyMessage) -> None:
        super().__init__(why.text("en"))
        self.why = why


class RequestRefused(Exception):
    """The controller did not do it; ``reason`` is the code or sentence of its reply."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@overload
def request(run: Path, wanted: PollRequest, timeout_s: float = ANSWER_S) -> PollReply: ...
@overload
def request(run: Path, wanted: RosterRequest, timeout_s: float = ANSWER_S) -> RosterReply: ...
@overload
def request(run: Path, wanted: BoardRequest, timeout_s: float = ANSWER_S) -> BoardReply: ...
@overload
def request(run: Path, wanted: SeatRequest, timeout_s: float = ANSWER_S) -> SeatsReply: ...
@overload
def request(run: Path, wanted: TimetableRequest, timeout_s: float = ANSWER_S) -> DayReply: ...
@overload
def request(run: Path, wanted: ControlRequest, timeout_s: float = ANSWER_S) -> Reply: ...
def request(run: Path, wanted: ControlRequest, timeout_s: float = ANSWER_S) -> Reply:
    """Ask the controller whose socket lies in ``run``.

    Raises:
        NotReachable: It does not answer within ``timeout_s``, or not to us.
    """
    match wanted:
        case PollRequest():
            return _reply(run, wanted, PollReply, timeout_s)
        case RosterRequest():
            return _reply(run, wanted, RosterReply, timeout_s)
        case SeatRequest():
            return _reply(run, wanted, SeatsReply, timeout_s)
        case BoardRequest():
            return _reply(run, wanted, BoardReply, timeout_s)
        case TimetableRequest():
            return _reply(run, wanted, DayReply, timeout_s)
        case _:
            return _reply(run, wanted, Reply, timeout_s)


def status(run: Path, timeout_s: float = ANSWER_S) -> Status:
    """Ask the controller how the room is.

    Raises:
        NotReachable: It does not answer.
    """
    return request(run, GetStatus(), timeout_s).status


def request_roster(run: Path, wanted: RosterRequest) -> RosterStatus:
    """Make a request about the roster; the roster after it.

    Raises:
        NotReachable: The controller does not answer.
        RequestRefused: It did not do it.
    """
    reply = request(run, wanted)
    if not reply.ok or reply.roster is None:
        raise RequestRefused(reply.reason)
    return reply.roster


def recorder_state(run: Path, timeout_s: float = HELLO_S) -> RecorderState | None:
    """What the recorder does now; None where it is not running."""
    path = run / RECORDER
    try:
        hello = FROM_RECORDER.validate_json(_first_line(path, timeout_s))
    except (NotReachable, ValidationError):
        return None
    return hello if isinstance(hello, RecorderState) else None


def connection_failure(path: Path, error: OSError) -> NotReachable:
    """Why a connection to the socket at ``path`` failed."""
    if isinstance(error, PermissionError):
        return NotReachable(lazy_message("room.no-permission", socket=path))
    return NotReachable(lazy_message("room.not-running", socket=path))


def _reply(run: Path, wanted: ControlRequest, kind: type[R], timeout_s: float) -> R:
    path = run / CONTROLLER
    try:
        return kind.model_validate_json(_first_line(path, timeout_s, wanted))
    except ValidationError as error:
        raise NotReachable(lazy_message("room.not-understood", socket=path)) from error


def _first_line(path: Path, timeout_s: float, message: BaseModel | None = None) -> bytes:
    """Connect, send ``message`` if there is one, and read the first line that comes."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s)
            connection.connect(str(path))
            if message is not None:
                connection.sendall(encode_line(message))
            with connection.makefile("rb") as lines:
                return lines.readline(LONGEST_LINE)
    except TimeoutError as error:
        raise NotReachable(lazy_message("room.no-answer", socket=path, seconds=timeout_s)) from error
    except OSError as error:
        raise connection_failure(path, error) from error
