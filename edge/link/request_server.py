"""The controller's socket: a line asks, a line answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from edge.link.lines import LONGEST_LINE, encode, messages
from edge.link.requests import REQUEST, Answer, Request


class RequestServer:
    """A Unix socket, mode 0660; each client's requests are answered in their order by ``answer``."""

    def __init__(self, path: Path, answer: Callable[[Request], Awaitable[Answer]]) -> None:
        self._path = path
        self._answer = answer
        self._clients: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        """Listen until cancelled. OSError where the socket cannot be made."""
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, self._path, limit=LONGEST_LINE)
        self._path.chmod(0o660)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            server.close()
            for writer in list(self._clients):
                writer.transport.abort()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            async for request in messages(reader, REQUEST):
                writer.write(encode(await self._answer(request)))
                await writer.drain()
        except ConnectionError:
            return
        finally:
            self._clients.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
