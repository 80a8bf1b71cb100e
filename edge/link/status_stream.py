"""The status stream of the controller's socket: the whole status first, then what changes, at most 10 times a second.

A status travels as JSON without nulls (what is None is left out), so that a change is a JSON Merge Patch (RFC 7396),
in which null means that a value is gone. Where nothing changes an empty patch comes every 5 s: a client that hears
nothing for longer than ``SILENCE_S`` knows that the controller hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from edge.classroom.recorder_messages import LinkMessage
from edge.i18n import lazy_message
from edge.link.control_client import NotReachable, connection_failure
from edge.link.control_messages import Status
from edge.link.control_requests import WatchStatus
from edge.link.json_lines import LONGEST_LINE, encode_line, read_messages
from edge.link.merge_patch import JsonObject, merge_diff, merge_patch
from edge.link.socket_paths import CONTROLLER
from edge.link.subscribers import Subscribers
from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

PERIOD_S = 0.1
KEEP_ALIVE_PERIODS = 50
SILENCE_S = 15.0
# Minutes of changes; a reader that is so far behind gains nothing from them.
MOST_UNSENT = 256 << 10


class WholeStatus(LinkMessage):
    """The first line of a stream."""

    type: Literal["status"] = "status"
    status: JsonObject


class StatusChange(LinkMessage):
    """What has changed since the line before, as a JSON Merge Patch; empty where nothing has."""

    type: Literal["change"] = "change"
    change: JsonObject


STREAM: TypeAdapter[WholeStatus | StatusChange] = TypeAdapter(
    Annotated[WholeStatus | StatusChange, Field(discriminator="type")]
)


async def one_period() -> None:
    """Wait for the time between two changes."""
    await asyncio.sleep(PERIOD_S)


class StatusStream:
    """Sends the status to every watcher; one snapshot and one difference a period serve them all.

    ``snapshot`` makes the status; it is not called while nobody watches. ``pause`` waits for one period.
    """

    def __init__(
        self,
        name: str,
        snapshot: Callable[[], Status],
        pause: Callable[[], Awaitable[None]] = one_period,
    ) -> None:
        self._snapshot = snapshot
        self._pause = pause
        self._watchers = Subscribers(name, MOST_UNSENT)
        self._watched = asyncio.Event()
        self._sent: JsonObject = {}

    def add(self, watcher: asyncio.StreamWriter) -> None:
        """Send the whole status to a watcher, and the changes from now on; one that watches already starts anew."""
        if not self._watchers:
            self._sent = as_json(self._snapshot())
        self._watchers.add(watcher)
        watcher.write(encode_line(WholeStatus(status=self._sent)))
        self._watched.set()

    def discard(self, watcher: asyncio.StreamWriter) -> None:
        """Send nothing more to a watcher; one that is none is no error."""
        self._watchers.discard(watcher)

    async def run(self) -> None:
        """Send changes until cancelled."""
        quiet_periods = 0
        while True:
            await self._watched.wait()
            await self._pause()
            if not self._watchers:
                self._watched.clear()
                continue
            now = as_json(self._snapshot())
            change = merge_diff(self._sent, now)
            quiet_periods = 0 if change else quiet_periods + 1
            if change or quiet_periods % KEEP_ALIVE_PERIODS == 0:
                self._sent = now
                self._watchers.send(encode_line(StatusChange(change=change)))


class StatusFold:
    """The client's copy of the status, kept up to date by the lines of a stream."""

    def __init__(self) -> None:
        self._state: JsonObject = {}

    def apply(self, message: WholeStatus | StatusChange) -> Status:
        """The status after this line.

        Raises:
            pydantic.ValidationError: The result is no status: the other side has another version.
        """
        match message:
            case WholeStatus(status=state):
                self._state = state
            case StatusChange(change=change):
                self._state = merge_patch(self._state, change)
        return Status.model_validate(self._state)


def as_json(status: Status) -> JsonObject:
    """A status as the stream has it: a JSON object without nulls."""
    return status.model_dump(mode="json", exclude_none=True)


async def follow_status(
    run: Path, silence_s: float = SILENCE_S, socket: str = CONTROLLER
) -> AsyncIterator[Status | NotReachable]:
    """The room's status whenever it changes or a keep-alive comes, for ever; ``socket`` lies in ``run``.

    While the controller is away the reason is yielded after each attempt to reach it.
    """
    path = run / socket
    backoff = BackOff(initial_s=0.1, max_s=1.0)
    while True:
        try:
            async with contextlib.aclosing(_one_connection(path, silence_s)) as stream:
                async for status in stream:
                    backoff.reset()
                    yield status
            yield NotReachable(lazy_message("room.not-running", socket=path))
        except TimeoutError:
            yield NotReachable(lazy_message("room.no-answer", socket=path, seconds=silence_s))
        except OSError as error:
            yield connection_failure(path, error)
        except ValidationError:
            yield NotReachable(lazy_message("room.not-understood", socket=path))
        await asyncio.sleep(backoff.next_delay_s())


async def _one_connection(path: Path, silence_s: float) -> AsyncGenerator[Status]:
    reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_LINE)
    try:
        writer.write(encode_line(WatchStatus()))
        fold = StatusFold()
        lines = read_messages(reader, STREAM)
        while True:
            async with asyncio.timeout(silence_s):
                message = await anext(lines, None)
            if message is None:
                return
            yield fold.apply(message)
    finally:
        writer.close()
