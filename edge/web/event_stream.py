"""Server-sent events (HTML Living Standard, "Server-sent events"): what pages show of the room, as it changes.

Events of a stream: ``status`` (a whole JSON object, first), ``change`` (a JSON Merge Patch of it, RFC 7396), and every
few seconds ``beat`` with the box's time and whether the controller answers; a page that hears nothing for three of them
has lost the box.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from edge.link.control_messages import Status
from edge.link.merge_patch import JsonObject, merge_diff
from edge.link.status_stream import as_json
from edge.web.access.sessions import Session
from edge.web.connection_count import ConnectionCount
from edge.web.listener import when_lost
from edge.web.request_keys import ADDRESS, SESSION
from edge.web.room_client import RoomClient

BEAT_S = 5.0
# What a reader may be behind; one that is further gets the whole object anew.
_MOST_WAITING = 20
_WRITE_S = 10.0

Projection = Callable[[Status], JsonObject]
"""The part of the status that a page may show; without nulls, as ``as_json`` makes it."""


def whole_status(status: Status) -> JsonObject:
    """All of it: for the staff's pages."""
    return as_json(status)


class EventStreams:
    """The streams that are open; all with the same projection share one difference a change."""

    def __init__(
        self,
        room: RoomClient,
        is_good: Callable[[Session], bool],
        now: Callable[[], datetime],
        count: ConnectionCount,
    ) -> None:
        self._room = room
        self._is_good = is_good
        self._count = count
        self._now = now
        self._channels: dict[Projection, _Channel] = {}
        self._closing = asyncio.Event()
        room.on_change.append(self._publish)

    async def serve(self, request: web.Request, project: Projection) -> web.StreamResponse:
        """Send events until the reader goes, its session is no longer good, or the process ends.

        Raises:
            web.HTTPServiceUnavailable: As many streams as may be are open.
        """
        address = request[ADDRESS]
        if not self._count.add(address):
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"})
        if project not in self._channels:
            self._channels[project] = _Channel(project, self._room.status)
        channel = self._channels[project]
        reader = _Reader()
        channel.readers.add(reader)
        session = request.get(SESSION)
        when_lost(request.transport, reader.leave)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        try:
            await response.prepare(request)
            await self._send(response, channel, reader, session)
        except (ConnectionError, TimeoutError):
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._count.remove(address)
            channel.readers.discard(reader)
            if not channel.readers:
                self._channels.pop(project, None)
        return response

    def close(self) -> None:
        """End every stream: the process stops."""
        self._closing.set()
        for channel in self._channels.values():
            for reader in channel.readers:
                reader.wake.set()

    async def _send(
        self, response: web.StreamResponse, channel: _Channel, reader: _Reader, session: Session | None
    ) -> None:
        while self._goes_on(reader) and (session is None or self._is_good(session)):
            data = self._beat() + channel.news(reader)
            async with asyncio.timeout(_WRITE_S):
                await response.write(data)
            while not reader.has_news and self._goes_on(reader):
                try:
                    async with asyncio.timeout(BEAT_S):
                        await reader.wake.wait()
                except TimeoutError:
                    break
                reader.wake.clear()

    def _goes_on(self, reader: _Reader) -> bool:
        return not (self._closing.is_set() or reader.has_left)

    def _beat(self) -> bytes:
        away = self._room.away_since_s is not None
        return _event("beat", {"now": self._now().isoformat(timespec="milliseconds"), "away": away})

    def _publish(self) -> None:
        for channel in self._channels.values():
            channel.publish(self._room.status)


class _Reader:
    """What one stream has still to send; None means the whole object."""

    def __init__(self) -> None:
        self.changes: list[bytes] | None = None
        self.wake = asyncio.Event()
        self.has_left = False

    def leave(self) -> None:
        """The connection is gone."""
        self.has_left = True
        self.wake.set()

    @property
    def has_news(self) -> bool:
        return self.changes is None or bool(self.changes)


class _Channel:
    """A projection of the status, and who reads it."""

    def __init__(self, project: Projection, status: Status | None) -> None:
        self.readers: set[_Reader] = set()
        self._project = project
        self._now = {} if status is None else project(status)

    def publish(self, status: Status | None) -> None:
        now = {} if status is None else self._project(status)
        change = merge_diff(self._now, now)
        self._now = now
        line = _event("change", change) if change else b""
        for reader in self.readers:
            if reader.changes is not None:
                reader.changes.append(line)
                if len(reader.changes) > _MOST_WAITING:
                    reader.changes = None
            reader.wake.set()

    def news(self, reader: _Reader) -> bytes:
        changes, reader.changes = reader.changes, []
        return _event("status", self._now) if changes is None else b"".join(changes)


def _event(name: str, data: JsonObject) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
