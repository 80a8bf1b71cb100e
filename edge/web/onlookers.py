"""Counts who looks at stills, and tells the room while anybody does: without that none are made."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from edge.classroom.actor import Actor
from edge.link.control_client import NotReachable
from edge.link.control_requests import MOST_VIEWERS, LookAtRoom
from edge.web.room_client import RoomClient

log = logging.getLogger(__name__)

# A page asks for stills each second; a phone that sleeps does not.
_LOOKS_S = 4.0
_RENEW_S = 2.0


class Onlookers:
    """``looked`` notes a request for a still; ``run`` tells the room. Who begins to look, and stops, is logged."""

    def __init__(self, room: RoomClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._room = room
        self._clock = clock
        self._last: dict[str, tuple[float, Actor]] = {}
        self._begun = asyncio.Event()

    def looked(self, viewer: str, actor: Actor) -> None:
        """The viewer, one session or page, has asked for a still just now."""
        if viewer not in self._last:
            log.info("%s begins to look", actor)
            self._begun.set()
        self._last[viewer] = (self._clock(), actor)

    async def run(self) -> None:
        """Tell the room until cancelled: at once when somebody begins, and again and again while they look."""
        while True:
            await self._begun.wait()
            self._begun.clear()
            while self._count():
                await self._tell()
                try:
                    async with asyncio.timeout(_RENEW_S):
                        await self._begun.wait()
                    self._begun.clear()
                except TimeoutError:
                    pass
            await self._tell()

    def _count(self) -> int:
        now_s = self._clock()
        for viewer, (at_s, actor) in list(self._last.items()):
            if now_s - at_s > _LOOKS_S:
                del self._last[viewer]
                log.info("%s looks no more", actor)
        return len(self._last)

    async def _tell(self) -> None:
        try:
            await self._room.ask(LookAtRoom(viewers=min(len(self._last), MOST_VIEWERS)))
        except NotReachable:
            # Without its word the stills end by themselves; the page says that the controller is away.
            await asyncio.sleep(_RENEW_S / 2)
