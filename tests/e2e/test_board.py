"""The class board and the students' page in a real browser: all sizes, both languages, a box that goes away, phones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from board_room import BOARD, BOARDS, EXAM, NOW, QUESTION, RECORDING, SEATS, show
from browsing import SIZES, Trouble, overflows, serious_findings, window
from playwright.async_api import Browser, Page, expect

from edge.classroom.board_content import BoardTexts, Exam
from edge.link.control_messages import BoardReply, PhoneReply, Reply
from edge.link.control_requests import AnswerByPhone, JoinByPhone, PhoneRequest
from edge.link.page_requests import PageRequest
from edge.link.phone_messages import PhoneState
from edge.web import process
from tests import web_site
from tests.web_site import Site


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A room whose students may answer by phone; it is always NOW there."""
    monkeypatch.setattr(process, "_now", lambda _: NOW)
    async with web_site.running(tmp_path, passwords=False, config="[board]\nphones = true\n") as site:
        show(site, RECORDING)
        yield site


async def _cut_texts(page: Page) -> list[str]:
    """The ids of lines that do not fit."""
    cut: list[str] = await page.evaluate(
        "[...document.querySelectorAll('.fit, #lessons span')]"
        ".filter(one => one.offsetParent && one.scrollWidth > one.clientWidth + 1 && one.clientWidth)"
        ".map(one => one.id || one.textContent)"
    )
    return cut


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", BOARDS)
async def test_the_board_can_be_read_by_everybody(
    site: Site, browser: Browser, trouble: Trouble, size: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, size, BOARDS[size])
    texts = BoardTexts(exam=Exam.model_validate({**EXAM, "seats": SEATS}))
    site.controller.reply = lambda _: BoardReply(ok=True, status=site.controller.now, texts=texts)
    async with window(browser, size, trouble) as page:
        await page.goto(f"{site.http}/board?lang={language}")
        await expect(page.locator("#lamp")).to_have_class("recording")
        await expect(page.locator("#subject")).to_have_text("英语")
        await _is_fine(page)
        show(site, {**RECORDING, "board": {**BOARD, "question": QUESTION}})
        await expect(page.locator("#join")).to_be_visible()
        await _is_fine(page)
        show(site, {**RECORDING, "board": {**BOARD, "exam": {**EXAM, "seats": 40, "seats_id": "a"}}})
        await expect(page.locator("#seats li")).to_have_count(40)
        await _is_fine(page)
        show(site, {**RECORDING, "board": {**BOARD, "emergency": "地震演练：请按疏散路线到操场集合"}})
        await expect(page.locator("#emergency")).to_be_visible()
        await _is_fine(page)
        assert trouble == []


async def _is_fine(page: Page) -> None:
    assert not await overflows(page)
    assert await _cut_texts(page) == []
    assert await serious_findings(page) == []


async def test_what_fails_for_a_moment_is_tried_again(site: Site, browser: Browser) -> None:
    texts = BoardTexts(exam=Exam.model_validate({**EXAM, "seats": SEATS}))
    site.controller.reply = lambda _: BoardReply(ok=True, status=site.controller.now, texts=texts)
    async with window(browser, "screen", Trouble()) as page:
        await page.clock.install()
        await page.route("**/board/seats", lambda route: route.fulfill(status=503), times=1)
        await page.goto(f"{site.http}/board?lang=zh-CN")
        await expect(page.locator("#lamp")).to_have_class("recording")
        async with page.expect_response("**/board/seats"):
            show(site, {**RECORDING, "board": {**BOARD, "exam": {**EXAM, "seats": 40, "seats_id": "a"}}})
        await expect(page.locator("#exam")).to_be_visible()
        await page.clock.fast_forward(6_000)
        await expect(page.locator("#seats li")).to_have_count(40)
        show(site, RECORDING)
        await expect(page.locator("#exam")).to_be_hidden()
        assert SEATS[0].name not in await page.evaluate("localStorage.getItem('board')"), "names are not kept"
        # The board loads itself anew each night, and must not miss it for good because the box was busy.
        await page.clock.fast_forward(61_000)
        await page.route("**/board", lambda route: route.fulfill(status=503), times=1)
        async with page.expect_response("**/board"):
            await page.clock.fast_forward(18 * 3_600_000)
        await asyncio.sleep(0.1)
        async with page.expect_navigation():
            await page.clock.fast_forward(61_000)


async def test_what_people_write_stays_text(site: Site, browser: Browser, trouble: Trouble) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    show(site, {**RECORDING, "board": {**BOARD, "school_class": hostile, "notices": [hostile], "duty": [hostile[:24]]}})
    async with window(browser, "screen", trouble) as page:
        await page.goto(f"{site.http}/board")
        await expect(page.locator("#notices li")).to_have_text(hostile)
        assert await page.locator("#board img:not(#qr)").count() == 0
        assert trouble == []


async def test_a_box_that_is_away_is_said_and_what_it_told_last_stays(site: Site, browser: Browser) -> None:
    async with window(browser, "screen", Trouble()) as page:
        await page.clock.install()
        await page.goto(f"{site.http}/board?lang=zh-CN")
        await expect(page.locator("#lamp")).to_have_class("recording")
        await site.kill_controller()
        await asyncio.sleep(0.5)  # what was on its way has come
        await page.clock.fast_forward(20_000)
        await expect(page.locator("#lamp")).to_have_class("unknown")
        await expect(page.locator("#link")).to_contain_text("起与教室主机断开")
        await expect(page.locator("#subject")).to_have_text("英语")
        site.start_controller()
        await expect(page.locator("#lamp")).to_have_class("recording")
        await expect(page.locator("#link")).to_have_text("已连接")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_student_joins_and_answers(site: Site, browser: Browser, trouble: Trouble, language: str) -> None:
    joined = False

    def reply(request: PageRequest) -> Reply:
        nonlocal joined
        joined = joined or isinstance(request, JoinByPhone)
        assert isinstance(request, PhoneRequest)
        phone = PhoneState(token="t" if joined else "", counted=isinstance(request, AnswerByPhone))
        return PhoneReply(ok=True, status=site.controller.now, phone=phone)

    site.controller.reply = reply
    async with window(browser, "phone", trouble) as page:
        await page.goto(f"{site.http}/s?lang={language}")
        await page.fill("#seat", "12")
        assert await serious_findings(page) == []
        await page.click("#join button")
        await expect(page.locator("#waiting")).to_be_visible()
        assert [cookie.get("httpOnly") for cookie in await page.context.cookies() if cookie.get("name") == "phone"] == [
            True
        ]
        show(site, {**RECORDING, "board": {**BOARD, "question": QUESTION}})
        await page.click("#choices button >> nth=1")
        await expect(page.locator("#said")).to_have_class("ok")
        asked = site.controller.asked[-1]
        assert isinstance(asked, AnswerByPhone)
        assert (asked.token, asked.number, asked.answer) == ("t", 3, "B")
        assert not await overflows(page)
        assert await serious_findings(page) == []
        assert trouble == []
