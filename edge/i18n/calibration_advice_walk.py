"""Why a step of the calibration came to nothing, and what to do about it."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "answer-missing": Message(
        "回答文件里缺 {question}，或者写得不对：请补上。",
        "The file of answers lacks {question}, or what it has does not fit: add it.",
    ),
    "step-skipped": Message(
        "跳过了；要做：classroom-edge calibrate {step}", "It was left out; to do it: classroom-edge calibrate {step}"
    ),
    "step-left": Message(
        "中途离开了；要做：classroom-edge calibrate {step}",
        "It was left half-way; to do it: classroom-edge calibrate {step}",
    ),
    "request-refused": Message("控制进程不肯做：{reason}", "The controller refused: {reason}"),
    "config-refused": Message("配置不对：{reason}", "The config is wrong: {reason}"),
    "package-missing": Message(
        "缺少软件包 {package}：pip install 'classroom-edge[calibration]'",
        "The package {package} is missing: pip install 'classroom-edge[calibration]'",
    ),
    "system-refuses": Message("系统不允许：{reason}", "The system refuses: {reason}"),
    "disk-fails": Message("磁盘读写出错：请检查磁盘，再做一次。", "The disk fails: see to it, then do the step again."),
    "settings-refused": Message(
        "设置没有写入 room.toml，原来的文件没有动：{reason}",
        "The settings were not written into room.toml, which is as it was: {reason}",
    ),
}
