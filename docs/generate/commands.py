"""The command reference, made from the parsers of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from docs.generate.markdown import code_block, paragraphs, table
from edge.cli.main import PROGRAM, subcommand_parser
from edge.cli.subcommands import SUBCOMMANDS
from edge.i18n import Language, Message, translate

_TITLE = Message(
    "命令参考",
    "Commands",
)
_INTRODUCTION = Message(
    "本页由命令行程序生成（`make reference`），请勿直接修改。每条命令都有 `--help`，内容相同。",
    "This page is made from the command line itself (`make reference`); do not edit it. Every command has"
    " `--help`, which says the same.",
)
_COMMON = Message(
    "所有命令都可以加 `--config FILE`（也可以写在子命令之前）：",
    "Every command takes `--config FILE`, also before the subcommand:",
)
_ARGUMENT = Message(
    "参数",
    "argument",
)
_MEANING = Message(
    "说明",
    "meaning",
)
_EVERYWHERE = ("help", "config")


def commands_page(reader: Language) -> str:
    """Every subcommand and action: what it does, its usage, its arguments, and examples."""
    introduction = [
        f"# {_TITLE.text(reader)}",
        _INTRODUCTION.text(reader),
        f"{_COMMON.text(reader)} {translate('cli.config', reader)}",
        translate("cli.exit-codes", reader),
        translate("cli.language", reader),
    ]
    sections = [part for name in SUBCOMMANDS for part in _section(subcommand_parser(name, reader), 2, reader)]
    return "\n\n".join([*introduction, *sections]) + "\n"


def _section(parser: argparse.ArgumentParser, level: int, reader: Language) -> Iterator[str]:
    yield f"{'#' * level} {parser.prog.removeprefix(PROGRAM).strip()}"
    yield paragraphs(parser.description or "")
    actions = [one for one in parser._actions if one.dest not in _EVERYWHERE]
    groups = [one for one in actions if isinstance(one, argparse._SubParsersAction)]
    yield code_block("sh", _usage(parser))
    rows = [(_name(one), one.help or "") for one in actions if one not in groups]
    if rows:
        yield table([_ARGUMENT.text(reader), _MEANING.text(reader)], rows)
    if parser.epilog:
        yield code_block("text", parser.epilog)
    for group in groups:
        for one in group.choices.values():
            yield from _section(one, level + 1, reader)


def _usage(parser: argparse.ArgumentParser) -> str:
    parser.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=1000)
    usage = parser.format_usage().removeprefix("usage: ").strip()
    return usage.replace(" [-h]", "").replace(" [--config FILE]", "")


def _name(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    value = f" {action.metavar or action.dest.upper()}" if action.nargs != 0 else ""
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)
