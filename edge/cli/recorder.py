"""classroom-edge recorder: run the recorder process."""

from __future__ import annotations

import argparse

from edge.config.driver_options import ALL
from edge.config.load import load
from edge.config.toml_files import find_config_file
from edge.i18n import reader_language, translate
from edge.recorder import process
from edge.service import logs
from edge.service.service_runner import serve

NAME = "recorder"
HELP = translate("processes.recorder-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = translate("processes.recorder-examples", reader_language())


def run(args: argparse.Namespace) -> int:
    """Run the recorder until SIGTERM."""
    config = load(find_config_file(args.config), ALL)
    logs.configure(NAME)
    return serve(NAME, process.run(config))
