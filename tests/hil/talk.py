"""JSON lines over a Unix socket: questions with their answers, and what the other side says unasked."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Message = dict[str, Any]


class Silent(AssertionError):
    """The other side did not answer in time, or is gone."""


class HungUp(Silent):
    """The other side is gone."""


class Talk:
    """One connection; a thread of its own listens. Any thread may ask."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._name = path.stem
        self._numbers = itertools.count(1)
        self._answers: dict[int, Message] = {}
        self._unasked: list[Message] = []
        self._heard = threading.Condition()
        self._thread = threading.Thread(target=self._listen, name=f"talk-{self._name}")
        self._thread.start()

    def ask(self, message: Message, timeout_s: float) -> Message:
        """The answer to ``message``. Silent, HungUp."""
        number = next(self._numbers)
        try:
            self._socket.sendall(json.dumps({"id": number, **message}).encode() + b"\n")
        except OSError as error:
            raise HungUp(f"{self._name} is gone: {error}") from error
        with self._heard:
            if not self._heard.wait_for(lambda: number in self._answers, timeout_s):
                raise Silent(f"{self._name} did not answer within {timeout_s} s: {message}")
            return self._answers.pop(number)

    def wait_for(self, fits: Callable[[Message], bool], timeout_s: float) -> Message:
        """The first thing said unasked that fits; it is taken out. Silent."""
        with self._heard:
            if not self._heard.wait_for(lambda: any(map(fits, self._unasked)), timeout_s):
                raise Silent(f"{self._name} did not say within {timeout_s} s what was waited for")
            message = next(filter(fits, self._unasked))
            self._unasked.remove(message)
            return message

    def close(self) -> None:
        """End the connection and the thread; again does nothing."""
        with contextlib.suppress(OSError):  # the other side was first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _listen(self) -> None:
        pending = b""
        while data := self._receive():
            *lines, pending = (pending + data).split(b"\n")
            for line in filter(None, lines):
                self._take(json.loads(line))

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(65536)
        except OSError:
            return b""

    def _take(self, message: Message) -> None:
        with self._heard:
            if isinstance(number := message.get("id"), int):
                self._answers[number] = message
            else:
                self._unasked.append(message)
            self._heard.notify_all()
