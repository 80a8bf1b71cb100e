"""Messages that all pages share."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "menu": Message("菜单", "Menu"),
    "console": Message("上课", "Lesson"),
    "lessons": Message("回放", "Recordings"),
    "role-teacher": Message("教师", "teacher"),
    "role-technician": Message("技术员", "technician"),
    "role-observer": Message("听课人", "observer"),
    "refused": Message("这一页您不能看", "This page is not for you"),
    "refused-why": Message(
        "您的身份是{role}。需要的话请找技术员。", "You are a {role}. If you need it, ask the technician."
    ),
    "log-out": Message("退出（{name}）", "Log out ({name})"),
}
