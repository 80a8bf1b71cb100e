"""Phones in a poll, over real sockets: from the students' page through both processes into the ledger."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import controller_room
import pytest
import web_site
from controller_room import Room, until_status
from phones import Phone, students
from waiting import until_async

from edge.link.control_messages import PhoneReply
from edge.link.control_requests import ShowPhone
from edge.web.access.phone_limits import PhoneLimits
from edge.web.access.roles import Role

PHONES = CLICKERS = 40
MORE = "[board]\nphones = true\n"


class Classroom:
    """Both processes, and the phones in the room."""

    def __init__(self, room: Room, site: web_site.Site) -> None:
        self.room = room
        self.site = site
        self._phones: list[Phone] = []

    def phone(self) -> Phone:
        self._phones.append(Phone(self.site.http, len(self._phones)))
        return self._phones[-1]

    async def poll(self, **question: object) -> int:
        opened = await self.room.ask("poll-open", poll=question)
        assert opened["ok"], opened
        return int(opened["poll"]["number"])

    async def close(self) -> None:
        for phone in self._phones:
            await phone.session.close()


@asynccontextmanager
async def classroom(tmp_path: Path) -> AsyncIterator[Classroom]:
    """A lesson is running, of the class of ``students``."""
    for name in ("controller", "web"):
        (tmp_path / name).mkdir()
    async with (
        web_site.running(tmp_path / "web", config=MORE, controller=False) as site,
        controller_room.running(tmp_path / "controller", site.config.paths.run, more=MORE) as room,
    ):
        imported = {"classes": [{"name": "九（3）", "students": students(CLICKERS, PHONES)}]}
        assert (await room.ask("roster-import", roster=imported))["ok"]
        assert (await room.ask("start"))["ok"]
        await until_status(room, lambda status: status.clickers and status.clickers.state == "running")
        one = Classroom(room, site)
        try:
            yield one
        finally:
            await one.close()


async def _press(room: Room, device: int, keys: str) -> None:
    _, writer = await asyncio.open_unix_connection(room.run / "clickers.sock")
    writer.write(f"press {device} {keys}\n".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def _press_until_heard(room: Room, device: int, keys: str) -> None:
    """The base has the question a moment after the poll is open; until then it hears nobody."""
    async with asyncio.timeout(20):
        while not (await room.ask("poll-show"))["poll"]["given"]:
            await _press(room, device, keys)
            await asyncio.sleep(0.1)


async def test_forty_phones_and_forty_clickers_answer_one_poll_at_once(tmp_path: Path) -> None:
    async with classroom(tmp_path) as here:
        phones = [here.phone() for _ in range(PHONES)]
        joins = await asyncio.gather(*(phone.join(str(at)) for at, phone in enumerate(phones, 1)))
        assert {status for status, _ in joins} == {200}
        number = await here.poll(kind="single", choices=4)
        spool = tmp_path / "controller" / "spool"
        (spool / str((await here.room.status()).lesson)).mkdir()
        await _press_until_heard(here.room, CLICKERS, "ABCD"[CLICKERS % 4])
        answers = asyncio.gather(*(phone.answer(number, "ABCD"[at % 4]) for at, phone in enumerate(phones)))
        await asyncio.gather(*(_press(here.room, at, "ABCD"[at % 4]) for at in range(1, CLICKERS)))
        assert await answers == [(200, {"joined": True, "counted": True})] * PHONES
        await _until_given(here.room, PHONES + CLICKERS)
        poll = (await here.room.ask("poll-close"))["poll"]
        assert poll["tally"] == dict.fromkeys("ABCD", 20)
        assert poll["expected"] == PHONES + CLICKERS
        assert poll["unknown"] == []
        assert Counter(one["name"][0] for one in poll["given"]) == {"有": CLICKERS, "无": PHONES}
        found = await _results(spool)
        assert found["polls"][0]["expected"] == PHONES + CLICKERS
        assert sum(one["counts"] for one in found["polls"][0]["responses"]) == PHONES + CLICKERS
        assert all(one["known"] for one in found["participants"])


async def _until_given(room: Room, count: int) -> None:
    async with asyncio.timeout(20):
        while len((await room.ask("poll-show"))["poll"]["given"]) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _results(spool: Path) -> Any:
    await until_async(lambda: list(spool.glob("*/polls.json")))
    return json.loads(next(spool.glob("*/polls.json")).read_text())  # noqa: ASYNC240


async def test_a_claimed_seat_is_held_until_the_teacher_frees_it(tmp_path: Path) -> None:
    async with classroom(tmp_path) as here:
        first, second = here.phone(), here.phone()
        assert await first.join("7") == (200, {"joined": True, "counted": False})
        refused = (409, {"joined": False, "counted": False, "reason": "seat"})
        assert await second.join("7") == refused
        assert await second.join("207") == refused, "the same student by number"
        assert await second.join("999") == refused, "what is not in the list is refused in the same words"
        assert await second.join("101") == refused, "who has a clicker answers with that"
        number = await here.poll(kind="truefalse")
        assert await second.answer(number, "A") == (401, {"joined": False, "counted": False, "reason": "not-joined"})
        assert await first.answer(number, "A") == (200, {"joined": True, "counted": True})
        assert (await here.room.ask("phones-show"))["joined"] == [{"number": "207", "name": "无7", "seat": "7"}]
        assert (await here.room.ask("phones-free", number="207"))["joined"] == []
        assert await first.ask("/state") == (200, {"joined": False, "counted": False})
        assert (await second.join("7"))[0] == 200
        assert await second.ask("/state") == (200, {"joined": True, "counted": True}), "the student has answered"


async def test_claims_outlive_the_controller_and_not_the_lesson(tmp_path: Path) -> None:
    for name in ("controller", "web"):
        (tmp_path / name).mkdir()
    folder = tmp_path / "controller"
    async with web_site.running(tmp_path / "web", config=MORE, controller=False) as site:
        recorder = controller_room.FakeRecorder(site.config.paths.run)
        phone = Phone(site.http, 1)
        async with controller_room.running(folder, site.config.paths.run, recorder, more=MORE) as room:
            imported = {"classes": [{"name": "九（3）", "students": students(CLICKERS, PHONES)}]}
            assert (await room.ask("roster-import", roster=imported))["ok"]
            assert await phone.join("7") == (409, {"joined": False, "counted": False, "reason": "not-now"})
            assert (await room.ask("start"))["ok"]
            assert (await phone.join("7"))[0] == 200
        token = next(iter(phone.session.cookie_jar)).value
        kept = (folder / "phones.json").read_text()
        assert token not in kept, "the file does not give a seat away"
        async with controller_room.running(folder, site.config.paths.run, recorder, more=MORE) as room:
            await until_status(room, lambda status: status.state == "recording")
            assert await phone.ask("/state") == (200, {"joined": True, "counted": False})
            assert (await room.ask("stop"))["ok"]
            await until_status(room, lambda status: status.state == "idle")
            assert (await room.ask("start"))["ok"]
            assert await phone.ask("/state") == (200, {"joined": False, "counted": False})
        await phone.session.close()


async def test_a_phone_that_floods_is_refused_while_others_are_served(tmp_path: Path) -> None:
    async with classroom(tmp_path) as here:
        flooder, other = here.phone(), here.phone()
        assert (await flooder.join("1"))[0] == (await other.join("2"))[0] == 200
        number = await here.poll(kind="single", choices=4)
        flood = asyncio.gather(*(flooder.answer(number, "ABCD"[at % 4]) for at in range(60)))
        assert await other.answer(number, "C") == (200, {"joined": True, "counted": True})
        statuses = Counter(status for status, _ in await flood)
        assert statuses[429] >= 50, statuses
        assert statuses[429] + statuses[200] == 60, statuses


async def test_strangers_all_together_take_no_more_of_the_controller_than_they_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.web.access.phone_limits.OF_ROOM", (3, 1e-6))
    async with web_site.running(tmp_path, config=MORE) as site:
        site.controller.reply = lambda _: PhoneReply(ok=True, status=site.controller.now)
        client = await site.client(Role.BOARD)
        paths = ["/s/state", "/s/state", "/s/state", "/s/state", "/board/seats"]
        assert [(await client.get(path, plain=True)).status for path in paths] == [200, 200, 200, 429, 429]
        assert sum(isinstance(one, ShowPhone) for one in site.controller.asked) == 3


def test_one_phone_is_bounded_by_its_cookie_and_a_class_behind_one_router_is_not() -> None:
    now = 0.0
    limits = PhoneLimits(lambda: now)
    assert [limits.answers.take("a phone") for _ in range(8)] == [True] * 6 + [False] * 2
    assert limits.answers.take("another phone")
    assert all(limits.joins.take("the router") for _ in range(60))
    assert not limits.joins.take("the router")
    now = 4.0
    assert [limits.joins.take("the router") for _ in range(3)] == [True, True, False]


async def test_the_page_is_told_nothing_but_the_question_and_whether_the_answer_counts(tmp_path: Path) -> None:
    async with classroom(tmp_path) as here:
        phone = here.phone()
        await phone.join("7")
        await here.poll(kind="single", choices=3, text="谁偷吃了？", answer="B")
        told = await _first_events(here.site, "/s/events", "question")
        assert told == {"question": {"number": 1, "kind": "single", "choices": 3}}
        board = await _first_events(here.site, "/board/events", "question")
        assert set(board) == {
            *("lamp", "watched", "room", "class", "notices", "duty", "emergency", "question", "version")
        }
        for secret in ("谁偷吃了", "无7", "207"):
            assert secret not in json.dumps(board, ensure_ascii=False)


async def _first_events(site: web_site.Site, path: str, key: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(site.http + path) as stream, asyncio.timeout(20):
        whole: dict[str, Any] = {}
        kind = ""
        async for raw in stream.content:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind != "beat":
                data = json.loads(line.removeprefix("data: "))
                whole = data if kind == "status" else {**whole, **data}
                if key in whole:
                    return whole
    raise AssertionError("the stream has ended")


async def test_where_phones_are_not_allowed_there_is_no_such_page(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.BOARD)
        for path in ("/s", "/s/events", "/s/state"):
            assert (await client.get(path, plain=True)).status == 404
        assert (await client.post("/s/join", plain=True, json={"seat": "1"})).status == 404


@pytest.mark.parametrize("body", ["", "[]", '{"seat": ""}', '{"seat": "' + "9" * 100 + '"}', "\xff"])
async def test_a_join_that_makes_no_sense_is_refused(tmp_path: Path, body: str) -> None:
    async with web_site.running(tmp_path, config=MORE) as site:
        client = await site.client(Role.BOARD)
        headers = {"Origin": site.http, "Content-Type": "application/json"}
        answer = await client.post("/s/join", plain=True, data=body.encode("latin-1"), headers=headers)
        assert answer.status == 400, answer
        form = await client.post("/s/join", plain=True, data={"seat": "1"})
        assert form.status == 415, "a form of another site cannot join"
