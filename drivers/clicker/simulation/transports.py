"""The cable between a simulated base and the real driver: a pseudo terminal, or a socket for whole reports."""

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

DRAIN_TIMEOUT_S, DRAINED_AFTER_S = 0.5, 0.03
_READ_BYTES = 4096
_DRAIN_POLL_S = 0.001


class SimulatedTransport(Protocol):
    """The base's end of the cable; everything that was sent is read before it is pulled out."""

    def fileno(self) -> int:
        """What can be waited on."""

    def receive(self) -> bytes:
        """What the host said; empty where it is gone."""

    def send(self, data: bytes) -> bool:
        """Whether there was room for it."""

    def close(self) -> None:
        """Pull it out."""


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
        """See ``SimulatedTransport``."""
        return self._master

    def receive(self) -> bytes:
        """See ``SimulatedTransport``."""
        return os.read(self._master, _READ_BYTES)

    def send(self, data: bytes) -> bool:
        """See ``SimulatedTransport``."""
        try:
            return os.write(self._master, data) == len(data)
        except BlockingIOError:
            return False

    def close(self) -> None:
        """See ``SimulatedTransport``."""
        self._drain()
        self._path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)

    def _drain(self) -> None:
        """Wait until the host has read everything; for a moment, since what was written shows with a delay."""
        unread = array.array("i", [0])
        deadline = time.monotonic() + DRAIN_TIMEOUT_S
        empty_since = time.monotonic()
        while time.monotonic() < min(deadline, empty_since + DRAINED_AFTER_S):
            fcntl.ioctl(self._slave, termios.FIONREAD, unread)
            if unread[0]:
                empty_since = time.monotonic()
            time.sleep(_DRAIN_POLL_S)


class ReportNodeTransport:
    """A HID device whose node the driver gets from ``open_node``; a report's number goes before what is written."""

    def __init__(self) -> None:
        self._base_end, self._driver_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._base_end, self._driver_end):
            end.setblocking(False)

    def open_node(self) -> int:
        """The driver's end, as a hidraw node would be."""
        return os.dup(self._driver_end.fileno())

    def fileno(self) -> int:
        """See ``SimulatedTransport``."""
        return self._base_end.fileno()

    def receive(self) -> bytes:
        """See ``SimulatedTransport``."""
        return self.receive_numbered()[1:]

    def receive_numbered(self) -> bytes:
        """A whole report, its number first; empty where the host is gone."""
        return self._base_end.recv(_READ_BYTES)

    def send(self, data: bytes) -> bool:
        """See ``SimulatedTransport``."""
        with suppress(BlockingIOError, BrokenPipeError):
            return self._base_end.send(data) == len(data)
        return False

    def close(self) -> None:
        """See ``SimulatedTransport``."""
        self._base_end.close()
        self._driver_end.close()


class BridgeNodeTransport:
    """The USB to serial bridge: a report's number is how many bytes it carries."""

    def __init__(self) -> None:
        self._report_node = ReportNodeTransport()

    def open_node(self) -> int:
        """As ``ReportNodeTransport.open_node``."""
        return self._report_node.open_node()

    def fileno(self) -> int:
        """See ``SimulatedTransport``."""
        return self._report_node.fileno()

    def receive(self) -> bytes:
        """See ``SimulatedTransport``."""
        report = self._report_node.receive_numbered()
        return report[1 : 1 + report[0]] if report else b""

    def send(self, data: bytes) -> bool:
        """See ``SimulatedTransport``."""
        parts = [data[at : at + MAX_REPORT_DATA] for at in range(0, len(data), MAX_REPORT_DATA)]
        return all(self._report_node.send(bytes([len(part)]) + part) for part in parts)

    def close(self) -> None:
        """See ``SimulatedTransport``."""
        self._report_node.close()
