"""A camera in a subprocess, reached over a socket: its timing and buffers are independent of this process."""

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

_START_TIMEOUT_S = 10.0
_REPLY_GRACE_S = 1.0
_EXIT_TIMEOUT_S = 2.0


class SubprocessCamera:
    """Runs a picklable camera in a child process from ``open`` to ``close``; the child ends when this process does.

    A child that hangs can be killed: ``read`` then raises DeviceStalled.
    """

    def __init__(self, role: str, camera: Camera) -> None:
        self._role = role
        self._camera = camera
        self._child: subprocess.Popen[bytes] | None = None
        self._connection: Connection[Any, Any] | None = None
        self._request_lock = threading.Lock()
        self._request_is_pending = False

    def open(self) -> PictureFormat:
        """Start the child and open the camera in it; raises the camera's own errors, or DeviceMissing."""
        parent_end, child_end = Pipe()
        with child_end:
            self._child = subprocess.Popen(
                [sys.executable, "-c", f"from {__name__} import main; main()", str(child_end.fileno())],
                pass_fds=[child_end.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        self._connection = parent_end
        try:
            format_: PictureFormat = self._request(self._camera, _START_TIMEOUT_S)
        except DeviceStalled as error:
            self.close()
            raise DeviceMissing(self._role, "the camera's process did not start") from error
        except DeviceError:
            self.close()
            raise
        return format_

    def read(self, timeout_s: float) -> JpegPicture:
        picture: JpegPicture = self._request(timeout_s, timeout_s + _REPLY_GRACE_S)
        return picture

    def close(self) -> None:
        """Kill the child."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_EXIT_TIMEOUT_S)
        with self._request_lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._request_is_pending = False

    def _request(self, request: object, timeout_s: float) -> Any:
        """Send a request unless one is still unanswered, and return the reply."""
        with self._request_lock:
            if self._connection is None:
                raise DeviceLost(self._role, "the camera is closed")
            try:
                if not self._request_is_pending:
                    self._connection.send(request)
                    self._request_is_pending = True
                if not self._connection.poll(timeout_s):
                    raise DeviceStalled(self._role, "the camera's process does not answer")
                reply = self._connection.recv()
            except (EOFError, OSError) as error:
                raise DeviceLost(self._role, "the camera's process has ended") from error
            self._request_is_pending = False
        if isinstance(reply, DeviceError):
            raise reply
        return reply


def serve(connection: Connection[Any, Any]) -> None:
    """Receive a camera, open it and reply to one request after another until the connection ends."""
    camera: Camera = connection.recv()
    connection.send(_reply_to(camera.open))
    while True:
        timeout_s: float = connection.recv()
        connection.send(_reply_to(partial(camera.read, timeout_s)))


def _reply_to(call: Callable[[], object]) -> object:
    try:
        return call()
    except DeviceError as error:
        return error


def main() -> None:
    """Serve on the socket whose file descriptor is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(int(sys.argv[1])) as connection:
        try:
            serve(connection)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return
