"""The board's page for everybody, and the page on which staff write what it shows, over real sockets."""

from __future__ import annotations

import datetime
import html
import json
import re
from pathlib import Path

import pytest
import web_site
from yarl import URL

from edge.classroom.board_content import BoardTexts, Exam, ExamSeat
from edge.link.board_messages import BoardStatus, OpenQuestion
from edge.link.board_view import board_view
from edge.link.control_messages import BoardReply, DayHint, Reply, SeatsReply, Status
from edge.link.control_requests import FreePhones, SetDuty, SetEmergency, SetExam, SetNotices, ShowSeats
from edge.link.page_requests import PageRequest
from edge.link.phone_messages import JoinedPhone
from edge.web.access.roles import Role
from edge.web.box_address import public_host

EXAM = Exam(
    subject="数学",
    date=datetime.date(2026, 11, 10),
    begins="08:30",
    ends="10:30",
    seats=(ExamSeat(seat="01", name="陈晨"),),
)
HOSTILE = "<script>x()</script>"
EXAM_FORM = {"subject": "数学", "date": "2026-11-10", "begins": "08:30", "ends": "10:30"}


def controller_with(site: web_site.Site, texts: BoardTexts) -> None:
    """Have the site's controller answer with these texts, and one phone that has joined."""

    def reply(request: PageRequest) -> Reply:
        if isinstance(request, ShowSeats | FreePhones):
            return SeatsReply(ok=True, status=site.controller.now, joined=[JoinedPhone(number="207", name="无7")])
        return BoardReply(ok=True, status=site.controller.now, texts=texts)

    site.controller.reply = reply


async def test_anybody_sees_the_board_and_what_is_written_there_is_text(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        controller_with(site, BoardTexts(exam=EXAM.without_names()))
        nobody = await site.client()
        for language, said in (("zh-CN", "今日课表"), ("en", "Attendance")):
            page = await nobody.get(f"/board?lang={language}", plain=True)
            assert page.status == 200
            assert said in page.text
        assert json.loads((await nobody.get("/board/seats", plain=True)).text) == {
            "seats": [{"seat": "01", "name": ""}]
        }
        controller_with(site, BoardTexts(notices=(HOSTILE,), duty=(HOSTILE,), emergency=HOSTILE))
        teacher = await site.client(Role.TEACHER)
        page = await teacher.get("/board/texts")
        assert HOSTILE not in page.text
        assert page.text.count(html.escape(HOSTILE)) == 3


async def test_what_the_lamp_means_is_what_the_board_says() -> None:
    def lamp(**status: str) -> object:
        return board_view(Status(**status))["lamp"]

    assert lamp(state="idle") == "idle"
    assert lamp(state="idle", lamp="short-blink") == "idle"
    assert lamp(state="recording", lamp="on") == "recording"
    assert lamp(state="recording", lamp="off", status_lamp="green") == "recording", "a lesson begins"
    assert lamp(state="recording", lamp="off", status_lamp="amber-fast-blink") == "trouble"
    assert lamp(state="paused", lamp="slow-blink") == "paused"
    assert lamp(state="finishing", lamp="off") == "idle"


def test_what_is_about_to_happen_by_itself_is_on_the_board_only_while_it_is_announced() -> None:
    at = datetime.datetime(2026, 9, 7, 8, 43, tzinfo=datetime.UTC)
    hint = DayHint(act="end", at=at, title="语文")
    assert "coming" not in board_view(Status(state="recording", day_hint=hint))
    view = board_view(Status(state="recording", day_hint=hint.model_copy(update={"is_announced": True})))
    assert (view["coming"], view["coming_at"]) == ("end", "08:43")
    assert "语文" not in str(view)


async def test_the_way_for_phones_leads_to_the_host_that_the_board_was_asked_by(tmp_path: Path) -> None:
    question = OpenQuestion(number=1, kind="single", choices=4)
    async with web_site.running(tmp_path, config="[board]\nphones = true\n") as site:
        site.controller.now = Status(state="recording", board=BoardStatus(question=question, phones=True))
        nobody = await site.client()
        named = {"Host": f"r204.local:{site.http_port}"}
        joined = await nobody.get("/board/join", plain=True, headers=named)
        assert json.loads(joined.text) == {"address": f"http://r204.local:{site.http_port}/s"}
        drawn = await nobody.get("/board/qr.svg", plain=True, headers=named)
        assert drawn.headers["Content-Type"] == "image/svg+xml"
        assert drawn.text.count("<path") == 2, "light and dark"


def test_a_board_on_the_boxs_own_screen_tells_an_address_that_phones_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.web.box_address.own_addresses", lambda: ["10.1.2.3"])
    assert public_host(URL("http://127.0.0.1/board")) == "10.1.2.3"
    assert public_host(URL("http://localhost:8080/board")) == "10.1.2.3"
    assert public_host(URL("http://[fd00::1]/board")) == "[fd00::1]"
    monkeypatch.setattr("edge.web.box_address.own_addresses", list)
    assert public_host(URL("http://127.0.0.1/board")) is None


async def test_staff_write_what_the_board_shows_and_an_exam_is_the_technicians(tmp_path: Path) -> None:
    async with web_site.running(tmp_path, config="[board]\nphones = true\n") as site:
        controller_with(site, BoardTexts(emergency="集合"))
        teacher, technician = await site.client(Role.TEACHER), await site.client(Role.TECHNICIAN)
        page = await teacher.get("/board/texts")
        assert "无7" in page.text
        assert 'action="/board/texts/exam"' not in page.text
        sent = [
            (teacher, "notices", {"lines": "家长会\r\n\r\n还书"}, SetNotices(notices=("家长会", "还书"))),
            (teacher, "duty", {"lines": "一组"}, SetDuty(duty=("一组",))),
            (teacher, "emergency", {"text": "请到操场"}, SetEmergency(text="请到操场")),
            (teacher, "emergency/end", {}, SetEmergency()),
            (teacher, "phones/free", {"number": "207"}, FreePhones(number="207")),
            (teacher, "phones/free-all", {}, FreePhones()),
            (technician, "exam", {**EXAM_FORM, "seats": "01\t陈晨\n\n"}, SetExam(exam=EXAM)),
            (technician, "exam/end", {}, SetExam()),
        ]
        for client, form, fields, wanted in sent:
            answer = await client.post(f"/board/texts/{form}", data={"csrf": client.csrf, **fields})
            assert answer.status == 303, answer
            asked = site.controller.asked[-1]
            assert asked.model_copy(update={"actor": None}) == wanted
            assert asked.actor is not None
            assert asked.actor.role == ("technician" if client is technician else "teacher")


async def test_what_is_too_much_is_refused_and_stays_in_the_form(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        controller_with(site, BoardTexts())
        technician = await site.client(Role.TECHNICIAN)
        lines = "\n".join(["通知"] * 9)
        refused = [
            ("notices", {"lines": lines}, "通知\n通知"),
            ("emergency", {"text": "x" * 200}, "problem"),
            ("exam", {**EXAM_FORM, "ends": "08:00"}, 'value="数学"'),
            ("exam", {**EXAM_FORM, "seats": "0123456789012345 x"}, 'value="数学"'),
        ]
        for form, fields, kept in refused:
            answer = await technician.post(f"/board/texts/{form}", data={"csrf": technician.csrf, **fields})
            assert answer.status == 400, answer
            assert kept in answer.text
            assert re.search(r'class="problem" role="alert">[^{]+<', answer.text)
