"""Entry point of the classroom-edge command: parses what comes before the subcommand, and runs the subcommand."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from edge.cli.argument_parser import TranslatedParser
from edge.cli.subcommands import SUBCOMMANDS, subcommand
from edge.config.problems import ConfigProblems, closest_name
from edge.i18n import Language, reader_language, translate
from edge.service import exit_codes

PROGRAM = "classroom-edge"

# NumPy starts a thread for each core as it is imported, for matrices such as nobody here has; children inherit this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit code. Wrong use ends in SystemExit(2), as argparse has it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name the terminal cannot show is no reason to fail
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        return _output_closed()
    except ExceptionGroup as group:
        if group.split(BrokenPipeError)[1] is not None:
            raise
        return _output_closed()


def _run(argv: Sequence[str] | None) -> int:
    language = reader_language()
    frame = _frame(language)
    args = frame.parse_args(argv)
    if args.subcommand is None:
        frame.print_help(sys.stderr)
        return exit_codes.WRONG
    if args.subcommand not in SUBCOMMANDS:
        frame.error(_no_subcommand(args.subcommand, language))
    parser = subcommand_parser(args.subcommand, language, config=args.config)
    parser.epilog = "\n\n".join(filter(None, [parser.epilog, translate("cli.exit-codes", language)]))
    try:
        return subcommand(args.subcommand).run(parser.parse_args(args.rest))
    except ConfigProblems as wrong:
        print(wrong.report(reader_language(wrong.language)), file=sys.stderr)
        return exit_codes.WRONG
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED


def _output_closed() -> int:
    """Whoever read our output is gone (``… | head``): nothing more is written, and nothing said of it."""
    with open(os.devnull, "w") as devnull:
        os.dup2(devnull.fileno(), sys.stdout.fileno())  # what is still buffered is flushed when Python ends
    return exit_codes.OUTPUT_CLOSED


def subcommand_parser(name: str, language: Language, config: Path | None = None) -> argparse.ArgumentParser:
    """The parser of one subcommand, with its examples as epilog; ``config`` is the default of its --config."""
    chosen = subcommand(name)
    parser = _parser(f"{PROGRAM} {name}", chosen.HELP, language)
    _add_config(parser, language, default=config)
    chosen.add_arguments(parser)
    return parser


def _frame(language: Language) -> argparse.ArgumentParser:
    parser = _parser(PROGRAM, translate("cli.description", language), language)
    parser.usage = f"{PROGRAM} [-h] [--version] [--config FILE] SUBCOMMAND …"
    parser.add_argument("--version", action=_Version, nargs=0, help=translate("cli.version", language))
    _add_config(parser, language, default=None)
    parser.add_argument("subcommand", metavar="SUBCOMMAND", nargs="?", help=translate("cli.subcommand", language))
    parser.add_argument("rest", metavar="…", nargs=argparse.REMAINDER, help=translate("cli.rest", language))
    lines = [f"  {name:<12}{sentence.text(language)}" for name, (_, sentence) in SUBCOMMANDS.items()]
    listing = "\n".join([f"{translate('cli.subcommands', language)}:", *lines])
    parser.epilog = "\n\n".join([listing, translate("cli.exit-codes", language), translate("cli.language", language)])
    return parser


def _parser(program: str, description: str, language: Language) -> argparse.ArgumentParser:
    return TranslatedParser(language, prog=program, description=description)


def _add_config(parser: argparse.ArgumentParser, language: Language, default: Path | None) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, default=default, help=translate("cli.config", language))


def _no_subcommand(name: str, language: Language) -> str:
    wrong = translate("cli.no-subcommand", language, name=name)
    hint = closest_name(name, SUBCOMMANDS)
    return f"{wrong}; {translate('cli.did-you-mean', language, hint=hint)}" if hint else wrong


class _Version(argparse.Action):
    """Prints the version; it is looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        try:
            version = metadata.version(PROGRAM)
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        print(PROGRAM, version)
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
