"""classroom-edge ptz: list the PTZ heads, send them to presets, drive them, stop them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import get_args

from edge.cli.controller_command import controller_command
from edge.cli.sub_actions import add_action, add_actions
from edge.config.model import CameraRole, Config
from edge.i18n import Language, reader_language, translate
from edge.link.control_client import request, status
from edge.link.control_messages import HeadStatus, Reply
from edge.link.control_requests import DriveHead, RecallPreset, StopHead
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.ptz_table import heads_table
from edge.terminal.value_text import reason_text
from pipelines.devices.device_state import DeviceState

HELP = translate("ptz.help", reader_language())

_ARRIVES_S = 50.0
_RENEW_S = 0.2
_DRIVE_S = 1.0
_LONGEST_DRIVE_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four actions, each with its own help, and examples."""
    language = reader_language()
    parser.epilog = translate("ptz.examples", language)
    actions = add_actions(parser, "ptz", "list|recall|drive|stop", language)

    listing = add_action(actions, "ptz", "list", language)
    listing.add_argument("--json", action="store_true", help=translate("ptz.list-json", language))

    recall = add_action(actions, "ptz", "recall", language)
    _add_role(recall, language)
    recall.add_argument("preset", metavar="PRESET", help=translate("ptz.preset", language))

    drive = add_action(actions, "ptz", "drive", language)
    _add_role(drive, language)
    for name in ("pan", "tilt", "zoom"):
        drive.add_argument(f"--{name}", metavar="N", type=_share, default=0.0, help=translate(f"ptz.{name}", language))
    how_long = translate("ptz.seconds", language, default=_DRIVE_S)
    drive.add_argument("--seconds", metavar="S", type=_seconds, default=_DRIVE_S, help=how_long)

    _add_role(add_action(actions, "ptz", "stop", language), language)


@controller_command
def run(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Good, bad (a head is not well, or did not do it), wrong, or unreached."""
    mistake = _mistake(args, config, language)
    if mistake:
        print(mistake, file=sys.stderr)
        return exit_codes.WRONG
    if args.action == "list":
        return _list(args, config, language)
    return _report(args, _carry_out(args, config), language)


def _mistake(args: argparse.Namespace, config: Config, language: Language) -> str:
    """What is asked for and is not in the config."""
    if not config.ptz:
        return translate("ptz.none", language)
    if args.action == "list":
        return ""
    head = config.ptz.get(args.role)
    if head is None:
        return translate("ptz.no-role", language, role=args.role, roles=tuple(config.ptz))
    if args.action == "recall" and args.preset not in head.presets:
        return translate("ptz.no-name", language, role=args.role, preset=args.preset, presets=tuple(head.presets))
    return ""


def _list(args: argparse.Namespace, config: Config, language: Language) -> int:
    heads = status(config.paths.run).ptz
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
        OutputConsole().print(heads_table(heads, config.ptz, language))
    well = all(role in heads and heads[role].state is DeviceState.RUNNING for role in config.ptz)
    return exit_codes.GOOD if well else exit_codes.BAD


def _carry_out(args: argparse.Namespace, config: Config) -> Reply:
    """Do it until it is done; the last reply."""
    run = config.paths.run
    match args.action:
        case "recall":
            return request(run, RecallPreset(role=args.role, preset=args.preset), _ARRIVES_S)
        case "drive":
            return _drive(config, DriveHead(role=args.role, pan=args.pan, tilt=args.tilt, zoom=args.zoom), args.seconds)
        case _:
            return request(run, StopHead(role=args.role))


def _drive(config: Config, wanted: DriveHead, seconds: float) -> Reply:
    """Renew the order until the time is over, since a head stops where nobody does."""
    deadline = time.monotonic() + seconds
    try:
        while (reply := request(config.paths.run, wanted)).ok and (left_s := deadline - time.monotonic()) > 0:
            time.sleep(min(_RENEW_S, left_s))
    finally:
        stopped = request(config.paths.run, StopHead(role=wanted.role))
    return stopped if reply.ok else reply


def _report(args: argparse.Namespace, reply: Reply, language: Language) -> int:
    values = {"role": args.role, "preset": getattr(args, "preset", "")}
    if reply.ok:
        print(translate(f"ptz.{args.action}-done", language, **values))
        return exit_codes.GOOD
    reason = reason_text("ptz", reply.reason, language)
    print(translate(f"ptz.{args.action}-refused", language, reason=reason, **values), file=sys.stderr)
    return exit_codes.BAD


def _add_role(parser: argparse.ArgumentParser, language: Language) -> None:
    roles = translate("ptz.role", language, roles=get_args(CameraRole))
    parser.add_argument("role", metavar="ROLE", help=roles)


def _share(text: str) -> float:
    return _number(text, lambda value: -1 <= value <= 1, translate("ptz.share", reader_language()))


def _seconds(text: str) -> float:
    how_long = translate("ptz.how-long", reader_language(), most=_LONGEST_DRIVE_S)
    return _number(text, lambda value: 0 < value <= _LONGEST_DRIVE_S, how_long)


def _number(text: str, good: Callable[[float], bool], rule: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(rule) from error
    if not good(value):
        raise argparse.ArgumentTypeError(rule)
    return value
