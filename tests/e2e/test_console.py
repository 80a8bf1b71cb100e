"""The console in a real browser: what it shows of the room, and what its buttons ask for, in every size."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import cv2
import numpy as np
import pytest
from browsing import SIZES, Trouble, log_in, overflows, serious_findings, window
from playwright.async_api import Browser, Page, Route, expect

from edge.link.control_messages import Reply, Status
from edge.link.control_requests import AwardPoints
from edge.link.page_requests import PageRequest
from tests.waiting import until_async
from tests.web_site import Site


def _device(signal: str = "") -> dict[str, str]:
    return {"state": "running", "signal": signal}


ROLES = ("teacher", "students", "screen", "ceiling", "lapel")
IDLE: dict[str, Any] = {
    "state": "idle",
    "devices": {role: _device() for role in ROLES},
    "clickers": _device(),
    "ptz": {"teacher": {**_device(), "preset": "board"}},
    "disk": {"total_bytes": 10**11, "free_bytes": 10**10, "hours_left": 38.2},
}
RECORDING: dict[str, Any] = {
    **IDLE,
    "state": "recording",
    "lesson": "r1-7f3a-000123-9c41d2e7",
    "lesson_time_s": 1421.0,
    "lamp": "on",
    "meters_dbfs": {"ceiling": -21.0, "lapel": -33.0},
}
POLL = {"number": 2, "kind": "single", "choices": 4, "text": "√9 = ?", "answer": "B", "is_open": True, "answered": 36}
PAUSED = {**RECORDING, "state": "paused", "lamp": "slow-blink", "meters_dbfs": {}}


class Console:
    """The console in a window, and the controller behind it."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page

    def show(self, status: dict[str, Any]) -> None:
        self.site.controller.now = Status.model_validate(status)

    async def state(self, name: str) -> None:
        """Wait until the page says so."""
        await self.page.wait_for_selector(f"#state[data-state={name}]")

    def asked(self) -> list[PageRequest]:
        """What was asked for, without who looks."""
        return [one for one in self.site.controller.asked if one.act not in ("look", "status", "watch")]


@pytest.fixture
def still(site: Site) -> None:
    """The recorder shows a still of the teacher."""
    folder = site.config.paths.run / "stills"
    folder.mkdir()
    file = folder / "teacher.jpg"
    file.write_bytes(cv2.imencode(".jpg", np.full((360, 640, 3), 90, np.uint8))[1].tobytes())
    # It is one of just now for as long as the test takes.
    os.utime(file, (time.time() + 3600, time.time() + 3600))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_it_fits_and_can_be_used_by_everybody(
    site: Site, browser: Browser, trouble: Trouble, still: None, size: str, language: str
) -> None:
    async with window(browser, size, trouble) as page:
        console = Console(site, page)
        for status in (RECORDING | {"poll": POLL | {"tally": {"A": 3, "B": 28, "C": 4, "D": 1}}}, IDLE):
            console.show(status)
            if status is not IDLE:
                await log_in(page, site, "teacher", "/console", language)
            await console.state(str(status["state"]))
            await expect(page.locator("#views img").first).to_be_visible()
            assert not await overflows(page)
            assert await serious_findings(page) == []
        assert trouble == []


async def test_a_press_starts_a_hold_ends_and_a_pause_shows_no_picture(
    site: Site, browser: Browser, trouble: Trouble, still: None
) -> None:
    async with window(browser, "phone", trouble) as page:
        console = Console(site, page)
        console.show(IDLE)
        await log_in(page, site, "teacher", "/console")
        await console.state("idle")
        await page.click("#big")
        await expect(page.locator("#said")).to_be_empty()
        console.show(RECORDING)
        await console.state("recording")
        # Letting go too early ends nothing.
        await page.locator("#big").click(delay=600)
        assert [one.act for one in console.asked()] == ["start"]
        await page.fill("#mark-words", "Pythagoras")
        await page.click("#mark")
        await expect(page.locator("#said")).to_contain_text("Marked at 23:")
        await expect(page.locator("#views img").first).to_be_visible()
        await page.click("#pause")
        console.show(PAUSED)
        await console.state("paused")
        await expect(page.locator("#views img").first).to_be_hidden()
        # Whoever holds on until the lesson is over has not pressed for another one; whoever presses then has.
        await page.hover("#big")
        await page.mouse.down()
        await until_async(lambda: console.asked()[-1].act == "stop")
        console.show(IDLE)
        await console.state("idle")
        await expect(page.locator("#big")).to_be_enabled()
        await page.mouse.up()
        await page.click("#big")
        await expect(page.locator("#big")).to_be_enabled()
        asked = console.asked()
        assert [one.act for one in asked] == ["start", "mark", "pause", "stop", "start"]
        assert all(str(one.actor) == "teacher" for one in asked)
        assert getattr(asked[1], "label", "") == "Pythagoras"
        assert trouble == []


async def test_an_event_is_on_the_page_within_a_third_of_a_second_and_a_refusal_is_told(
    site: Site, browser: Browser, trouble: Trouble
) -> None:
    async with window(browser, "tablet", trouble) as page:
        console = Console(site, page)
        console.show(IDLE)
        await log_in(page, site, "teacher", "/console")
        await console.state("idle")
        await page.evaluate(
            "new MutationObserver(() => { window.seenMs = Date.now(); })"
            ".observe(document.getElementById('state'), {attributes: true})"
        )
        began_ms: float = await page.evaluate("Date.now()")
        console.show(RECORDING)
        await console.state("recording")
        assert await page.evaluate("window.seenMs") - began_ms < 300 + 700  # a shared machine stands still at times
        site.controller.reply = lambda _: Reply(ok=False, reason="none-recorded", status=site.controller.now)
        await page.click("#mark")
        await expect(page.locator("#said")).to_have_text("no lesson is being recorded")
        # The page says so where nothing arrives to be recorded.
        console.show({**RECORDING, "lamp": "off"})
        await console.state("trouble")


async def test_what_is_announced_to_happen_by_itself_is_answered_with_one_press(
    site: Site, browser: Browser, trouble: Trouble
) -> None:
    at = "2026-09-07T08:43:00+08:00"
    async with window(browser, "phone", trouble) as page:
        console = Console(site, page)
        console.show(RECORDING | {"day_hint": {"act": "end", "at": at, "at_latest": at}})
        await log_in(page, site, "teacher", "/console")
        await console.state("recording")
        await expect(page.locator("#coming")).to_be_hidden()
        for status, act, answer in ((RECORDING, "end", "resume"), (IDLE, "start", "pause")):
            console.show(status | {"day_hint": {"act": act, "at": at, "at_latest": at, "is_announced": True}})
            await expect(page.locator("#coming p")).to_contain_text("08:43")
            assert not await overflows(page)
            assert await serious_findings(page) == []
            await page.click("#coming button")
            await until_async(lambda answer=answer: [one.act for one in console.asked()][-1:] == [answer])
        console.show(IDLE)
        await expect(page.locator("#coming")).to_be_hidden()
        assert trouble == []


async def test_a_picture_that_is_touched_is_on_air_and_a_proposal_is_taken(
    site: Site, browser: Browser, trouble: Trouble, still: None
) -> None:
    directed = {"mode": "semi", "on_air": "teacher", "on_air_why": "teacher-still"}
    async with window(browser, "phone", trouble) as page:
        console = Console(site, page)
        console.show(RECORDING | {"director": directed})
        await log_in(page, site, "teacher", "/console", "zh-CN")
        await console.state("recording")
        await expect(page.locator("#director-says")).to_have_text("播出：教师（老师站定了）")
        await expect(page.locator(".view.on-air b")).to_have_text("教师")
        await expect(page.locator("#director-offer")).to_be_hidden()
        console.show(RECORDING | {"director": directed | {"proposed": "screen", "proposed_why": "screen-changes"}})
        await expect(page.locator("#director-offer span")).to_have_text("建议：屏幕（屏幕变了）")
        await expect(page.locator(".view.proposed b")).to_have_text("屏幕")
        assert not await overflows(page)
        assert await serious_findings(page) == []
        await page.click("#director-take")
        await page.click(".view:nth-child(2) .still")
        await page.click("#director label:has-text('手动')")
        await until_async(lambda: len(console.asked()) == 3)
        assert [(one.act, getattr(one, "role", getattr(one, "mode", None))) for one in console.asked()] == [
            ("director-cut", ""),
            ("director-cut", "students"),
            ("director-mode", "manual"),
        ]
        # Where nobody directs a touch makes it large, as it does for those who only look.
        console.show(RECORDING)
        await expect(page.locator("#director")).to_be_hidden()
        await page.click(".view:nth-child(1) .still")
        await expect(page.locator("#large")).to_be_visible()
        assert trouble == []


async def test_a_group_of_the_class_list_gets_a_point_with_one_press(
    site: Site, browser: Browser, trouble: Trouble
) -> None:
    async with window(browser, "phone", trouble) as page:
        console = Console(site, page)
        console.show(RECORDING)
        await log_in(page, site, "teacher", "/console", "zh-CN")
        await console.state("recording")
        await expect(page.locator("#team-more")).to_be_hidden()
        console.show(RECORDING | {"groups": [f"第{number}组" for number in range(1, 9)]})
        await page.click("#team-more summary")
        await page.click("text=第8组")
        await expect(page.locator("#said")).to_contain_text("第8组")
        (asked,) = console.asked()
        assert isinstance(asked, AwardPoints)
        assert (asked.team, asked.points) == ("第8组", 1)
        assert not await overflows(page)
        assert await serious_findings(page) == []
        assert trouble == []


async def test_a_head_is_driven_for_as_long_as_the_button_is_held(
    site: Site, browser: Browser, trouble: Trouble
) -> None:
    async with window(browser, "tablet", trouble) as page:
        console = Console(site, page)
        console.show(IDLE)
        await log_in(page, site, "technician", "/console")
        await console.state("idle")
        await page.locator(".head-left").click(delay=1000)
        await page.click("text=desk")
        await expect(page.locator("#said")).to_be_empty()
        await until_async(lambda: [one.act for one in console.asked()][-1] == "ptz-recall")
        acts = [one.act for one in console.asked()]
        assert acts.count("ptz-drive") >= 2
        assert acts[-2:] == ["ptz-stop", "ptz-recall"]
        site.controller.asked.clear()

        async def late(route: Route) -> None:
            await asyncio.sleep(0.4)
            await route.continue_()

        await page.route("**/head/drive", late, times=1)
        await page.click(".head-left")
        await until_async(lambda: len(console.asked()) == 2)
        assert [one.act for one in console.asked()] == ["ptz-drive", "ptz-stop"], "on a slow network too"
        assert trouble == []


async def test_a_picture_that_comes_no_more_and_a_session_that_is_over_are_not_shown_on(
    site: Site, browser: Browser, trouble: Trouble, still: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.web.event_stream.BEAT_S", 0.05)
    async with window(browser, "tablet", trouble) as page:
        console = Console(site, page)
        console.show(RECORDING)
        await log_in(page, site, "teacher", "/console")
        await page.click(".view:has(img:not([hidden]))")
        await expect(page.locator("#large")).to_be_visible()
        (site.config.paths.run / "stills" / "teacher.jpg").unlink()
        await expect(page.locator("#large")).to_be_hidden()
        site.accounts.remove("teacher")
        await page.wait_for_url("**/login?next=/console")


async def test_an_observer_sees_and_remarks_with_the_moment_when_it_was_begun(
    site: Site, browser: Browser, trouble: Trouble
) -> None:
    async with window(browser, "phone", trouble) as page:
        console = Console(site, page)
        console.show(RECORDING)
        await log_in(page, site, "observer", "/console")
        await console.state("recording")
        assert await page.locator("#big, #pause, #mark, #poll-form, #heads").count() == 0
        await page.locator("#remark-words").press_sequentially("Good  question", delay=60)
        await page.click("#remark button")
        await expect(page.locator("#said")).to_contain_text("Kept at")
        (asked,) = console.asked()
        assert getattr(asked, "label", "") == "observer: Good question"
        assert getattr(asked, "ago_s", 0) > 0.5
        assert trouble == []
