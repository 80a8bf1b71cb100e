"""Messages that all pages share."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "menu": Message("菜单", "Menu"),
    "console": Message("上课", "Lesson"),
    "account": Message("我的账号", "My account"),
    "role-teacher": Message("教师", "teacher"),
    "role-technician": Message("技术员", "technician"),
    "role-observer": Message("听课人", "observer"),
    "log-out": Message("退出（{name}）", "Log out ({name})"),
}
