"""Table of the subcommands: a name, and the module that carries it out, which is imported when it is chosen.

The module of a subcommand has ``HELP`` (what it does, for its ``--help``), ``add_arguments(parser)`` (examples go into
``parser.epilog``) and ``run(args) -> int`` (see ``edge.service.exit_codes``); a module of several subcommands has
``subcommand(name)``, which makes an object with these three.
"""

from __future__ import annotations

import argparse
import importlib
from typing import Protocol, cast

from edge.i18n import Message


class Subcommand(Protocol):
    """What a subcommand offers."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Carry it out; the exit code. ``args.config`` is the --config given, or None."""


SUBCOMMANDS: dict[str, tuple[str, Message]] = {
    "demo": ("edge.cli.demo", Message("用模拟设备录一节示范课", "record a lesson on simulated devices")),
    "run": ("edge.cli.run", Message("启动录制、控制和网页进程", "run recorder, controller and web together")),
    "recorder": ("edge.cli.recorder", Message("只运行录制进程", "run the recorder process")),
    "controller": ("edge.cli.controller", Message("只运行控制进程", "run the controller process")),
    "web": (
        "edge.cli.web",
        Message("网页：运行进程，设置密码和证书", "the pages: their process, passwords, certificate"),
    ),
    "check": ("edge.cli.check", Message("检查配置文件", "check the config file")),
    "devices": ("edge.cli.devices", Message("列出并试开各个设备", "list the devices and try them")),
    "calibrate": (
        "edge.cli.calibrate",
        Message("校准教室：一步一步测量、设置、出报告", "calibrate the room: measured and set step by step"),
    ),
    "status": ("edge.cli.status", Message("这间教室现在的情况", "how the room is now")),
    "start": ("edge.cli.lesson_commands", Message("开始上课（录制）", "start a lesson")),
    "stop": ("edge.cli.lesson_commands", Message("下课（结束录制）", "end the lesson")),
    "pause": ("edge.cli.lesson_commands", Message("暂停：不录像也不录音", "pause: neither picture nor sound is kept")),
    "resume": ("edge.cli.lesson_commands", Message("暂停后继续", "go on after a pause")),
    "mark": ("edge.cli.lesson_commands", Message("在此刻做一个标记", "mark this moment of the lesson")),
    "director": ("edge.cli.director", Message("导播：谁来切，播出哪一路", "who cuts, and which camera is on air")),
    "poll": ("edge.cli.poll", Message("答题：出题、收题、看结果", "ask the class: open, close and show polls")),
    "roster": ("edge.cli.roster", Message("学生名单和反馈器", "the class list, and whose clicker is whose")),
    "board": (
        "edge.cli.board",
        Message("班牌：通知、值日、紧急通知、考试", "the class board: notices, duty, exam"),
    ),
    "timetable": ("edge.cli.timetable", Message("课表：查看、检查、导入", "the timetable: show, check, import")),
    "ptz": ("edge.cli.ptz", Message("转动云台：列出、预置位、手动、停", "turn and zoom the cameras that can")),
    "lessons": ("edge.cli.lessons", Message("列出本机的课", "list the lessons on this box")),
    "verify": ("edge.cli.verify", Message("完整检查一节课的录像", "check a recorded lesson in full")),
    "join": ("edge.cli.join", Message("把一节课合成一个 MP4 文件", "join a lesson into one MP4 file")),
    "recut": ("edge.cli.recut", Message("重新剪辑一节课的导播画面", "cut a lesson's programme again")),
    "recover": (
        "edge.cli.recover",
        Message("修复中断或损坏的录像", "repair lessons that were cut off or damaged"),
    ),
    "support": (
        "edge.cli.support",
        Message("把日志、配置和状态打包，发给帮忙的人", "pack logs, config and state for whoever helps"),
    ),
}


def subcommand(name: str) -> Subcommand:
    """The subcommand of this name, imported."""
    module = importlib.import_module(SUBCOMMANDS[name][0])
    make = getattr(module, "subcommand", None)
    return cast(Subcommand, module if make is None else make(name))
