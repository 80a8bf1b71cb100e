"""classroom-edge check: is the config right, and what is in effect?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from edge.config.dump import show
from edge.config.load import load
from edge.config.problems import ConfigProblem, ConfigProblems
from edge.config.toml_files import find
from edge.config.warnings import warnings
from edge.i18n import Language, language, translate
from edge.ledger.migration_trial import MigrationTrial, try_migration
from edge.ledger.read_only import NoLedger
from edge.service import exit_codes

NAME = "check"
HELP = translate("cli.check-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("--show", action="store_true", help=translate("cli.check-show", reader))
    parser.add_argument("--ledger", action="store_true", help=translate("cli.check-ledger", reader))
    parser.add_argument("--json", action="store_true", help=translate("cli.check-json", reader))
    parser.epilog = translate("cli.check-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, ConfigProblems, or, with --ledger, bad; with --json one object is printed, and the code is the same."""
    file = find(args.config)
    try:
        config = load(file)
    except ConfigProblems as wrong:
        if not args.json:
            raise
        _print_json(False, wrong.problems, [], language(wrong.language), None)
        return exit_codes.WRONG
    reader = language(config.room.language)
    trial = _tried(config.paths.ledger) if args.ledger else None
    is_good = not (isinstance(trial, MigrationTrial) and trial.fault)
    code = exit_codes.GOOD if is_good else exit_codes.BAD
    if args.json:
        ledger = {"path": str(config.paths.ledger), **_fields(trial)} if trial else None
        _print_json(is_good, [], warnings(config), reader, ledger)
        return code
    print(translate("cli.check-good", reader, file=file))
    for doubt in warnings(config):
        print(translate("cli.check-doubt", reader, problem=doubt.text(reader)))
    if args.show:
        print(f"\n{show(config)}", end="")
    if trial is not None:
        _print_ledger(config.paths.ledger, trial, reader)
    return code


def _tried(ledger: Path) -> MigrationTrial | NoLedger:
    try:
        return try_migration(ledger)
    except NoLedger as none:
        return none


def _fields(trial: MigrationTrial | NoLedger) -> dict[str, object]:
    return asdict(trial) if isinstance(trial, MigrationTrial) else {"none": str(trial)}


def _print_ledger(path: Path, trial: MigrationTrial | NoLedger, reader: Language) -> None:
    if isinstance(trial, NoLedger):
        print(translate("cli.check-ledger-none", reader, reason=trial))
    elif trial.fault:
        print(translate("cli.check-ledger-bad", reader, reason=trial.fault), file=sys.stderr)
    else:
        print(translate("cli.check-ledger-good", reader, path=path, version=trial.version, newest=trial.newest))


def _print_json(
    ok: bool,
    problems: Sequence[ConfigProblem],
    warnings: Sequence[ConfigProblem],
    reader: Language,
    ledger: Mapping[str, object] | None,
) -> None:
    report: dict[str, object] = {
        "ok": ok,
        "problems": [problem.fields(reader) for problem in problems],
        "warnings": [warning.fields(reader) for warning in warnings],
    }
    if ledger is not None:
        report["ledger"] = ledger
    print(json.dumps(report, ensure_ascii=False, indent=2))
