"""A Unix socket client that connects again for ever, and reports whether it is connected."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

from edge.link.json_lines import LONGEST_LINE, encode_line, read_messages
from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

M = TypeVar("M")


class ReconnectingClient(Generic[M]):
    """Keeps a connection to a Unix socket; neither callback may wait.

    ``on_link(True)`` comes before the first message of a connection, ``on_link(False)`` after its last.
    """

    def __init__(
        self,
        path: Path,
        adapter: TypeAdapter[M],
        on_message: Callable[[M], None],
        on_link: Callable[[bool], None],
    ) -> None:
        self._path = path
        self._adapter = adapter
        self._on_message = on_message
        self._on_link = on_link
        self._writer: asyncio.StreamWriter | None = None
        self._backoff = BackOff(initial_s=0.1, max_s=1.0)

    async def run(self) -> None:
        """Connect, receive, and connect again, until cancelled."""
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self._path, limit=LONGEST_LINE)
            except OSError as error:
                if self._backoff.failures == 0:
                    log.warning("%s is not reached: %s", self._path, error)
            else:
                await self._receive(reader, writer)
            await asyncio.sleep(self._backoff.next_delay_s())

    def send(self, message: BaseModel) -> bool:
        """Send a message if connected; whether it was."""
        if self._writer is None or self._writer.is_closing():
            return False
        self._writer.write(encode_line(message))
        return True

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        log.info("%s: connected", self._path.name)
        self._on_link(True)
        try:
            async for received in read_messages(reader, self._adapter):
                self._backoff.reset()
                self._on_message(received)
            log.warning("%s: the connection has ended", self._path.name)
        finally:
            self._writer = None
            self._on_link(False)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
