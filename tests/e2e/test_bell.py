"""A lesson with nobody at the button: the bell begins it and ends it, and the class board says so before."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.link.merge_patch import merge_patch
from tests.system.paged_room import PagedRoom
from tests.system.room import REPOSITORY
from tests.waiting import until_async

pytestmark = pytest.mark.realtime

WARN_S = 10.0
# The least that leaves time for the file to be read, for the warning, and for a machine that stands still.
RINGS_IN_S, LASTS_S = 13.0, 16.0
LATE_S = 5.0
CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//school//timetable//\r
BEGIN:VEVENT\r
UID:1@school\r
DTSTART:{start:%Y%m%dT%H%M%SZ}\r
DTEND:{end:%Y%m%dT%H%M%SZ}\r
SUMMARY:数学\r
DESCRIPTION:教师：张敏\r
END:VEVENT\r
END:VCALENDAR\r
"""
DAY = f"""[day]
start = "timetable"
start_after_s = 0
end = "timetable"
grace_min = 0
overrun_min = 0
warn_s = {WARN_S:.0f}
[lesson]
take_back_s = 0
[timetable]
public_holidays = false
time_zone = "{{zone}}"
"""


class Board:
    """What the class board was told, and when; ``view`` is what it shows now."""

    def __init__(self) -> None:
        self.view: Any = {}
        self.seen: list[tuple[float, Any]] = []

    @contextlib.asynccontextmanager
    async def following(self, base: str) -> AsyncIterator[None]:
        task = asyncio.create_task(self._follow(base))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def first_s(self, key: str, value: str) -> float:
        """When something was first so; endless where it never was."""
        return next((at_s for at_s, view in self.seen if view.get(key) == value), float("inf"))

    async def _follow(self, base: str) -> None:
        async with aiohttp.ClientSession() as session, session.get(f"{base}/board/events") as stream:
            kind = ""
            async for raw in stream.content:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind != "beat":
                    change = json.loads(value)
                    self.view = change if kind == "status" else merge_patch(self.view, change)
                    self.seen.append((time.time(), self.view))


def _zone_where_it_is_noon() -> str:
    """No lesson of this test lies across midnight there (POSIX counts offsets the other way)."""
    west = datetime.now(UTC).hour - 12
    return f"Etc/GMT{west:+}"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[PagedRoom]:
    with PagedRoom(tmp_path) as room:
        room.cameras = {"teacher": room.simulated_camera("teacher", fps=10)}
        room.more += DAY.format(zone=_zone_where_it_is_noon())
        room.environment["PYTHONPATH"] = f"{Path(__file__).parent / 'clock_in_time'}:{REPOSITORY}"
        room.start()
        yield room


async def test_the_bell_begins_a_lesson_and_ends_it_and_the_board_says_so_before(room: PagedRoom) -> None:
    board = Board()
    async with board.following(room.http):
        await until_async(lambda: board.view.get("lamp") == "idle")
        start = datetime.fromtimestamp(int(time.time() + RINGS_IN_S), UTC)
        end = start + timedelta(seconds=LASTS_S)
        timetable = base64.b64encode(CALENDAR.format(start=start, end=end).encode()).decode()
        imported = {"act": "timetable-import", "timetable": {"name": "a.ics", "data": timetable}}
        assert room.asked({"type": "request", **imported})["ok"]

        await until_async(lambda: board.view.get("coming") == "start", RINGS_IN_S)
        await until_async(lambda: board.view["lamp"] == "recording", RINGS_IN_S + LATE_S)
        told_s, began_s = board.first_s("coming", "start"), board.first_s("lamp", "recording")
        earliest_s = max(start.timestamp(), told_s + WARN_S - 0.5)
        assert earliest_s <= began_s <= earliest_s + LATE_S
        await until_async(lambda: room.eyes("recorder")["recording"] == "on", LATE_S)

        await until_async(lambda: board.view.get("coming") == "end", LASTS_S)
        await until_async(lambda: board.view["lamp"] == "idle", LASTS_S + LATE_S)
        ended_s = board.seen[-1][0]
        assert end.timestamp() <= ended_s <= end.timestamp() + LATE_S
        assert board.first_s("coming", "end") <= ended_s - WARN_S + 0.5

    await until_async(lambda: list(room.spool.glob("*/lesson.json")))
    (metadata,) = (json.loads(path.read_text()) for path in room.spool.glob("*/lesson.json"))
    assert (metadata["begun_by"], metadata["cause"]) == ("planned", "planned")
    assert (metadata["title"], metadata["recording"]) == ("数学 · 张敏", "good")
    assert metadata["lesson_time_s"] == pytest.approx(ended_s - began_s, abs=1.0)
