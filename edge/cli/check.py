"""classroom-edge check: validate the config, and print what is in effect."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from edge.config.dump import masked_toml
from edge.config.load import load
from edge.config.problems import ConfigProblem, ConfigProblems
from edge.config.toml_files import find_config_file
from edge.config.warnings import config_warnings
from edge.i18n import Language, reader_language, translate
from edge.service import exit_codes

HELP = translate("cli.check-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("--show", action="store_true", help=translate("cli.check-show", language))
    parser.add_argument("--json", action="store_true", help=translate("cli.check-json", language))
    parser.epilog = translate("cli.check-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good, or wrong with the problems, which --json prints as JSON.

    Raises:
        ConfigProblems: The config cannot be used, and --json was not given.
    """
    file = find_config_file(args.config)
    try:
        config = load(file)
    except ConfigProblems as wrong:
        if not args.json:
            raise
        _print_json(False, wrong.problems, [], reader_language(wrong.language))
        return exit_codes.WRONG
    language = reader_language(config.room.language)
    if args.json:
        _print_json(True, [], config_warnings(config), language)
        return exit_codes.GOOD
    print(translate("cli.check-good", language, file=file))
    for doubt in config_warnings(config):
        print(translate("cli.check-doubt", language, problem=doubt.text(language)))
    if args.show:
        print(f"\n{masked_toml(config)}", end="")
    return exit_codes.GOOD


def _print_json(
    ok: bool, problems: Sequence[ConfigProblem], warnings: Sequence[ConfigProblem], language: Language
) -> None:
    report = {
        "ok": ok,
        "problems": [problem.fields(language) for problem in problems],
        "warnings": [warning.fields(language) for warning in warnings],
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
