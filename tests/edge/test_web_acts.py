"""Who may do what to the room from a page: the table by name, and that each act says whose it is."""

from __future__ import annotations

import json
from pathlib import Path

import web_site
from waiting import until_async

from edge.link.control_messages import PollReply, Reply, Status
from edge.link.control_requests import LookAtRoom, MarkLesson, StartLesson
from edge.link.poll_messages import CountedAnswer, PollStatus
from edge.web.access.roles import Role
from edge.web.lesson_owners import LessonOwners
from edge.web.routes import acts

TEACHER, TECHNICIAN, OBSERVER = Role.TEACHER, Role.TECHNICIAN, Role.OBSERVER
RUNS_THE_LESSON = {TEACHER, TECHNICIAN}
LESSON = "r1-7f3a-000123-9c41d2e7"

TABLE = {
    ("POST", "/room/start"): RUNS_THE_LESSON,
    ("POST", "/room/stop"): RUNS_THE_LESSON,
    ("POST", "/room/pause"): RUNS_THE_LESSON,
    ("POST", "/room/resume"): RUNS_THE_LESSON,
    ("POST", "/room/mark"): RUNS_THE_LESSON,
    ("POST", "/room/remark"): {TEACHER, TECHNICIAN, OBSERVER},
    ("POST", "/room/head/recall"): RUNS_THE_LESSON,
    ("POST", "/room/head/drive"): RUNS_THE_LESSON,
    ("POST", "/room/head/stop"): RUNS_THE_LESSON,
    ("POST", "/room/director/mode"): RUNS_THE_LESSON,
    ("POST", "/room/director/cut"): RUNS_THE_LESSON,
    ("POST", "/room/poll/open"): RUNS_THE_LESSON,
    ("POST", "/room/poll/close"): RUNS_THE_LESSON,
    ("POST", "/room/poll/score"): RUNS_THE_LESSON,
    # Who answered what, by name.
    ("GET", "/room/poll"): {TEACHER},
}


def test_who_may_do_what() -> None:
    assert {(route.method, route.path): set(route.roles) for route in acts.ROUTES} == TABLE


async def test_an_act_carries_its_fields_and_whose_it_is_and_a_refusal_is_a_sentence(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(TECHNICIAN)
        answer = await client.post("/room/head/drive", json={"role": "teacher", "pan": 0.5})
        assert (answer.status, json.loads(answer.text)) == (200, {})
        (asked,) = site.controller.asked
        assert asked.model_dump(include={"act", "role", "pan"}) == {"act": "ptz-drive", "role": "teacher", "pan": 0.5}
        assert str(asked.actor) == "technician"
        site.controller.reply = lambda _: Reply(ok=False, reason="no-head", status=site.controller.now)
        answer = await client.post("/room/head/drive", json={"role": "screen"})
        assert answer.status == 409
        assert "head" in json.loads(answer.text)["reason"]
        for body in (b"", b"[]", b'{"pan": 7}', b'{"pan": "NaN"}', b'{"act": 1, "pan": {}}'):
            assert (await client.post("/room/head/drive", data=body)).status == 400
        # Nobody acts in another's name.
        forged = {"actor": {"role": "teacher", "name": "other"}, "act": "start", "type": "x"}
        await client.post("/room/head/stop", json={"role": "teacher", **forged})
        assert site.controller.asked[-1].act == "ptz-stop"
        assert str(site.controller.asked[-1].actor) == "technician"


async def test_a_lesson_is_that_of_whoever_began_it_also_after_a_restart(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        site.controller.reply = lambda _: Reply(ok=True, status=Status(state="recording", lesson=LESSON))
        client = await site.client(TEACHER)
        assert (await client.post("/room/start", json={})).status == 200
        assert isinstance(site.controller.asked[0], StartLesson)
        owners = LessonOwners(site.config.web.state)
        assert owners.owner(LESSON) == "teacher"
        owners.add(LESSON, "somebody else")
        assert LessonOwners(site.config.web.state).owner(LESSON) == "teacher"


async def test_a_remark_is_a_mark_with_the_observers_name_of_the_moment_when_it_began(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(OBSERVER)
        answer = await client.post("/room/remark", json={"text": " well\nasked ", "ago_s": 12.5})
        assert answer.status == 200
        assert site.controller.asked == [
            MarkLesson(actor=site.controller.asked[0].actor, label="observer: well asked", ago_s=12.5)
        ]
        assert (await client.post("/room/remark", json={"text": "x" * 121})).status == 400
        assert (await client.post("/room/remark", json={"text": "x", "ago_s": -1})).status == 400


async def test_names_of_a_poll_go_to_a_teacher_who_asks_and_into_no_other_answer(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        given = [CountedAnswer(device="8A31", name="李雷", text="B", after_ms=1200.0)]
        poll = PollStatus(lesson=LESSON, number=2, kind="single", is_open=True, open_s=3.0, given=given)
        site.controller.reply = lambda _: PollReply(ok=True, status=site.controller.now, poll=poll)
        teacher, technician = await site.client(TEACHER), await site.client(TECHNICIAN)
        named = await teacher.get("/room/poll")
        assert json.loads(named.text)["given"] == [{"name": "李雷", "text": "B", "after_ms": 1200.0}]
        for client in (teacher, technician):
            answer = await client.post("/room/poll/close", json={})
            assert (answer.status, answer.text) == (200, "{}")


async def test_whoever_asks_for_a_still_is_counted_and_there_is_none_in_a_pause(tmp_path: Path) -> None:
    async with web_site.running(tmp_path, config='[cameras.teacher]\ndriver = "simulated"\n') as site:
        folder = site.config.paths.run / "stills"
        folder.mkdir()
        client = await site.client(OBSERVER)
        assert (await client.get("/stills/teacher")).status == 204
        (folder / "teacher.jpg").write_bytes(b"still")
        answer = await client.get("/stills/teacher")
        assert answer.status == 200
        assert int(answer.headers["X-Still-Age-Ms"]) < 15_000
        assert answer.headers["Cache-Control"] == "no-store"
        await until_async(lambda: LookAtRoom(viewers=1) in site.controller.asked)
        for wrong in ("students", "..%2Frecorder", "teacher.jpg"):
            assert (await client.get(f"/stills/{wrong}")).status == 404
        site.controller.now = Status(state="paused")
        other = await site.client(TEACHER)

        async def is_hidden() -> bool:
            return (await other.get("/stills/teacher")).status == 204

        for _ in range(100):
            if await is_hidden():
                break
        assert await is_hidden()
        await until_async(lambda: LookAtRoom(viewers=2) in site.controller.asked)
        # They look no more.
        await until_async(lambda: site.controller.asked[-1] == LookAtRoom(viewers=0))
