"""Events of the room in open pages: whole, then changes, also while the controller is killed and back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import web_site
from pydantic import ValidationError

from edge.link.control_client import NotReachable
from edge.link.control_messages import Reply, Status
from edge.link.control_requests import MarkLesson, StartLesson
from edge.link.merge_patch import merge_patch
from edge.link.page_requests import PAGE_REQUEST
from edge.web.access.roles import Role
from edge.web.room_client import RoomClient


class Page:
    """What a page has heard: ``status`` folded, and the last beat."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._lines = response.content
        self.status: dict[str, Any] = {}
        self.beat: dict[str, Any] = {}

    async def until(self, **wanted: object) -> None:
        """Read until the status has these values."""
        async with asyncio.timeout(20):
            while any(self.status.get(key) != value for key, value in wanted.items()):
                await self.event()

    async def until_away(self, away: bool) -> None:
        async with asyncio.timeout(20):
            while self.beat.get("away") is not away:
                await self.event()

    async def event(self) -> None:
        name = (await self._lines.readline()).decode().removeprefix("event: ").strip()
        data = json.loads((await self._lines.readline()).decode().removeprefix("data: "))
        assert await self._lines.readline() == b"\n"
        match name:
            case "status":
                self.status = data
            case "change":
                self.status = merge_patch(self.status, data)
            case "beat":
                self.beat = data
            case _:
                raise AssertionError(name)


@contextlib.asynccontextmanager
async def page(site: web_site.Site) -> AsyncIterator[Page]:
    client = await site.client(Role.TEACHER)
    async with client.session.get(f"{site.https}/events") as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        yield Page(response)


async def test_a_page_has_the_whole_status_first_and_then_each_change(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site, page(site) as first:
        await first.until(state="idle")
        assert first.beat["now"][10] == "T"
        site.controller.now = Status(state="recording", lesson="r1-7f3a-000001", meters_dbfs={"ceiling": -30.0})
        await first.until(state="recording")
        async with page(site) as later:
            await later.until(lesson="r1-7f3a-000001")
            site.controller.now = Status(state="idle")
            await first.until(state="idle", lesson=None)
            await later.until(state="idle", lesson=None)
            assert first.status == later.status


async def test_a_page_goes_on_with_what_it_knows_while_the_controller_is_away(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site, page(site) as open_page:
        await open_page.until(state="idle")
        await open_page.until_away(away=False)
        await site.kill_controller()
        await open_page.until_away(away=True)
        assert open_page.status["state"] == "idle"
        async with page(site) as later:
            await later.until(state="idle")
            await later.until_away(away=True)
        site.controller.now = Status(state="recording")
        site.start_controller()
        await open_page.until(state="recording")
        await open_page.until_away(away=False)


async def test_a_request_says_whose_it_is_and_an_absent_controller_is_told(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        room = RoomClient(site.config.paths.run)
        site.controller.reply = lambda request: Reply(ok=False, reason=request.act, status=site.controller.now)
        actor = web_site.Actor(role="teacher", name="王敏")
        reply = await room.ask(MarkLesson(label="√9", actor=actor))
        assert (reply.ok, reply.reason) == (False, "mark")
        assert site.controller.asked[-1].actor == actor
        await site.kill_controller()
        with pytest.raises(NotReachable):
            await room.ask(StartLesson(actor=actor))


def test_the_controller_takes_no_request_of_a_page_that_does_not_say_whose_it_is_or_is_not_for_pages() -> None:
    for line in (
        '{"type":"request","act":"start"}',
        '{"type":"request","act":"roster-import","actor":{"role":"teacher"}}',
        '{"type":"request","act":"roster-show","actor":{"role":"teacher"}}',
    ):
        with pytest.raises(ValidationError):
            PAGE_REQUEST.validate_json(line)
    assert PAGE_REQUEST.validate_json('{"type":"request","act":"start","actor":{"role":"teacher"}}').actor is not None
