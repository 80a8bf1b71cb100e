"""A listening Unix socket: for its group alone, and for one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from edge.link.json_lines import LONGEST_LINE

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def listen(path: Path, serve: Serve) -> None:
    """Let ``serve`` talk to each client until cancelled; the connections are closed then. The socket has mode 0660.

    Raises:
        OSError: The socket cannot be made, or another process listens there.
    """
    clients: set[asyncio.StreamWriter] = set()
    await asyncio.to_thread(_make_room, path)
    server = await asyncio.start_unix_server(_tracked(serve, clients), path, limit=LONGEST_LINE)
    try:
        await asyncio.to_thread(path.chmod, 0o660)
        await asyncio.get_running_loop().create_future()
    finally:
        server.close()
        for writer in list(clients):
            writer.transport.abort()
        _remove(path)


def _tracked(serve: Serve, clients: set[asyncio.StreamWriter]) -> Serve:
    """``serve`` with its client in ``clients`` while it runs, and closed afterwards."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(writer)
        try:
            await serve(reader, writer)
        finally:
            clients.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    return served


def _make_room(path: Path) -> None:
    """Make the folder, and remove the socket of a process that is gone."""
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.settimeout(1.0)
            caller.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            _remove(path)
            return
    raise OSError(errno.EADDRINUSE, f"another process listens on it already: {path}")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
