"""The web process's client of ``pages.sock``: it follows the room's status, and carries requests of pages to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, overload

from pydantic import ValidationError

from edge.i18n import lazy_message
from edge.link.control_client import ANSWER_S, NotReachable, connection_failure
from edge.link.control_messages import PollReply, Reply, Status
from edge.link.control_requests import ControlRequest, PollRequest
from edge.link.json_lines import LONGEST_LINE, encode_line
from edge.link.socket_paths import PAGES
from edge.link.status_stream import follow_status

log = logging.getLogger(__name__)

# More than wait at once for a lesson to start; what a flood asks for beyond that is refused by its limits.
_MOST_AT_ONCE = 16

R = TypeVar("R", bound=Reply)


class RoomClient:
    """``status`` is the room's, None before the first; ``away_since_s`` (CLOCK_MONOTONIC) is set while it is old.

    ``on_change`` functions are called after every change of either; they must not wait.
    """

    def __init__(self, run: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.status: Status | None = None
        self.away_since_s: float | None = clock()
        self.on_change: list[Callable[[], None]] = []
        self._run = run
        self._clock = clock
        self._asking = asyncio.Semaphore(_MOST_AT_ONCE)

    async def run(self) -> None:
        """Follow the status until cancelled."""
        async with contextlib.aclosing(follow_status(self._run, socket=PAGES)) as updates:  # type: ignore[type-var]
            async for update in updates:
                if isinstance(update, Status):
                    self._set(update, None)
                elif self.away_since_s is None:
                    log.warning("the controller is away: %s", update)
                    self._set(self.status, self._clock())

    @overload
    async def ask(self, request: PollRequest) -> PollReply: ...
    @overload
    async def ask(self, request: ControlRequest) -> Reply: ...
    @overload
    async def ask(self, request: ControlRequest, kind: type[R]) -> R: ...
    async def ask(self, request: ControlRequest, kind: type[Reply] | None = None) -> Reply:
        """Make a request, one of ``PageRequest``, and return its reply, which is a ``kind``.

        Raises:
            NotReachable: The controller does not answer.
        """
        path = self._run / PAGES
        expected = kind or (PollReply if isinstance(request, PollRequest) else Reply)
        try:
            async with self._asking, asyncio.timeout(ANSWER_S):
                return expected.model_validate_json(await _first_line(path, request))
        except TimeoutError:
            raise NotReachable(lazy_message("room.no-answer", socket=path, seconds=ANSWER_S)) from None
        except ValidationError as error:
            raise NotReachable(lazy_message("room.not-understood", socket=path)) from error
        except OSError as error:
            raise connection_failure(path, error) from error

    def _set(self, status: Status | None, away_since_s: float | None) -> None:
        if status == self.status and away_since_s == self.away_since_s:
            return
        self.status, self.away_since_s = status, away_since_s
        for call in self.on_change:
            call()


async def _first_line(path: Path, request: ControlRequest) -> bytes:
    reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_LINE)
    try:
        writer.write(encode_line(request))
        return await reader.readline()
    finally:
        writer.close()
