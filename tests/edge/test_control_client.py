"""What a command says when the other side of the socket is not what it should be."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.link.control_client import NotReachable, recorder_state, status


@pytest.fixture
def run() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def test_nobody_is_there(run: Path) -> None:
    with pytest.raises(NotReachable, match=r"nothing answers at .*controller\.sock"):
        status(run)
    assert recorder_state(run) is None


def test_a_socket_that_nobody_listens_to_any_more(run: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(run / "controller.sock"))
    with pytest.raises(NotReachable, match="nothing answers"):
        status(run)


def test_somebody_who_does_not_answer(run: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(run / "controller.sock"))
        deaf.listen()
        with pytest.raises(NotReachable, match="did not answer within"):
            status(run, timeout_s=0.1)


@pytest.mark.parametrize("line", [b"", b"good morning\n", b'{"type":"answer","ok":true}\n'])
def test_an_answer_that_is_none(run: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(run / "controller.sock"))
        listening.listen()

        def serve() -> None:
            client, _ = listening.accept()
            with client, client.makefile("rb") as lines:
                lines.readline()
                client.sendall(line)

        answering = threading.Thread(target=serve)
        answering.start()
        with pytest.raises(NotReachable, match="not understood"):
            status(run)
        answering.join()
