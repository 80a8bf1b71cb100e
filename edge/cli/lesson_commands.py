"""classroom-edge start, stop, pause, resume, mark: the lesson worked from a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from edge.classroom.recorder_messages import NOTHING_CAPTURED
from edge.cli.controller_command import controller_command
from edge.config.model import Config
from edge.i18n import Language, reader_language, translate, translate_code
from edge.link.control_client import request
from edge.link.control_requests import (
    LONGEST_LABEL,
    ControlRequest,
    MarkLesson,
    PauseLesson,
    ResumeLesson,
    StartLesson,
    StopLesson,
)
from edge.service import exit_codes
from edge.terminal.status_line import device_fault_lines
from edge.terminal.value_text import lesson_time_text, reason_text


class LessonCommand:
    """The subcommand ``name``, which sends the request that ``wanted`` makes of its arguments."""

    def __init__(self, name: str, wanted: Callable[[argparse.Namespace], ControlRequest]) -> None:
        self.HELP = translate(f"room.{name}-help", reader_language())
        self.run = controller_command(self._run)
        self._name = name
        self._wanted = wanted

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Arguments and examples."""
        language = reader_language()
        if self._name == "mark":
            label = translate("room.mark-label", language)
            parser.add_argument("--label", metavar="TEXT", default="", type=_label, help=label)
        parser.epilog = translate(f"room.{self._name}-examples", language)

    def _run(self, args: argparse.Namespace, config: Config, language: Language) -> int:
        """Good once it has happened; bad, with the reason, where it could not, or records nothing but slates."""
        reply = request(config.paths.run, self._wanted(args))
        if not reply.ok:
            reason = reason_text("room", reply.reason, language)
            print(translate(f"room.{self._name}-refused", language, reason=reason), file=sys.stderr)
            return exit_codes.BAD
        status = reply.status
        lesson_time = lesson_time_text(round(status.lesson_time_s * 1e9))
        print(translate(f"room.{self._name}-done", language, lesson=status.lesson or "–", time=lesson_time))
        if self._name != "start" or NOTHING_CAPTURED not in status.faults:
            return exit_codes.GOOD
        print(translate_code("room.fault", language, NOTHING_CAPTURED), file=sys.stderr)
        for line in device_fault_lines(status, language):
            print(line, file=sys.stderr)
        return exit_codes.BAD


def _label(text: str) -> str:
    if len(text) > LONGEST_LABEL:
        raise argparse.ArgumentTypeError(translate("room.mark-too-long", reader_language(), most=LONGEST_LABEL))
    return text


REQUESTS: dict[str, Callable[[argparse.Namespace], ControlRequest]] = {
    "start": lambda _: StartLesson(),
    "stop": lambda _: StopLesson(),
    "pause": lambda _: PauseLesson(),
    "resume": lambda _: ResumeLesson(),
    "mark": lambda args: MarkLesson(label=args.label),
}


def subcommand(name: str) -> LessonCommand:
    """One of the five subcommands."""
    return LessonCommand(name, REQUESTS[name])
