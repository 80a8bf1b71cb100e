"""classroom-edge director: who cuts the programme, and which camera is on air."""

from __future__ import annotations

import argparse
import sys

from edge.cli.controller_command import controller_command
from edge.config.model import Config
from edge.i18n import Language, reader_language, translate
from edge.link.control_client import request
from edge.link.control_messages import DirectorStatus
from edge.link.control_requests import ChooseDirectorMode, ControlRequest, CutToCamera, GetStatus
from edge.service import exit_codes
from edge.terminal.director_text import director_line
from edge.terminal.value_text import reason_text
from pipelines.directing.observations import DirectorMode

HELP = translate("director.help", reader_language())

_CUT, _TAKE = "cut", "take"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    actions = [*DirectorMode, _CUT, _TAKE]
    parser.add_argument(
        "action", nargs="?", choices=actions, metavar="|".join(actions), help=translate("director.action", language)
    )
    parser.add_argument("role", nargs="?", metavar="ROLE", default="", help=translate("director.role", language))
    parser.add_argument("--json", action="store_true", help=translate("director.json", language))
    parser.epilog = translate("director.examples", language)


@controller_command
def run(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Good; bad where it was not done; wrong use; unreached. Where nobody directs, looking is good, too."""
    if mistake := _mistake(args, config, language):
        print(mistake, file=sys.stderr)
        return exit_codes.WRONG
    reply = request(config.paths.run, _wanted(args))
    if not reply.ok:
        reason = reason_text("director", reply.reason, language)
        print(translate("director.refused", language, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    _show(reply.status.director, language, as_json=args.json)
    return exit_codes.GOOD


def _mistake(args: argparse.Namespace, config: Config, language: Language) -> str:
    """What is wrong with the arguments, as a sentence."""
    cameras = tuple(config.cameras)
    if args.action == _CUT and not args.role:
        return translate("director.cut-needs-role", language, cameras=cameras)
    if args.action != _CUT and args.role:
        return translate("director.role-needs-cut", language, role=args.role)
    if args.role and args.role not in cameras:
        return translate("director.unknown-role", language, role=args.role, cameras=cameras)
    return ""


def _wanted(args: argparse.Namespace) -> ControlRequest:
    match args.action:
        case None:
            return GetStatus()
        case "cut" | "take":
            return CutToCamera(role=args.role)
        case mode:
            return ChooseDirectorMode(mode=DirectorMode(mode))


def _show(director: DirectorStatus | None, language: Language, *, as_json: bool) -> None:
    if as_json:
        print("null" if director is None else director.model_dump_json(indent=2))
    else:
        print(translate("director.idle", language) if director is None else director_line(director, language))
