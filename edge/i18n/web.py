"""Messages of ``web``."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "运行网页进程：登录、班牌、控制台、学生作答。平时由 systemd 启动；它停下或重启时，正在录的课不受影响。",
        "Run the process that serves the pages: login, class board, console, students' answers. systemd starts it\n"
        "as a rule; when it stops or is started again, the lesson that is being recorded does not notice.",
    ),
    "examples": Message(
        "示例：\n  classroom-edge web --config /etc/classroom-edge/config.toml",
        "Example:\n  classroom-edge web --config /etc/classroom-edge/config.toml",
    ),
}
