"""Subcommands that have actions of their own, each with its help."""

from __future__ import annotations

import argparse

from edge.i18n import Language, translate


def actions_of(
    parser: argparse.ArgumentParser, room: str, names: str, reader: Language
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Where the actions of a subcommand are added; its sentences are those of ``room``."""
    return parser.add_subparsers(dest="action", required=True, metavar=names, help=translate(f"{room}.actions", reader))


def add_action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], room: str, name: str, reader: Language
) -> argparse.ArgumentParser:
    """One action, with the sentences ``<name>-short`` and ``<name>-help`` of its room."""
    parser = actions.add_parser(
        name,
        help=translate(f"{room}.{name}-short", reader),
        description=translate(f"{room}.{name}-help", reader),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    parser.add_argument("-h", "--help", action="help", help=translate("cli.help", reader))
    return parser
