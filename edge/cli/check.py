"""classroom-edge check: validate the config, and print what is in effect."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from edge.cli.trial_clients import client_problems, unreadable_files
from edge.config.dump import masked_toml
from edge.config.load import load
from edge.config.model import Config
from edge.config.problems import ConfigProblem, ConfigProblems
from edge.config.store_trial import ask_store
from edge.config.toml_files import ROOM_FILE, find_config_file
from edge.config.warnings import config_warnings
from edge.i18n import Language, foreign_sentence, reader_language, translate
from edge.ledger.migration_trial import MigrationTrial, try_migration
from edge.ledger.read_only import NoLedger
from edge.service import exit_codes

HELP = translate("cli.check-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("--show", action="store_true", help=translate("cli.check-show", language))
    parser.add_argument("--ledger", action="store_true", help=translate("cli.check-ledger", language))
    parser.add_argument("--store", action="store_true", help=translate("cli.check-store", language))
    parser.add_argument("--mark", action="store_true", help=translate("cli.check-mark", language))
    parser.add_argument("--json", action="store_true", help=translate("cli.check-json", language))
    parser.epilog = translate("cli.check-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good; wrong, with the problems, which --json prints as JSON; bad if a ledger or store asked for does not fit.

    Raises:
        ConfigProblems: The config cannot be used, and --json was not given.
    """
    file = find_config_file(args.config)
    try:
        config = load(file)
        _try_clients(file, config)
    except ConfigProblems as wrong:
        if not args.json:
            raise
        _print_json(False, wrong.problems, [], reader_language(wrong.language), {})
        return exit_codes.WRONG
    language = reader_language(config.room.language)
    trial = _try_migration(config.paths.ledger) if args.ledger else None
    store = ask_store(config, must_mark=args.mark) if args.store else None
    fits = not (isinstance(trial, MigrationTrial) and trial.fault) and not (store and store.fault)
    code = exit_codes.GOOD if fits else exit_codes.BAD
    if args.json:
        more: dict[str, object] = {}
        if trial:
            more["ledger"] = {"path": str(config.paths.ledger), **_fields(trial)}
        if args.store:
            more["store"] = store.fields() if store else None
        _print_json(fits, [], config_warnings(config), language, more)
        return code
    print(translate("cli.check-good", language, file=file))
    for doubt in config_warnings(config):
        print(translate("cli.check-doubt", language, problem=doubt.text(language)))
    if args.show:
        print(f"\n{masked_toml(config)}", end="")
    if trial is not None:
        _print_ledger(config.paths.ledger, trial, language)
    if args.store:
        said = store.text(language) if store else translate("cli.check-store-none", language)
        print(said, file=sys.stderr if store and store.fault else sys.stdout)
    return code


def _try_clients(file: Path, config: Config) -> None:
    """Try what a loaded config may still be refused for when it is used."""
    problems = list(client_problems(config))
    if os.geteuid() == 0:
        problems += unreadable_files([file, file.with_name(ROOM_FILE)])
    if problems:
        raise ConfigProblems(file, problems, config.room.language)


def _try_migration(ledger: Path) -> MigrationTrial | NoLedger:
    try:
        return try_migration(ledger)
    except NoLedger as none:
        return none


def _fields(trial: MigrationTrial | NoLedger) -> dict[str, object]:
    return asdict(trial) if isinstance(trial, MigrationTrial) else {"none": str(trial)}


def _print_ledger(path: Path, trial: MigrationTrial | NoLedger, language: Language) -> None:
    if isinstance(trial, NoLedger):
        print(translate("cli.check-ledger-none", language, reason=trial))
    elif trial.fault:
        print(translate("cli.check-ledger-bad", language, reason=foreign_sentence(trial.fault)), file=sys.stderr)
    else:
        print(translate("cli.check-ledger-good", language, path=path, version=trial.version, newest=trial.newest))


def _print_json(
    ok: bool,
    problems: Sequence[ConfigProblem],
    warnings: Sequence[ConfigProblem],
    language: Language,
    more: Mapping[str, object],
) -> None:
    report: dict[str, object] = {
        "ok": ok,
        "problems": [problem.fields(language) for problem in problems],
        "warnings": [warning.fields(language) for warning in warnings],
    }
    print(json.dumps({**report, **more}, ensure_ascii=False, indent=2))
