"""classroom-edge controller: run the controller process."""

from __future__ import annotations

import argparse

from edge.config.driver_options import DeviceKind
from edge.config.load import load
from edge.config.toml_files import find_config_file
from edge.controller import process
from edge.i18n import reader_language, translate
from edge.service import logs
from edge.service.service_runner import serve

NAME = "controller"
HELP = translate("processes.controller-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = translate("processes.controller-examples", reader_language())


def run(args: argparse.Namespace) -> int:
    """Run the controller until SIGTERM."""
    config = load(find_config_file(args.config), frozenset({DeviceKind.PANEL, DeviceKind.PTZ, DeviceKind.CLICKERS}))
    logs.configure(NAME)
    return serve(NAME, process.run(config))
