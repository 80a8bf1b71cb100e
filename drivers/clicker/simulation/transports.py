"""The base's end of the connection to the real driver: a pseudo-terminal, or a socket that keeps reports whole."""

from __future__ import annotations

import array
import fcntl
import os
import pty
import socket
import termios
import time
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from drivers.clicker.hid_transport import MAX_REPORT_DATA
from drivers.errors import DeviceMissing

DRAIN_TIMEOUT_S, DRAINED_AFTER_S = 0.5, 0.03
_READ_BYTES = 4096
_DRAIN_POLL_S = 0.001


class SimulatedTransport(Protocol):
    """The base's end of a connection; what was sent is read by the driver before ``close`` disconnects it."""

    def fileno(self) -> int:
        """Return the descriptor to wait for."""

    def receive(self) -> bytes:
        """Return what the driver wrote; empty where it is gone."""

    def send(self, data: bytes) -> bool:
        """Send a message; return whether there was room for it."""

    def close(self) -> None:
        """Disconnect."""


class PtyTransport:
    """A serial port that the driver opens as ``path``, a name that stays when the port is made anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(self._slave))

    def fileno(self) -> int:
        return self._master

    def receive(self) -> bytes:
        return os.read(self._master, _READ_BYTES)

    def send(self, data: bytes) -> bool:
        try:
            return os.write(self._master, data) == len(data)
        except BlockingIOError:
            return False

    def close(self) -> None:
        self._drain()
        self._path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)

    def _drain(self) -> None:
        """Wait for a moment until the driver has read everything; what was written shows with a delay."""
        unread = array.array("i", [0])
        deadline = time.monotonic() + DRAIN_TIMEOUT_S
        empty_since = time.monotonic()
        while time.monotonic() < min(deadline, empty_since + DRAINED_AFTER_S):
            fcntl.ioctl(self._slave, termios.FIONREAD, unread)
            if unread[0]:
                empty_since = time.monotonic()
            time.sleep(_DRAIN_POLL_S)


class ReportNodeTransport:
    """A HID device that the driver opens with ``open_node``; the driver writes a report's number before it."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._base_end, self._driver_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._base_end, self._driver_end):
            end.setblocking(False)

    def open_node(self) -> int:
        """Return the driver's end, in place of a hidraw node; DeviceMissing once the base is disconnected."""
        try:
            return os.dup(self._driver_end.fileno())
        except OSError as error:
            raise DeviceMissing(self._role, "the simulated base is unplugged") from error

    def fileno(self) -> int:
        return self._base_end.fileno()

    def receive(self) -> bytes:
        return self.receive_numbered()[1:]

    def receive_numbered(self) -> bytes:
        """Return a whole report with its number first; empty where the driver is gone."""
        return self._base_end.recv(_READ_BYTES)

    def send(self, data: bytes) -> bool:
        with suppress(BlockingIOError, BrokenPipeError):
            return self._base_end.send(data) == len(data)
        return False

    def close(self) -> None:
        self._base_end.close()
        self._driver_end.close()


class BridgeNodeTransport(ReportNodeTransport):
    """A HID-to-UART bridge: a report's number is how many bytes it carries."""

    def receive(self) -> bytes:
        report = self.receive_numbered()
        return report[1 : 1 + report[0]] if report else b""

    def send(self, data: bytes) -> bool:
        for at in range(0, len(data), MAX_REPORT_DATA):
            part = data[at : at + MAX_REPORT_DATA]
            if not super().send(bytes([len(part)]) + part):
                return False
        return True
