"""The server of the controller's sockets: a reply for each request, and the status stream for whoever asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from edge.link.control_messages import Reply, Status
from edge.link.control_requests import ControlRequest, WatchStatus
from edge.link.json_lines import encode_line, read_messages
from edge.link.status_stream import StatusStream, one_period
from edge.link.unix_listener import listen

R = TypeVar("R", bound=ControlRequest)


class ControlServer(Generic[R]):
    """A Unix socket, mode 0660; each client's requests are answered in their order by ``answer``.

    ``requests`` says which there are; a line that is none of them is left out. A client that asked to watch is sent the
    status stream between the answers; ``status`` makes a status for it and ``pause`` waits between two.
    """

    def __init__(
        self,
        path: Path,
        requests: TypeAdapter[R],
        answer: Callable[[R], Awaitable[Reply]],
        status: Callable[[], Status],
        pause: Callable[[], Awaitable[None]] = one_period,
    ) -> None:
        self._path = path
        self._requests = requests
        self._answer = answer
        self._stream = StatusStream(path.name, status, pause)

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            OSError: The socket cannot be made (alone or in an ExceptionGroup).
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._path, self._serve))
            group.create_task(self._stream.run())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for request in read_messages(reader, self._requests):
                if isinstance(request, WatchStatus):
                    self._stream.add(writer)
                else:
                    writer.write(encode_line(await self._answer(request)))
                await writer.drain()
        except ConnectionError:
            return
        finally:
            self._stream.discard(writer)
