"""Parsers for subcommands that have actions of their own, such as ``poll open``."""

from __future__ import annotations

import argparse

from edge.i18n import Language, translate


def add_actions(
    parser: argparse.ArgumentParser, catalogue: str, names: str, language: Language
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Let a subcommand have actions; its messages are those of ``catalogue``."""
    actions = translate(f"{catalogue}.actions", language)
    return parser.add_subparsers(dest="action", required=True, metavar=names, help=actions)


def add_action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], catalogue: str, name: str, language: Language
) -> argparse.ArgumentParser:
    """Add one action, with the messages ``<name>-short`` and ``<name>-help`` of the catalogue."""
    return actions.add_parser(
        name,
        help=translate(f"{catalogue}.{name}-short", language),
        description=translate(f"{catalogue}.{name}-help", language),
        language=language,
    )
