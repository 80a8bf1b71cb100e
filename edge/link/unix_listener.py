"""A Unix socket of ours that others connect to: for its group alone, and for one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from edge.link.json_lines import LONGEST_LINE

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def listen(path: Path, serve: Serve, clients: set[asyncio.StreamWriter]) -> None:
    """Let ``serve`` talk to each client until cancelled; ``clients`` holds those that are connected.

    The socket has mode 0660. OSError where it cannot be made, or where another process listens there.
    """
    await asyncio.to_thread(_make_way, path)
    server = await asyncio.start_unix_server(_accounted(serve, clients), path, limit=LONGEST_LINE)
    await asyncio.to_thread(path.chmod, 0o660)
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        server.close()
        for writer in list(clients):
            writer.transport.abort()
        _remove(path)


def _accounted(serve: Serve, clients: set[asyncio.StreamWriter]) -> Serve:
    """The same, with the client among ``clients`` meanwhile, and let go afterwards."""

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


def _make_way(path: Path) -> None:
    """Remove what a process that is gone has left."""
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
