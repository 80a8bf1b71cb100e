"""What a person does to the lesson from a terminal: the deed is asked for, and what came of it is said."""

from __future__ import annotations

import argparse
import sys

from edge.classroom.receipts import clock
from edge.cli import exits
from edge.config.files import find
from edge.config.load import load
from edge.link.requests import Act
from edge.terminal.asking import Unreached, ask
from edge.words import language, say, say_word


def carry_out(args: argparse.Namespace, act: Act, label: str = "") -> int:
    """Good once it has happened; bad, with the reason, where it could not."""
    config = load(find(args.config), kinds=frozenset())
    reader = language(config.room.language)
    try:
        answer = ask(config.paths.run, act, label)
    except Unreached as error:
        print(error.why.text(reader), file=sys.stderr)
        return exits.UNREACHED
    if not answer.ok:
        reason = say_word("room.fault", reader, say_word("room.reason", reader, answer.reason))
        print(say(f"room.{act}-refused", reader, reason=reason), file=sys.stderr)
        return exits.BAD
    status = answer.status
    lesson_time = clock(round(status.lesson_time_s * 1e9))
    print(say(f"room.{act}-done", reader, lesson=status.lesson or "–", time=lesson_time))
    return exits.GOOD
