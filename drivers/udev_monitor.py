"""A netlink listener for udev's hot-plug events."""

from __future__ import annotations

import errno
import socket
from collections.abc import Set
from types import TracebackType
from typing import Self

from drivers.udev_messages import Uevent, parse

_KOBJECT_UEVENT = 15
# Group 1 is the kernel's; udev sends to group 2 when links and rights are in place.
_UDEV_GROUP = 2
_MAX_MESSAGE_BYTES = 1 << 16
_RECEIVE_BUFFER_BYTES = 1 << 20

EVENTS_MISSED = Uevent("change", "")
"""Stands for events that were lost in an overflow: any device may have come."""


class UdevMonitor:
    """Receives device events from its construction on; OSError where the kernel has no such socket."""

    def __init__(self, subsystems: Set[str]) -> None:
        """Listen; events of other subsystems than these (such as ``video4linux``, ``sound``, ``tty``) are ignored."""
        self._subsystems = subsystems
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, _KOBJECT_UEVENT
        )
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
            self._socket.bind((0, _UDEV_GROUP))
        except OSError:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when an event has come."""
        return self._socket.fileno()

    def read_events(self) -> list[Uevent]:
        """Return the events since the last call, without waiting."""
        events: list[Uevent] = []
        while True:
            try:
                message = self._socket.recv(_MAX_MESSAGE_BYTES)
            except BlockingIOError:
                return events
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                events.append(EVENTS_MISSED)
                continue
            event = parse(message)
            if event is not None and event.subsystem in self._subsystems:
                events.append(event)

    def close(self) -> None:
        self._socket.close()
