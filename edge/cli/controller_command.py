"""Frame of the subcommands that ask the controller: loads the config, and reports a controller that is not reached."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from edge.config.load import load
from edge.config.model import Config
from edge.config.toml_files import find_config_file
from edge.i18n import Language, reader_language
from edge.link.control_client import NotReachable
from edge.service import exit_codes


def controller_command(
    body: Callable[[argparse.Namespace, Config, Language], int],
) -> Callable[[argparse.Namespace], int]:
    """Make a subcommand's ``run``: ``body`` gets the config and the reader's language, and may raise NotReachable."""

    def run(args: argparse.Namespace) -> int:
        config = load(find_config_file(args.config), kinds=frozenset())
        language = reader_language(config.room.language)
        try:
            return body(args, config, language)
        except NotReachable as error:
            print(error.why.text(language), file=sys.stderr)
            return exit_codes.UNREACHED

    return run
