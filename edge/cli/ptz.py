"""classroom-edge ptz: list the heads that turn cameras, send them to presets, drive them, stop them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import get_args

from rich.console import Console

from edge.classroom.recorder_messages import DeviceState
from edge.config.load import load
from edge.config.model import CameraRole, Config
from edge.config.toml_files import find_config_file
from edge.i18n import Language, language, translate, translate_code
from edge.link.control_client import NotReachable, ask, request
from edge.link.control_messages import Act, HeadStatus, Reply, Request
from edge.service import exit_codes
from edge.terminal.ptz_table import heads_table

NAME = "ptz"
HELP = translate("ptz.help", language())

_ARRIVES_S = 50.0
_RENEW_S = 0.2
_DRIVE_S = 1.0
_LONGEST_DRIVE_S = 60.0
_ACTS = {"recall": Act.PTZ_RECALL, "drive": Act.PTZ_DRIVE, "stop": Act.PTZ_STOP}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four actions, each with its own help, and examples."""
    reader = language()
    parser.epilog = translate("ptz.examples", reader)
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="list|recall|drive|stop", help=translate("ptz.actions", reader)
    )

    listing = _action(actions, "list", reader)
    listing.add_argument("--json", action="store_true", help=translate("ptz.list-json", reader))

    recall = _action(actions, "recall", reader)
    _add_role(recall, reader)
    recall.add_argument("preset", metavar="PRESET", help=translate("ptz.preset", reader))

    drive = _action(actions, "drive", reader)
    _add_role(drive, reader)
    for name in ("pan", "tilt", "zoom"):
        drive.add_argument(f"--{name}", metavar="N", type=_share, default=0.0, help=translate(f"ptz.{name}", reader))
    how_long = translate("ptz.seconds", reader, default=_DRIVE_S)
    drive.add_argument("--seconds", metavar="S", type=_seconds, default=_DRIVE_S, help=how_long)

    _add_role(_action(actions, "stop", reader), reader)


def run(args: argparse.Namespace) -> int:
    """Good, bad (a head that does not do well, or did not do it), wrong, or unreached."""
    config = load(find_config_file(args.config), kinds=frozenset())
    reader = language(config.room.language)
    wrong = _mistake(args, config, reader)
    if wrong:
        print(wrong, file=sys.stderr)
        return exit_codes.WRONG
    try:
        if args.action == "list":
            return _list(args, config, reader)
        return _told(args, _carry_out(args, config), reader)
    except NotReachable as error:
        print(error.why.text(reader), file=sys.stderr)
        return exit_codes.UNREACHED


def _mistake(args: argparse.Namespace, config: Config, reader: Language) -> str:
    """What is asked for and is not in the config."""
    if not config.ptz:
        return translate("ptz.none", reader)
    if args.action == "list":
        return ""
    head = config.ptz.get(args.role)
    if head is None:
        return translate("ptz.no-role", reader, role=args.role, roles=tuple(config.ptz))
    if args.action == "recall" and args.preset not in head.presets:
        return translate("ptz.no-name", reader, role=args.role, preset=args.preset, presets=tuple(head.presets))
    return ""


def _list(args: argparse.Namespace, config: Config, reader: Language) -> int:
    heads = ask(config.paths.run, Act.STATUS).status.ptz
    if args.json:
        rows = {
            role: {
                "driver": head.driver,
                **heads.get(role, HeadStatus(state=DeviceState.OPENING)).model_dump(),
                "presets": head.presets,
            }
            for role, head in config.ptz.items()
        }
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        Console().print(heads_table(heads, config.ptz, reader))
    well = all(role in heads and heads[role].state is DeviceState.RUNNING for role in config.ptz)
    return exit_codes.GOOD if well else exit_codes.BAD


def _carry_out(args: argparse.Namespace, config: Config) -> Reply:
    """Do it until it is done; the last answer. Unreached."""
    wanted = Request(act=_ACTS[args.action], role=args.role)
    match args.action:
        case "recall":
            recall = wanted.model_copy(update={"preset": args.preset})
            return request(config.paths.run, recall, _ARRIVES_S)
        case "drive":
            speeds = {"pan": args.pan, "tilt": args.tilt, "zoom": args.zoom}
            return _drive(config, wanted.model_copy(update=speeds), args.seconds)
        case _:
            return request(config.paths.run, wanted)


def _drive(config: Config, wanted: Request, seconds: float) -> Reply:
    """Renew it until the time is over, for a head stops where nobody does."""
    deadline = time.monotonic() + seconds
    try:
        while (answer := request(config.paths.run, wanted)).ok and (left_s := deadline - time.monotonic()) > 0:
            time.sleep(min(_RENEW_S, left_s))
    finally:
        stopped = request(config.paths.run, Request(act=Act.PTZ_STOP, role=wanted.role))
    return stopped if answer.ok else answer


def _told(args: argparse.Namespace, answer: Reply, reader: Language) -> int:
    values = {"role": args.role, "preset": getattr(args, "preset", "")}
    if answer.ok:
        print(translate(f"ptz.{args.action}-done", reader, **values))
        return exit_codes.GOOD
    reason = translate_code("room.fault", reader, translate_code("ptz.reason", reader, answer.reason))
    print(translate(f"ptz.{args.action}-refused", reader, reason=reason, **values), file=sys.stderr)
    return exit_codes.BAD


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, reader: Language
) -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name,
        help=translate(f"ptz.{name}-short", reader),
        description=translate(f"ptz.{name}-help", reader),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    parser.add_argument("-h", "--help", action="help", help=translate("cli.help", reader))
    return parser


def _add_role(parser: argparse.ArgumentParser, reader: Language) -> None:
    roles = translate("ptz.role", reader, roles=get_args(CameraRole))
    parser.add_argument("role", metavar="ROLE", help=roles)


def _share(text: str) -> float:
    return _number(text, lambda value: -1 <= value <= 1, translate("ptz.share", language()))


def _seconds(text: str) -> float:
    how_long = translate("ptz.how-long", language(), most=_LONGEST_DRIVE_S)
    return _number(text, lambda value: 0 < value <= _LONGEST_DRIVE_S, how_long)


def _number(text: str, good: Callable[[float], bool], rule: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(rule) from error
    if not good(value):
        raise argparse.ArgumentTypeError(rule)
    return value
