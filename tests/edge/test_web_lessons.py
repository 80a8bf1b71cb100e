"""Recordings over real sockets: ranges, whose they are, what is refused."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import web_site

from edge.link.control_messages import DiskStatus, Reply, Status
from edge.link.control_requests import EraseLesson
from edge.web.access.roles import Role
from edge.web.lesson_download import LessonDownloads
from edge.web.lesson_owners import LessonOwners

NOBODYS, OF_TEACHER, OF_LI = "r1-7f3a-000001-00000001", "r1-7f3a-000002-00000002", "r1-7f3a-000003-00000003"
ROOMY = Status(state="idle", disk=DiskStatus(total_bytes=10**11, free_bytes=10**10, hours_left=30))


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """A lesson that was begun with the button, one that the teacher began, and one of the timetable's."""
    for lesson, teacher in ((NOBODYS, ""), (OF_TEACHER, ""), (OF_LI, "李老师")):
        folder = tmp_path / "spool" / lesson
        (folder / "teacher").mkdir(parents=True)
        (folder / "teacher" / "000001.m4s").write_bytes(bytes(range(100)))
        (folder / "receipt.json").write_text('{"recording": "good", "stored": "yes"}')
        timetable = {"timetable": {"teacher": teacher}, "title": f"数学 {teacher}"} if teacher else {}
        (folder / "lesson.json").write_text(json.dumps({"lesson_time_s": 2700.0, "began": None, **timetable}))
    LessonOwners(tmp_path / "state").add(OF_TEACHER, "teacher")
    return tmp_path / "spool"


@pytest.mark.parametrize(
    ("role", "lesson", "sees", "erases"),
    [
        (Role.TEACHER, NOBODYS, True, False),
        (Role.TEACHER, OF_TEACHER, True, True),
        (Role.TEACHER, OF_LI, False, False),
        (Role.TECHNICIAN, NOBODYS, True, True),
        (Role.TECHNICIAN, OF_TEACHER, True, True),
        (Role.TECHNICIAN, OF_LI, True, True),
        (Role.OBSERVER, NOBODYS, False, False),
    ],
)
async def test_whose_lessons_are_seen_and_erased(
    tmp_path: Path, spool: Path, role: Role, lesson: str, sees: bool, erases: bool
) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(role)
        file = f"/lessons/{lesson}/files/teacher/000001.m4s"
        assert ((await client.get(file)).status == 200) is sees
        assert ((await client.get(f"/lessons/{lesson}")).status == 200) is sees
        assert (lesson in (await client.get("/lessons")).text) is sees
        assert ((await client.post(f"/lessons/{lesson}/erase", json={})).status == 200) is erases
        asked = [one.lesson for one in site.controller.asked if isinstance(one, EraseLesson)]
        assert asked == [lesson] * erases


async def test_times_are_the_schools_whatever_the_boxs_zone_is(tmp_path: Path, spool: Path) -> None:
    began = {"lesson_time_s": 2700.0, "began": "2026-11-10T01:00:00Z"}
    (spool / NOBODYS / "lesson.json").write_text(json.dumps(began))
    async with web_site.running(tmp_path, config='[timetable]\ntime_zone = "Asia/Urumqi"\n') as site:
        client = await site.client(Role.TECHNICIAN)
        assert "2026-11-10 07:00" in (await client.get("/lessons")).text
        async with client.session.get(f"{site.http}/board/events") as stream:
            assert await stream.content.readline() == b"event: beat\n"
            assert b'+06:00"' in await stream.content.readline()


async def test_a_range_of_a_file_and_nothing_beside_the_media(tmp_path: Path, spool: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.TECHNICIAN)
        base = f"/lessons/{NOBODYS}/files"
        part = await client.get(f"{base}/teacher/000001.m4s", headers={"Range": "bytes=10-19"})
        assert (part.status, part.headers["Content-Range"]) == (206, "bytes 10-19/100")
        assert part.text.encode() == bytes(range(10, 20))
        assert part.headers["Cache-Control"] == "no-store"
        for path in ("receipt.json", "teacher/..%2f..%2freceipt.json", "%2e%2e/ledger.db", "teacher"):
            assert (await client.get(f"{base}/{path}")).status == 404, path


async def test_no_file_is_joined_where_the_disk_has_to_keep_its_room(tmp_path: Path, spool: Path) -> None:
    async with web_site.running(tmp_path) as site:
        disk = DiskStatus(total_bytes=10**11, free_bytes=10**10, hours_left=2.5)
        site.controller.now = Status(state="idle", disk=disk)
        client = await site.client(Role.TECHNICIAN)
        answer = await client.post(f"/lessons/{NOBODYS}/join", json={})
        assert answer.status == 409
        assert "disk" in json.loads(answer.text)["reason"]
        state = await client.get(f"/lessons/{NOBODYS}/join")
        assert json.loads(state.text) == {"state": "none", "share": 0.0}
        assert (await client.get(f"/lessons/{NOBODYS}/download")).status == 404


async def test_with_a_lesson_the_file_that_was_made_of_it_is_erased(
    tmp_path: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def join(downloads: LessonDownloads, lesson: str, _: Path) -> bool:
        file = downloads._path(lesson)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"mp4")
        return True

    monkeypatch.setattr(LessonDownloads, "_join", join)
    async with web_site.running(tmp_path) as site:
        site.controller.now = ROOMY
        client = await site.client(Role.TECHNICIAN)
        await joined(client, "ready")
        made = site.config.web.state / "downloads" / f"{NOBODYS}.mp4"
        assert made.exists()
        assert (await client.post(f"/lessons/{NOBODYS}/erase", json={})).status == 200
        assert not made.exists()
        assert json.loads((await client.get(f"/lessons/{NOBODYS}/join")).text)["state"] == "none"


async def test_a_system_without_a_process_to_spare_costs_the_file_and_not_the_pages(
    tmp_path: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    async with web_site.running(tmp_path) as site:
        site.controller.now = ROOMY
        await joined(await site.client(Role.TECHNICIAN), "failed")


async def joined(client: web_site.Client, state: str) -> None:
    """Have a lesson joined, until that is ``state``."""
    now = ""
    async with asyncio.timeout(20):
        while now != state:
            if now in ("", "none"):  # the room's status may not have come yet
                await client.post(f"/lessons/{NOBODYS}/join", json={})
            now = json.loads((await client.get(f"/lessons/{NOBODYS}/join")).text)["state"]


async def test_why_a_lesson_is_not_erased_is_a_sentence(tmp_path: Path, spool: Path) -> None:
    async with web_site.running(tmp_path) as site:
        site.controller.reply = lambda _: Reply(ok=False, reason="not-stored-yet", status=site.controller.now)
        client = await site.client(Role.TECHNICIAN)
        answer = await client.post(f"/lessons/{NOBODYS}/erase", json={})
        assert answer.status == 409
        assert "few minutes" in json.loads(answer.text)["reason"]
