"""A Unix socket server that sends every message to all of its clients and receives messages from each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

from edge.link.json_lines import encode_line, read_messages
from edge.link.subscribers import Subscribers
from edge.link.unix_listener import listen

_MOST_UNSENT = 4 << 20

M = TypeVar("M")


class BroadcastServer(Generic[M]):
    """A Unix socket, mode 0660. A client that does not read is cut off.

    ``hello`` gives the messages that a new client is sent first; ``on_message`` must not wait.
    """

    def __init__(
        self,
        path: Path,
        adapter: TypeAdapter[M],
        hello: Callable[[], list[BaseModel]],
        on_message: Callable[[M], None],
    ) -> None:
        self._path = path
        self._adapter = adapter
        self._hello = hello
        self._on_message = on_message
        self._clients = Subscribers(path.name, _MOST_UNSENT)

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            OSError: The socket cannot be made.
        """
        await listen(self._path, self._serve)

    def send(self, message: BaseModel) -> None:
        """Send to every client."""
        self._clients.send(encode_line(message))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for message in self._hello():
            writer.write(encode_line(message))
        self._clients.add(writer)
        try:
            async for received in read_messages(reader, self._adapter):
                self._on_message(received)
        finally:
            self._clients.discard(writer)
