"""What the command line asks of the running system: one question, one answer, a bounded wait."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from edge.classroom.recorder_messages import FROM_RECORDER, RecorderState
from edge.i18n import LazyMessage, lazy_message
from edge.link.control_messages import ANSWER, Act, Reply, Request
from edge.link.json_lines import LONGEST_LINE, encode
from edge.link.socket_paths import CONTROLLER, RECORDER

ANSWER_S = 15.0
HELLO_S = 2.0

M = TypeVar("M")


class NotReachable(Exception):
    """The process does not answer; ``why`` is a sentence that says what to do."""

    def __init__(self, why: LazyMessage) -> None:
        super().__init__(why.text("en"))
        self.why = why


def ask(run: Path, act: Act, label: str = "", timeout_s: float = ANSWER_S) -> Reply:
    """Ask the controller whose sockets lie in ``run``. Unreached."""
    return request(run, Request(act=act, label=label), timeout_s)


def request(run: Path, wanted: Request, timeout_s: float = ANSWER_S) -> Reply:
    """The same for a request that says more. Unreached."""
    return _exchange(run / CONTROLLER, ANSWER, timeout_s, wanted)


def recorder_state(run: Path, timeout_s: float = HELLO_S) -> RecorderState | None:
    """What the recorder does now; None where it is not running."""
    try:
        told = _exchange(run / RECORDER, FROM_RECORDER, timeout_s)
    except NotReachable:
        return None
    return told if isinstance(told, RecorderState) else None


def _exchange(path: Path, kinds: TypeAdapter[M], timeout_s: float, question: BaseModel | None = None) -> M:
    """Connect, say ``question`` if there is one, and take the first line that comes."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s)
            connection.connect(str(path))
            if question is not None:
                connection.sendall(encode(question))
            with connection.makefile("rb") as lines:
                line = lines.readline(LONGEST_LINE)
    except TimeoutError as error:
        raise NotReachable(lazy_message("room.no-answer", socket=path, seconds=timeout_s)) from error
    except PermissionError as error:
        raise NotReachable(lazy_message("room.no-permission", socket=path)) from error
    except OSError as error:
        raise NotReachable(lazy_message("room.not-running", socket=path)) from error
    try:
        return kinds.validate_json(line)
    except ValidationError as error:
        raise NotReachable(lazy_message("room.not-understood", socket=path)) from error
