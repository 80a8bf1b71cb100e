"""classroom-edge web: run the web process."""

from __future__ import annotations

import argparse

from edge.config.load import load
from edge.config.toml_files import find_config_file
from edge.i18n import reader_language, translate
from edge.service import logs
from edge.service.service_runner import serve
from edge.web import process

NAME = "web"
HELP = translate("web.help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = translate("web.examples", reader_language())


def run(args: argparse.Namespace) -> int:
    """Serve the pages until SIGTERM."""
    config = load(find_config_file(args.config), frozenset())
    logs.configure(NAME)
    return serve(NAME, process.run(config))
