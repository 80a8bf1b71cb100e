"""A room as the class board and the students' page show it: what its controller says."""

from __future__ import annotations

import datetime
from typing import Any

from edge.classroom.board_content import ExamSeat
from edge.link.control_messages import Status
from tests.web_site import Site

BOARDS = {"upright": (1080, 1920), "lying": (1920, 1080), "small": (1280, 800)}
NOW = datetime.datetime(2026, 11, 10, 10, 13, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
BOARD: dict[str, Any] = {
    "room": "教学楼 204",
    "school_class": "九年级（3）班",
    "notices": ["明天下午 2:30 家长会，请提醒家长带身份证。", "图书角归还截止本周五。"],
    "duty": ["第一组", "刘畅", "孟佳"],
    "roll": {"due": 42, "here": 40},
    "phones": True,
}
RECORDING: dict[str, Any] = {"state": "recording", "lamp": "on", "watched": 2, "board": BOARD}
QUESTION = {"number": 3, "kind": "single", "choices": 4}
EXAM = {"name": "期中考试", "subject": "数学", "date": str(NOW.date()), "begins": "00:00", "ends": "23:59"}
SEATS = tuple(ExamSeat(seat=f"{at:02}", name="陈晨") for at in range(1, 41))


def _day() -> dict[str, Any]:
    """Eight lessons of which the third is now."""
    starts = [NOW + datetime.timedelta(minutes=at) for at in range(-110, 290, 50)]
    subjects = ["语文", "数学", "英语", "道德与法治", "物理", "体育与健康", "历史", "班会"]
    lessons = [
        {
            "start": start.isoformat(),
            "end": (start + datetime.timedelta(minutes=40)).isoformat(),
            "subject": subject,
            "teacher": "王敏老师",
            "period": f"第{'一二三四五六七八'[at]}节",
        }
        for at, (start, subject) in enumerate(zip(starts, subjects, strict=True))
    ]
    return {"date": str(NOW.date()), "lessons": lessons}


def show(site: Site, status: dict[str, Any]) -> None:
    site.controller.now = Status.model_validate({"day": _day(), **status})
