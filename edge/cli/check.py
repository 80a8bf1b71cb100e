"""classroom-edge check: is the config right, and what is in effect?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from edge.cli import exits
from edge.config.doubts import doubts
from edge.config.files import find
from edge.config.load import load
from edge.config.problems import ConfigProblems, Problem
from edge.config.show import show
from edge.words import Language, language, say

NAME = "check"
HELP = say("cli.check-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("--show", action="store_true", help=say("cli.check-show", reader))
    parser.add_argument("--json", action="store_true", help=say("cli.check-json", reader))
    parser.epilog = say("cli.check-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, or ConfigProblems; with --json the problems are printed instead, and the code is the same."""
    file = find(args.config)
    try:
        config = load(file)
    except ConfigProblems as wrong:
        if not args.json:
            raise
        _print_json(False, wrong.problems, [], language(wrong.language))
        return exits.WRONG
    reader = language(config.room.language)
    if args.json:
        _print_json(True, [], doubts(config), reader)
        return exits.GOOD
    print(say("cli.check-good", reader, file=file))
    for doubt in doubts(config):
        print(say("cli.check-doubt", reader, problem=doubt.text(reader)))
    if args.show:
        print(f"\n{show(config)}", end="")
    return exits.GOOD


def _print_json(ok: bool, problems: Sequence[Problem], warnings: Sequence[Problem], reader: Language) -> None:
    report = {
        "ok": ok,
        "problems": [problem.fields(reader) for problem in problems],
        "warnings": [warning.fields(reader) for warning in warnings],
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
