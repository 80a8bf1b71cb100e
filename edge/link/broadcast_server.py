"""The side of the link that listens: tells every client, and hears what each says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

from edge.link.json_lines import encode, messages
from edge.link.unix_listener import listen

log = logging.getLogger(__name__)

_MOST_UNSENT = 4 << 20

M = TypeVar("M")


class BroadcastServer(Generic[M]):
    """A Unix socket, mode 0660. A client that does not read what it is told is cut off.

    ``hello`` gives what a new client is told first; ``on_message`` must not wait.
    """

    def __init__(
        self,
        path: Path,
        kinds: TypeAdapter[M],
        hello: Callable[[], list[BaseModel]],
        on_message: Callable[[M], None],
    ) -> None:
        self._path = path
        self._kinds = kinds
        self._hello = hello
        self._on_message = on_message
        self._clients: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        """Listen until cancelled. OSError where the socket cannot be made."""
        await listen(self._path, self._serve, self._clients)

    def tell(self, message: BaseModel) -> None:
        """Send to every client."""
        line = encode(message)
        for writer in list(self._clients):
            if writer.transport.get_write_buffer_size() > _MOST_UNSENT:
                log.warning("a client on %s does not read; it is cut off", self._path.name)
                writer.transport.abort()
                self._clients.discard(writer)
            else:
                writer.write(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for message in self._hello():
            writer.write(encode(message))
        async for heard in messages(reader, self._kinds):
            self._on_message(heard)
