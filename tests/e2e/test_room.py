"""A lesson from the first press to its playback in a real browser, with recorder, controller and web as processes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Trouble, log_in, until, window
from playwright.async_api import Browser, Page, expect

from edge.web.access.accounts import AccountFile
from edge.web.access.roles import STAFF
from tests.system.room import Room
from tests.waiting import until_async
from tests.web_site import PASSWORD

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(240)]

STUDENTS = 40
IN_STEP_S = 0.06


class PagedRoom(Room):
    """A room with pages; ``https`` is their address."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.https_port, self.http_port = _free_ports()
        self.https = f"https://127.0.0.1:{self.https_port}"
        self.cameras["teacher"] = self.simulated_camera("teacher", size=(1280, 720), fps=15)
        ports = f"https_port = {self.https_port}\nhttp_port = {self.http_port}\n"
        self.pages = f'[web]\n{ports}state = "{folder}/web"\nmdns = false\n'
        self.more += f'[clickers]\ndriver = "simulated"\nstudents = {STUDENTS}\nanswer_within_s = 1.0\n'
        accounts = AccountFile(folder / "web")
        for role in STAFF:
            accounts.set_password(role.value, role, PASSWORD)

    @property
    def stills(self) -> set[str]:
        """The stills that there are just now."""
        return {path.name for path in (self.run / "stills").glob("*.jpg")}


def _free_ports() -> tuple[int, int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return taken[0].getsockname()[1], taken[1].getsockname()[1]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[PagedRoom]:
    with PagedRoom(tmp_path) as room:
        room.start()
        yield room


async def test_a_lesson_is_started_polled_marked_paused_ended_and_played(
    room: PagedRoom, browser: Browser, trouble: Trouble
) -> None:
    assert room.stills == set()
    async with window(browser, "screen", trouble) as page:
        await log_in(page, room, "teacher", "/console")  # type: ignore[arg-type]
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

        await page.check("input[name=kind][value=single]")
        await page.fill("#poll-answer", "b")
        await page.click("#poll-form button")
        await expect(page.locator("#poll-count")).to_have_text(f"{STUDENTS} answered", timeout=20_000)
        assert await page.locator("#poll-bars li").count() == 4
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
        # So does the controller, and the lesson with it.
        room.kill("controller")
        await _state(page, "unknown")
        room.launch("controller")
        await _state(page, "recording")
        await page.locator("#big").click(delay=1900)
        await _state(page, "idle")
        await expect(page.locator("#facts")).to_contain_text("recorded well", timeout=40_000)

        await until_async(lambda: bool(list(room.spool.glob("*/lesson.json"))))
        await page.goto(f"{room.https}/lessons")
        await page.click(".lessons a")
        await page.click("#play")
        await until(page, "document.getElementById('sound').currentTime > 2")
        await until(page, f"Object.values(playerOffsets()).every(off => Math.abs(off) < {IN_STEP_S})")
        await expect(page.locator("#chapters")).to_contain_text("Pythagoras")
    # Nobody looks any more.
    await until_async(lambda: room.stills == set())


async def _state(page: Page, name: str) -> None:
    await page.wait_for_selector(f"#state[data-state={name}]")


async def test_what_happens_in_the_room_is_on_the_page_within_300_ms(
    room: PagedRoom, browser: Browser, trouble: Trouble
) -> None:
    async with window(browser, "phone", trouble) as page:
        await log_in(page, room, "observer", "/console")  # type: ignore[arg-type]
        await _state(page, "idle")
        await page.evaluate(
            "new MutationObserver(() => { window.seenMs = window.seenMs || Date.now(); })"
            ".observe(document.getElementById('state'), {attributes: true})"
        )
        seen: list[float] = []
        for act in ("start", "pause", "resume", "pause", "resume", "stop"):
            await page.evaluate("window.seenMs = 0")
            before = room.status()["state"]
            asked = asyncio.create_task(asyncio.to_thread(room.asked, {"type": "request", "act": act}))
            await until_async(lambda before=before: room.status()["state"] != before)  # type: ignore[misc]
            changed_ms = time.time() * 1000
            await until(page, "window.seenMs > 0")
            seen.append(await page.evaluate("window.seenMs") - changed_ms)
            await asked
        assert sorted(seen)[len(seen) // 2] < 300, seen
