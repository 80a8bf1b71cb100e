"""The parser of the command line, which speaks the reader's language also where argparse makes the sentences."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any, NoReturn

from edge.i18n import Language, translate, translate_sentence
from edge.service import exit_codes


class TranslatedParser(argparse.ArgumentParser):
    """An ArgumentParser without abbreviations, whose descriptions and epilogs keep their lines."""

    def __init__(self, language: Language, **settings: Any) -> None:
        super().__init__(formatter_class=partial(_Formatter, language), add_help=False, allow_abbrev=False, **settings)
        self._language: Language = language
        self._positionals.title = translate("cli.arguments", language)
        self._optionals.title = translate("cli.options", language)
        self.add_argument("-h", "--help", action="help", help=translate("cli.help", language))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and end.

        Raises:
            SystemExit: always.
        """
        self.print_usage(sys.stderr)
        said = translate(
            "cli.error", self._language, program=self.prog, message=translate_sentence(message, self._language)
        )
        self.exit(exit_codes.WRONG, f"{said}\n")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, language: Language, prog: str) -> None:
        super().__init__(prog)
        self._language: Language = language

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Begin with the reader's word for usage."""
        super().add_usage(usage, actions, groups, translate("cli.usage", self._language) if prefix is None else prefix)
