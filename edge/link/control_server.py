"""The controller's socket: a line asks, a line answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from edge.link.control_messages import REQUEST, Reply, Request
from edge.link.json_lines import encode, messages
from edge.link.unix_listener import listen


class ControlServer:
    """A Unix socket, mode 0660; each client's requests are answered in their order by ``answer``."""

    def __init__(self, path: Path, answer: Callable[[Request], Awaitable[Reply]]) -> None:
        self._path = path
        self._answer = answer
        self._clients: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        """Listen until cancelled. OSError where the socket cannot be made."""
        await listen(self._path, self._serve, self._clients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for request in messages(reader, REQUEST):
                writer.write(encode(await self._answer(request)))
                await writer.drain()
        except ConnectionError:
            return
