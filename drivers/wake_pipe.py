"""A wake-up for a thread that waits in select or poll, over a socket pair."""

from __future__ import annotations

import socket
from contextlib import suppress


class WakePipe:
    """Readable from ``wake`` until ``drain``; no call waits, and after ``close`` none does anything."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._reader.fileno()

    def wake(self) -> None:
        """Make the descriptor readable; from any thread."""
        with suppress(OSError):  # full of wake-ups that were not drained yet, or closed
            self._writer.send(b"!")

    def drain(self) -> None:
        """Make the descriptor unreadable again."""
        with suppress(OSError):
            self._reader.recv(4096)

    def close(self) -> None:
        self._reader.close()
        self._writer.close()
