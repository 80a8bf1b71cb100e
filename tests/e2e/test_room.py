"""A lesson from the first press to its playback in a real browser, with recorder, controller and web as processes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browsing import OFFSETS, Trouble, log_in, until, window
from playwright.async_api import Browser, Page, expect

from edge.web.access.accounts import AccountFile
from edge.web.access.roles import STAFF
from tests.phones import Phone, students
from tests.system.paged_room import PagedRoom
from tests.waiting import until_async
from tests.web_site import PASSWORD

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

CLICKERS = PHONES = 40
# So many of the phones are pages in the browser.
BROWSERS = 2
IN_STEP_S = 0.06
SOON_MS = 300
EVERY_PAGE = ("board", "student", "console", "lessons")
LISTED = "document.querySelectorAll('.lessons a').length"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[PagedRoom]:
    """A class of eighty: half of them have clickers."""
    with PagedRoom(tmp_path) as room:
        # Small and slow: it is the pages that are tested, and the browser wants the processors.
        room.cameras["teacher"] = room.simulated_camera("teacher", size=(640, 360), fps=15)
        room.cameras["students"] = room.simulated_camera("students", fps=15)
        room.more += (
            f'[clickers]\ndriver = "simulated"\nstudents = {CLICKERS}\nanswer_within_s = 1.0\n[board]\nphones = true\n'
            "[lesson]\ntake_back_s = 1\n"
        )
        accounts = AccountFile(tmp_path / "web")
        for role in STAFF:
            accounts.set_password(role.value, role, PASSWORD)
        room.start()
        yield room


async def join(page: Page, room: PagedRoom, seat: int) -> None:
    """Take a seat on the students' page."""
    await page.goto(f"{room.http}/s")
    await page.fill("#seat", str(seat))
    await page.click("#join button")
    await expect(page.locator("#waiting")).to_be_visible()


@contextlib.asynccontextmanager
async def phones(room: PagedRoom, browser: Browser, trouble: Trouble) -> AsyncIterator[tuple[list[Page], list[Phone]]]:
    """Every student without a clicker has opened the page and has joined: some in the browser, the others by HTTP."""
    async with contextlib.AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(window(browser, "phone", trouble)) for _ in range(BROWSERS)]
        for seat, page in enumerate(pages, 1):
            await join(page, room, seat)
        others = [Phone(room.http, seat) for seat in range(BROWSERS + 1, PHONES + 1)]
        for phone in others:
            stack.push_async_callback(phone.session.close)
        joined = await asyncio.gather(*(phone.join(str(seat)) for seat, phone in enumerate(others, BROWSERS + 1)))
        assert Counter(status for status, _ in joined) == {200: len(others)}
        yield pages, others


async def test_a_lesson_is_started_polled_marked_paused_ended_and_played(
    room: PagedRoom, browser: Browser, trouble: Trouble
) -> None:
    assert room.stills == set()
    classes = [{"name": "九（3）班", "students": students(CLICKERS, PHONES)}]
    assert room.asked({"type": "request", "act": "roster-import", "roster": {"classes": classes}})["ok"]
    async with window(browser, "screen", trouble) as page:
        await log_in(page, room, "teacher", "/console")
        await _state(page, "idle")
        # Somebody looks, so there are pictures, and the red lamp says so.
        await expect(page.locator("#views img").first).to_be_visible(timeout=20_000)
        await until_async(lambda: room.eyes("recorder").get("recording") == "short-blink")
        await page.click("#big")
        await _state(page, "recording")
        await until_async(lambda: room.eyes("recorder").get("recording") == "on")
        await page.fill("#mark-words", "Pythagoras")
        await page.click("#mark")
        await expect(page.locator("#said")).to_contain_text("Marked at")

        async with phones(room, browser, trouble) as (pages, others):
            await page.check("input[name=kind][value=single]")
            await page.fill("#poll-answer", "b")
            await page.click("#poll-form button")
            await asyncio.gather(*(expect(one.locator("#answer")).to_be_visible() for one in pages))
            answers = await asyncio.gather(
                *(phone.answer(1, "ABCD"[at % 4]) for at, phone in enumerate(others)),
                *(one.click("#choices button >> nth=1") for one in pages),
            )
            assert answers[: len(others)] == [(200, {"joined": True, "counted": True})] * len(others)
            await asyncio.gather(*(expect(one.locator("#said")).to_have_class("ok") for one in pages))
        everybody = CLICKERS + PHONES
        await expect(page.locator("#poll-count")).to_have_text(f"{everybody} of {everybody} answered", timeout=20_000)
        bars = await page.locator("#poll-bars li b").all_text_contents()
        assert (len(bars), sum(map(int, bars))) == (4, everybody)
        await page.click("#poll-close")
        await expect(page.locator("#poll-number")).to_contain_text("closed")

        await page.click("#pause")
        await _state(page, "paused")
        await until_async(lambda: room.stills == set())
        await expect(page.locator("#views img").first).to_be_hidden()
        await page.click("#pause")
        await _state(page, "recording")
        await expect(page.locator("#views img").first).to_be_visible(timeout=20_000)

        # The web process is killed and back: the page goes on by itself, and nobody has to log in again.
        room.kill("web")
        await _state(page, "unknown")
        room.launch("web")
        await _state(page, "recording")
        # So does the controller, and the lesson with it, and what was answered.
        room.kill("controller")
        await _state(page, "unknown")
        room.launch("controller")
        await _state(page, "recording")
        await until_async(lambda: room.asked({"type": "request", "act": "poll-show"}).get("poll"))
        given = room.asked({"type": "request", "act": "poll-show"})["poll"]["given"]
        assert Counter(one["name"] for one in given) == {one["name"]: 1 for one in classes[0]["students"]}
        await page.locator("#big").click(delay=1900)
        await _state(page, "idle")
        await expect(page.locator("#facts")).to_contain_text("recorded well", timeout=40_000)

        await until_async(lambda: bool(list(room.spool.glob("*/lesson.json"))))
        (results,) = (json.loads(path.read_text()) for path in room.spool.glob("*/polls.json"))
        (poll,) = results["polls"]
        assert (
            sorted(Counter(one["participant"] for one in poll["responses"] if one["counts"]).values())
            == [1] * everybody
        )
        await page.goto(f"{room.https}/lessons")
        await page.click(".lessons a")
        await page.click("#play")
        await until(page, "document.getElementById('sound').currentTime > 2")
        await until(page, f"{OFFSETS}.every(off => Math.abs(off) < {IN_STEP_S})")
        await expect(page.locator("#chapters")).to_contain_text("Pythagoras")
    # Nobody looks any more.
    await until_async(lambda: room.stills == set())


async def _state(page: Page, name: str) -> None:
    await page.wait_for_selector(f"#state[data-state={name}]")


class Delays:
    """How long after events a page showed them, in ms by the machine's clock.

    ``hop_ms`` are measured before each: the way from here to the page and back, which is what the machine is slow by.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self.shown_ms: list[float] = []
        self.hop_ms: list[float] = []

    async def watch(self) -> None:
        """Have the page note when it first shows what is waited for."""
        await self._page.evaluate(
            "() => { window.isShown = () => false; const look = () => {"
            " if (!window.shownMs && window.isShown()) window.shownMs = Date.now(); };"
            " new MutationObserver(look).observe(document.body,"
            " {subtree: true, childList: true, attributes: true, characterData: true}); }"
        )

    async def measure(self, shown: str, event: Callable[[], float]) -> None:
        """Let something happen, and wait until the page shows it; ``event`` returns when it was (time.time).

        One measurement follows the other at once, so that each event comes just after the box has told the one before,
        and waits for as long as any.
        """
        begun_s = time.monotonic()
        is_shown = f"() => {{ window.isShown = () => {shown}; window.shownMs = 0; return window.isShown(); }}"
        assert not await self._page.evaluate(is_shown), shown
        self.hop_ms.append((time.monotonic() - begun_s) * 1000)
        at_s = await asyncio.to_thread(event)
        await until(self._page, "window.shownMs > 0")
        self.shown_ms.append(await self._page.evaluate("window.shownMs") - at_s * 1000)

    @property
    def is_soon(self) -> bool:
        """Whether the page was in time, the machine's own slowness allowed for."""
        return statistics.median(self.shown_ms) <= SOON_MS + statistics.median(self.hop_ms)

    def __repr__(self) -> str:
        shown, hops = ([round(one) for one in values] for values in (self.shown_ms, self.hop_ms))
        return f"shown after {shown} ms where a hop takes {hops}"


async def test_what_happens_in_the_room_is_on_every_page_within_300_ms(
    room: PagedRoom, browser: Browser, trouble: Trouble
) -> None:
    def asked(act: str, **more: Any) -> float:
        """The event is no earlier than the request for it."""
        at_s = time.time()
        assert room.asked({"type": "request", "act": act, **more})["ok"]
        return at_s

    def ended() -> float:
        """The event is that the lesson is described, so that it can be played."""
        asked("stop")
        described = room.lessons()[-1] / "lesson.json"
        room.wait(described.exists, 20)
        return described.stat().st_mtime

    def erased() -> float:
        """The event is that its folder is gone."""
        lesson = room.lessons()[-1]
        with ThreadPoolExecutor(1) as pool:
            erasing = pool.submit(asked, "lesson-erase", lesson=lesson.name)
            room.wait(lambda: not lesson.exists(), 20)
            at_s = time.time()
            erasing.result()
        return at_s

    classes = [{"name": "九（3）班", "students": students(0, 1)}]
    asked("roster-import", roster={"classes": classes})
    async with contextlib.AsyncExitStack() as stack:
        opened = {name: await stack.enter_async_context(window(browser, "tablet", trouble)) for name in EVERY_PAGE}
        delays = {name: Delays(page) for name, page in opened.items()}
        await opened["board"].goto(f"{room.http}/board")
        await expect(opened["board"].locator("#lamp")).to_have_class("idle")
        await log_in(opened["lessons"], room, "technician", "/lessons")
        await log_in(opened["console"], room, "teacher", "/console")
        await _state(opened["console"], "idle")
        for one in delays.values():
            await one.watch()

        for _ in range(2):
            await asyncio.to_thread(asked, "start")
            await _state(opened["console"], "recording")
            await delays["lessons"].measure(f"{LISTED} === 1", ended)
            await until_async(lambda: (room.status()["check"] or {}).get("stored") == "yes")
            await delays["lessons"].measure(f"{LISTED} === 0", erased)

        await asyncio.to_thread(asked, "start")
        await _state(opened["console"], "recording")
        await join(opened["student"], room, 1)
        await delays["student"].watch()
        for _ in range(3):
            for text, shown in (("fire", "false"), ("", "true")):
                is_hidden = f"document.getElementById('emergency').hidden === {shown}"
                await delays["board"].measure(is_hidden, partial(asked, "board-emergency", text=text))
            for act, state in (("pause", "paused"), ("resume", "recording")):
                is_state = f"document.getElementById('state').dataset.state === '{state}'"
                await delays["console"].measure(is_state, partial(asked, act))
            question = {"kind": "single", "choices": 4}
            for act, more, shown in (("poll-open", {"poll": question}, "false"), ("poll-close", {}, "true")):
                is_hidden = f"document.getElementById('answer').hidden === {shown}"
                await delays["student"].measure(is_hidden, partial(asked, act, **more))
        print(delays)
        assert {name: str(one) for name, one in delays.items() if not one.is_soon} == {}
        assert trouble == []
