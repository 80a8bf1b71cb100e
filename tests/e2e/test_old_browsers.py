"""The pages in the oldest browsers that they promise to run in: Chromium 80 at the door and on phones, 92 elsewhere.

A picture of each is left in build/old_chromium/.
"""

from __future__ import annotations

import datetime
import json
import platform
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from board_room import BOARD, BOARDS, EXAM, NOW, QUESTION, RECORDING, SEATS, show
from browsing import SIZES, Trouble
from devtools import Tab, old_chromium

from edge.classroom.board_content import BoardTexts, Exam
from edge.link.control_messages import BoardReply, PhoneReply, Reply, Status
from edge.link.control_requests import AnswerByPhone, JoinByPhone
from edge.link.page_requests import PageRequest
from edge.link.phone_messages import PhoneState
from edge.web import process
from tests import sample_lessons, web_site
from tests.waiting import until_async
from tests.web_site import PASSWORD, Site

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="there are no such browsers for it")

FITS = "document.documentElement.scrollWidth <= innerWidth"
NOTHING_IS_CUT = (
    "[...document.querySelectorAll('.fit, #lessons span')]"
    ".every(one => !one.offsetParent || one.scrollWidth <= one.clientWidth + 1)"
)
LESSON = "r1-7f3a-000001-00000001"


@pytest.fixture
async def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A room whose students may answer by phone; time goes on there, from shortly before a full minute."""
    began, began_s = NOW + datetime.timedelta(seconds=56), time.monotonic()
    monkeypatch.setattr(process, "_now", lambda _zone: began + datetime.timedelta(seconds=time.monotonic() - began_s))
    async with web_site.running(tmp_path, passwords=False, config="[board]\nphones = true\n") as site:
        show(site, RECORDING)
        yield site


def _is_shown(selector: str) -> str:
    return f"!!document.querySelector({selector!r}) && document.querySelector({selector!r}).offsetWidth > 0"


def _reads(selector: str, text: str) -> str:
    return f"document.querySelector({selector!r}).textContent.includes({text!r})"


@pytest.mark.parametrize("size", BOARDS)
async def test_the_class_board_in_chromium_80(door: Site, trouble: Trouble, size: str) -> None:
    texts = BoardTexts(exam=Exam.model_validate({**EXAM, "seats": SEATS}))
    door.controller.reply = lambda _: BoardReply(ok=True, status=door.controller.now, texts=texts)
    async with old_chromium(80, BOARDS[size], trouble) as tab:
        assert "/80." in tab.version
        await tab.go_to(f"{door.http}/board?lang=zh-CN")
        await tab.until("document.getElementById('lamp').className === 'recording'")
        for selector, text in {
            "#class": "九年级（3）班",
            "#subject": "英语",
            "#teacher": "王敏老师",
            "#lamp-text": "正在录",
            "#here": "40",
            "#duty-text": "刘畅",
            "#notices": "家长会",
        }.items():
            await tab.until(_reads(selector, text))
        await _is_fine(tab, f"board-{size}")
        # The clock goes on by itself.
        await tab.until(_reads("#clock", "10:14"))
        show(door, {**RECORDING, "state": "paused", "lamp": "slow-blink"})
        await tab.until("document.getElementById('lamp').className === 'paused'")
        show(door, {**RECORDING, "board": {**BOARD, "question": QUESTION}})
        await tab.until(_is_shown("#join"))
        await tab.until("document.getElementById('qr').naturalWidth > 0")
        await _is_fine(tab, f"board-join-{size}")
        show(door, {**RECORDING, "board": {**BOARD, "exam": {**EXAM, "seats": 40, "seats_id": "a"}}})
        await tab.until("document.querySelectorAll('#seats li').length === 40")
        await _is_fine(tab, f"board-exam-{size}")
        show(door, {**RECORDING, "board": {**BOARD, "emergency": "地震演练：请按疏散路线到操场集合"}})
        await tab.until(_is_shown("#emergency"))
        await _is_fine(tab, f"board-emergency-{size}")
    assert trouble == []


async def _is_fine(tab: Tab, name: str) -> None:
    await tab.picture(name)
    assert await tab.evaluate(FITS)
    assert await tab.evaluate(NOTHING_IS_CUT)


async def test_the_students_page_in_chromium_80(door: Site, trouble: Trouble) -> None:
    joined = False

    def reply(request: PageRequest) -> Reply:
        nonlocal joined
        joined = joined or isinstance(request, JoinByPhone)
        phone = PhoneState(token="t" if joined else "", counted=isinstance(request, AnswerByPhone))
        return PhoneReply(ok=True, status=door.controller.now, phone=phone)

    door.controller.reply = reply
    async with old_chromium(80, SIZES["phone"], trouble) as tab:
        await tab.go_to(f"{door.http}/s?lang=zh-CN")
        await tab.until(_is_shown("#join"))
        await tab.picture("student-join")
        await tab.write("#seat", "12")
        await tab.click("#join button")
        await tab.until(_is_shown("#waiting"))
        show(door, {**RECORDING, "board": {**BOARD, "question": QUESTION}})
        await tab.until(_is_shown("#choices button:nth-child(2)"))
        await tab.click("#choices button:nth-child(2)")
        await tab.until("document.getElementById('said').className === 'ok'")
        await _is_fine(tab, "student")
        # A thumb finds them: they share the height that there is.
        assert await tab.evaluate("document.querySelector('#choices button').offsetHeight") > 200
        assert [(one.number, one.answer) for one in door.controller.asked if isinstance(one, AnswerByPhone)] == [
            (3, "B")
        ]
    assert trouble == []


def _shelve(folder: Path) -> None:
    """Make a lesson of two seconds that has ended and was checked."""
    sample_lessons.make_lesson(folder, 2.0)
    lesson = {"lesson": folder.name, "began": "2026-11-10T01:00:00Z", "lesson_time_s": 2.0}
    receipt = {"lesson": folder.name, "recording": "good", "stored": "yes", "findings": []}
    for name, found in {"lesson.json": lesson, "receipt.json": receipt}.items():
        (folder / name).write_text(json.dumps(found))
    (folder / "chapters.vtt").write_text("WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nPythagoras\n")


@pytest.mark.parametrize("size", ["phone", "screen"])
async def test_login_console_and_recordings_in_chromium_92(site: Site, trouble: Trouble, size: str) -> None:
    _shelve(site.config.paths.spool / LESSON)
    async with old_chromium(92, SIZES[size], trouble) as tab:
        assert "/92." in tab.version
        await tab.go_to(f"{site.https}/login?next=/console&lang=zh-CN")
        await tab.write("[name=name]", "teacher")
        await tab.write("[name=password]", PASSWORD)
        await _is_fine(tab, f"login-{size}")
        await tab.click("button.main")
        await tab.until("location.pathname === '/console' && document.readyState === 'complete'")
        await tab.until("document.getElementById('state').dataset.state === 'idle'")
        await tab.click("#big")
        await until_async(lambda: any(one.act == "start" for one in site.controller.asked))
        site.controller.now = Status.model_validate(
            {"state": "recording", "lamp": "on", "lesson": LESSON, "lesson_time_s": 1421.0}
        )
        await tab.until("document.getElementById('state').dataset.state === 'recording'")
        await tab.until(_reads("#lesson-time", "23:4"))
        await _is_fine(tab, f"console-{size}")
        site.controller.now = Status(state="idle")
        await tab.until("document.getElementById('state').dataset.state === 'idle'")
        await tab.go_to(f"{site.https}/lessons/{LESSON}")
        await tab.until(_reads("#chapters", "Pythagoras"))
        await tab.click("#play")
        await tab.until("document.getElementById('sound').currentTime > 1")
        await _is_fine(tab, f"lesson-{size}")
    assert trouble == []
