"""What a person does to the lesson from a terminal: the deed is asked for, and what came of it is said."""

from __future__ import annotations

import argparse
import sys

from edge.config.load import load
from edge.config.toml_files import find_config_file
from edge.i18n import language, translate, translate_code
from edge.link.control_client import NotReachable, ask
from edge.link.control_messages import Act
from edge.service import exit_codes
from edge.terminal.finding_text import clock


def carry_out(args: argparse.Namespace, act: Act, label: str = "") -> int:
    """Good once it has happened; bad, with the reason, where it could not."""
    config = load(find_config_file(args.config), kinds=frozenset())
    reader = language(config.room.language)
    try:
        answer = ask(config.paths.run, act, label)
    except NotReachable as error:
        print(error.why.text(reader), file=sys.stderr)
        return exit_codes.UNREACHED
    if not answer.ok:
        reason = translate_code("room.fault", reader, translate_code("room.reason", reader, answer.reason))
        print(translate(f"room.{act}-refused", reader, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    status = answer.status
    lesson_time = clock(round(status.lesson_time_s * 1e9))
    print(translate(f"room.{act}-done", reader, lesson=status.lesson or "–", time=lesson_time))
    return exit_codes.GOOD
