"""The recordings in a real browser: whose they are, played in step, taken away, erased."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from browsing import OFFSETS, SIZES, Trouble, log_in, overflows, serious_findings, until, window
from playwright.async_api import Browser, Page, Route, expect

from edge.link.control_messages import DiskStatus, Status
from edge.link.control_requests import EraseLesson
from pipelines.programme.join_mp4 import join_mp4
from tests import sample_lessons
from tests.web_site import Site

SECONDS = 24.0
IN_STEP_S = 0.05
PUBLIC = "r1-7f3a-000001-00000001"
MINE = "r1-7f3a-000002-00000002"
OTHERS = "r1-7f3a-000003-00000003"
VTT = """WEBVTT

1
00:00:02.000 --> 00:00:10.000
&lt;b&gt;Pythagoras&lt;/b&gt;

2
00:00:10.000 --> 00:00:24.000
observer: good question
"""


def _shelve(folder: Path, teacher: str = "") -> None:
    """Make a folder a lesson that has ended and was checked."""
    timetable = {"subject": "数学", "teacher": teacher} if teacher else None
    title = f"数学 {teacher}" if teacher else ""
    (folder / "lesson.json").write_text(
        json.dumps(
            {
                "lesson": folder.name,
                "began": "2026-11-10T01:00:00Z",
                "lesson_time_s": SECONDS,
                "title": title,
                "timetable": timetable,
            }
        )
    )
    finding = {"code": "black", "severity": "bad", "track": "students", "values": {"seconds": 12}}
    (folder / "receipt.json").write_text(
        json.dumps({"lesson": folder.name, "recording": "bad", "stored": "yes", "findings": [finding]})
    )
    (folder / "chapters.vtt").write_text(VTT)


@pytest.fixture(scope="module")
def spool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three lessons: nobody's, one of the teacher's, one of another teacher."""
    spool = tmp_path_factory.mktemp("lessons")
    videos = {"teacher": sample_lessons.moving_luma, "students": sample_lessons.moving_luma}
    sample_lessons.make_lesson(spool / PUBLIC, SECONDS, videos=videos)
    for lesson in (MINE, OTHERS):
        sample_lessons.make_lesson(spool / lesson, 2.0)
    _shelve(spool / PUBLIC)
    _shelve(spool / MINE, "teacher")
    _shelve(spool / OTHERS, "王老师")
    return spool


@pytest.fixture
def shelved(site: Site, spool: Path) -> Site:
    shutil.copytree(spool, site.config.paths.spool, dirs_exist_ok=True)
    status = Status(state="idle", disk=DiskStatus(total_bytes=10**11, free_bytes=10**10, hours_left=30))
    site.controller.now = status
    return site


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_list_and_player_fit_and_can_be_used_by_everybody(
    shelved: Site, browser: Browser, trouble: Trouble, size: str, language: str
) -> None:
    async with window(browser, size, trouble) as page:
        await log_in(page, shelved, "teacher", "/lessons", language)
        assert not await overflows(page)
        assert await serious_findings(page) == []
        await page.click(f"a[href$='{PUBLIC}']")
        await expect(page.locator("#chapters li")).to_have_count(2)
        assert not await overflows(page)
        assert await serious_findings(page) == []
        assert trouble == []


async def test_a_teacher_sees_their_own_and_nobody_s_and_deletes_their_own_alone(
    shelved: Site, browser: Browser, trouble: Trouble
) -> None:
    async with window(browser, "tablet", trouble) as page:
        await log_in(page, shelved, "teacher", "/lessons")
        shown = await page.locator(".lessons a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert {href.rpartition("/")[2] for href in shown} == {PUBLIC, MINE}
        for path in (f"/lessons/{OTHERS}", f"/lessons/{OTHERS}/files/teacher/000001.m4s"):
            assert (await page.request.get(shelved.https + path)).status == 404
        await page.goto(f"{shelved.https}/lessons/{PUBLIC}")
        assert await page.locator("#erase").count() == 0
        await page.goto(f"{shelved.https}/lessons/{MINE}")
        await page.click("#erase")
        await page.click("#erase-yes")
        await page.wait_for_url("**/lessons")
        (asked,) = [one for one in shelved.controller.asked if isinstance(one, EraseLesson)]
        assert (asked.lesson, str(asked.actor)) == (MINE, "teacher")
    async with window(browser, "tablet", trouble) as page:
        await log_in(page, shelved, "technician", "/lessons")
        await expect(page.locator(".lessons a")).to_have_count(3)


async def test_a_network_that_comes_back_plays_and_what_cannot_be_played_is_said(
    shelved: Site, browser: Browser
) -> None:
    async with window(browser, "tablet", Trouble()) as page:
        await log_in(page, shelved, "teacher", "/lessons")
        lost = True

        async def fetch(route: Route) -> None:
            await (route.abort() if lost else route.continue_())

        await page.route("**/sound.m3u8", fetch)
        await page.route("**/teacher/0*.m4s", lambda route: route.fulfill(body=b"no media", status=200))
        async with page.expect_event("requestfailed"):
            await page.goto(f"{shelved.https}/lessons/{PUBLIC}")
        await asyncio.sleep(4)  # the player has given up once
        lost = False
        await until(page, "document.getElementById('sound').readyState > 0")
        await page.click("#layouts button >> nth=1")
        await expect(page.locator("#notice")).not_to_be_empty()


async def test_every_picture_keeps_step_with_the_sound_through_seeks_and_layouts(
    shelved: Site, browser: Browser, trouble: Trouble
) -> None:
    async with window(browser, "screen", trouble) as page:
        await log_in(page, shelved, "teacher", f"/lessons/{PUBLIC}")
        await page.click("#play")
        await _plays(page)
        await page.click("text=Side by side")
        await page.click("#chapters button >> nth=1")
        await until(page, "document.getElementById('sound').currentTime > 11")
        await until(page, f"{OFFSETS}.length === 2")
        await until(page, f"{OFFSETS}.every(off => Math.abs(off) < {IN_STEP_S})")
        # Words that people wrote are text, whatever is in them.
        await expect(page.locator("#chapters button").first).to_have_text("00:02 <b>Pythagoras</b>")
        await page.keyboard.press("Escape")
        assert trouble == []


async def test_one_mp4_file_is_taken_away(shelved: Site, browser: Browser, trouble: Trouble, tmp_path: Path) -> None:
    async with window(browser, "phone", trouble) as page:
        await log_in(page, shelved, "teacher", f"/lessons/{MINE}")
        await page.click("#join")
        await expect(page.locator("#save")).to_be_visible(timeout=60_000)
        async with page.expect_download() as taken:
            await page.click("#save")
        download = await taken.value
        assert download.suggested_filename == "数学 teacher.mp4"
        await download.save_as(tmp_path / "taken.mp4")
        join_mp4(shelved.config.paths.spool / MINE, tmp_path / "joined.mp4")
        assert (tmp_path / "taken.mp4").read_bytes() == (tmp_path / "joined.mp4").read_bytes()
        assert trouble == []


async def _plays(page: Page) -> None:
    await until(page, "document.getElementById('sound').currentTime > 0.5")
