"""Connections that are sent the same lines; one that does not read is cut off and holds up nobody."""

from __future__ import annotations

import asyncio
import logging

log = logging.getLogger(__name__)


class Subscribers:
    """A set of connections of the socket ``name``, each with at most ``most_unsent`` bytes waiting for it."""

    def __init__(self, name: str, most_unsent: int) -> None:
        self._name = name
        self._most_unsent = most_unsent
        self._writers: set[asyncio.StreamWriter] = set()

    def __len__(self) -> int:
        return len(self._writers)

    def add(self, writer: asyncio.StreamWriter) -> None:
        """Send it every line from now on."""
        self._writers.add(writer)

    def discard(self, writer: asyncio.StreamWriter) -> None:
        """Send it nothing more; one that is not here is no error."""
        self._writers.discard(writer)

    def send(self, line: bytes) -> None:
        """Send a line to all; this never waits."""
        for writer in list(self._writers):
            if writer.transport.get_write_buffer_size() > self._most_unsent:
                log.warning("a client on %s does not read; it is cut off", self._name)
                writer.transport.abort()
                self._writers.discard(writer)
            else:
                writer.write(line)
