"""Messages of ``recorder``, ``controller`` and ``run``."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "recorder-help": Message(
        "运行录制进程：摄像机、话筒、编码、录制灯。平时由 systemd 启动；收到 SIGTERM 时停下，\n"
        "正在录的课会保存好，进程再启动时接着录。",
        "Run the process that records: cameras, microphones, encoders, the recording lamp. systemd starts it\n"
        "as a rule; on SIGTERM it stops, the running lesson is kept whole and goes on when it is started again.",
    ),
    "recorder-examples": Message(
        "示例：\n  classroom-edge recorder --config /etc/classroom-edge/config.toml",
        "Example:\n  classroom-edge recorder --config /etc/classroom-edge/config.toml",
    ),
    "controller-help": Message(
        "运行控制进程：按钮、状态灯、上传、检查、状态查询。平时由 systemd 启动；\n它停下或重启时，正在录的课不受影响。",
        "Run the process that controls: buttons, status lamp, uploads, checks, status. systemd starts it as a\n"
        "rule; when it stops or is started again, the lesson that is being recorded does not notice.",
    ),
    "controller-examples": Message(
        "示例：\n  classroom-edge controller --config /etc/classroom-edge/config.toml",
        "Example:\n  classroom-edge controller --config /etc/classroom-edge/config.toml",
    ),
    "run-help": Message(
        "启动录制、控制和网页进程并看着它们：哪个意外停了就重新启动哪个，其余不受影响。\n"
        "用于没有 systemd 的机器；收到 SIGTERM 或 Ctrl-C 时，先停网页和控制进程，再停录制进程。",
        "Run recorder, controller and web and look after them: whichever dies is started again, and the others do\n"
        "not notice. For a box without systemd. On SIGTERM or Ctrl-C web is stopped first, the recorder last.",
    ),
    "run-examples": Message(
        "例：\n  classroom-edge --config room.toml run\n  classroom-edge --config room.toml status    在另一个终端里看",
        "Examples:\n"
        "  classroom-edge --config room.toml run\n"
        "  classroom-edge --config room.toml status    look at it from another terminal",
    ),
}
