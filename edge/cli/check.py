"""classroom-edge check: is the config right, and what is in effect?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from edge.config.dump import masked_toml
from edge.config.load import load
from edge.config.problems import ConfigProblem, ConfigProblems
from edge.config.toml_files import find_config_file
from edge.config.warnings import config_warnings
from edge.i18n import Language, language, translate
from edge.service import exit_codes

HELP = translate("cli.check-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("--show", action="store_true", help=translate("cli.check-show", reader))
    parser.add_argument("--json", action="store_true", help=translate("cli.check-json", reader))
    parser.epilog = translate("cli.check-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, or ConfigProblems; with --json the problems are printed instead, and the code is the same."""
    file = find_config_file(args.config)
    try:
        config = load(file)
    except ConfigProblems as wrong:
        if not args.json:
            raise
        _print_json(False, wrong.problems, [], language(wrong.language))
        return exit_codes.WRONG
    reader = language(config.room.language)
    if args.json:
        _print_json(True, [], config_warnings(config), reader)
        return exit_codes.GOOD
    print(translate("cli.check-good", reader, file=file))
    for doubt in config_warnings(config):
        print(translate("cli.check-doubt", reader, problem=doubt.text(reader)))
    if args.show:
        print(f"\n{masked_toml(config)}", end="")
    return exit_codes.GOOD


def _print_json(
    ok: bool, problems: Sequence[ConfigProblem], warnings: Sequence[ConfigProblem], reader: Language
) -> None:
    report = {
        "ok": ok,
        "problems": [problem.fields(reader) for problem in problems],
        "warnings": [warning.fields(reader) for warning in warnings],
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
