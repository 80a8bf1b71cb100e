"""A camera in a process of its own, reached over a socket: its pace and its buffers owe nothing to ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from drivers.errors import DeviceError, DeviceLost, DeviceMissing, DeviceStalled
from drivers.protocols import Camera
from drivers.samples import JpegPicture, PictureFormat

_START_S = 10.0
_GRACE_S = 1.0
_END_S = 2.0


class SubprocessCamera:
    """Runs a picklable ``camera`` in a child, from ``open`` to ``close``; the child ends when we do.

    Being killable, the child is never waited for: if the camera hangs in it, ``read`` says DeviceStalled.
    """

    def __init__(self, role: str, camera: Camera) -> None:
        self._role = role
        self._camera = camera
        self._child: subprocess.Popen[bytes] | None = None
        self._line: Connection[Any, Any] | None = None
        self._line_in_use = threading.Lock()
        self._asked = False

    def open(self) -> PictureFormat:
        """Start the child and open the camera in it: its own errors, or DeviceMissing."""
        ours, theirs = Pipe()
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-c", f"from {__name__} import main; main()", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        self._line = ours
        try:
            form: PictureFormat = self._ask(self._camera, _START_S)
        except DeviceStalled as error:
            self.close()
            raise DeviceMissing(self._role, "the camera's process did not start") from error
        except DeviceError:
            self.close()
            raise
        return form

    def read(self, timeout_s: float) -> JpegPicture:
        """The next picture that the child has. DeviceStalled, DeviceLost."""
        picture: JpegPicture = self._ask(timeout_s, timeout_s + _GRACE_S)
        return picture

    def close(self) -> None:
        """End the child, which ends a read in progress; again: nothing."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_END_S)
        with self._line_in_use:
            if self._line is not None:
                self._line.close()
            self._line = None
            self._asked = False

    def _ask(self, question: object, patience_s: float) -> Any:
        """Send a question unless one is still open, and take the answer."""
        with self._line_in_use:
            if self._line is None:
                raise DeviceLost(self._role, "the camera is closed")
            try:
                if not self._asked:
                    self._line.send(question)
                    self._asked = True
                if not self._line.poll(patience_s):
                    raise DeviceStalled(self._role, "the camera's process does not answer")
                answer = self._line.recv()
            except (EOFError, OSError) as error:
                raise DeviceLost(self._role, "the camera's process has ended") from error
            self._asked = False
        if isinstance(answer, _Failure):
            raise answer.error()
        return answer


class _Failure:
    """A device's error on its way over the line."""

    def __init__(self, error: DeviceError) -> None:
        self._kind = type(error)
        self._role = error.role
        self._reason = error.reason

    def error(self) -> DeviceError:
        """The error again, to be raised on this side."""
        return self._kind(self._role, self._reason)


def serve(line: Connection[Any, Any]) -> None:
    """The child: take a camera, open it, and answer one question after another until the line ends."""
    camera: Camera = line.recv()
    line.send(_tried(camera.open))
    while True:
        timeout_s: float = line.recv()
        line.send(_tried(partial(camera.read, timeout_s)))


def _tried(call: Callable[[], object]) -> object:
    try:
        return call()
    except DeviceError as error:
        return _Failure(error)


def main() -> None:
    """Serve on the socket whose number is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(int(sys.argv[1])) as line:
        try:
            serve(line)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return
