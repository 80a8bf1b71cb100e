"""classroom-edge devices: does every device of the config work, and what else is plugged in?"""

from __future__ import annotations

import argparse
import json
import logging
import sys

from rich import box
from rich.table import Table
from rich.text import Text

from drivers.samples import PictureFormat, SoundFormat
from edge.calibration.device_probe import ProbeResult, probe_devices
from edge.classroom.recorder_messages import DeviceState, RecorderState
from edge.cli import config_snippet
from edge.config.driver_options import DeviceKind
from edge.config.load import load
from edge.config.model import Config
from edge.config.problems import ConfigProblems
from edge.config.toml_files import find_config_file
from edge.i18n import Language, language, translate
from edge.link.control_client import recorder_state
from edge.recorder import composition
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.device_styles import DEVICE_STYLES
from edge.terminal.finding_text import track_name

HELP = translate("upkeep.devices-help", language())

_TRY_S = 2.0

Row = dict[str, str | float | int | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("--json", action="store_true", help=translate("upkeep.devices-json", reader))
    parser.epilog = translate("upkeep.devices-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good if every device runs, bad otherwise. What is plugged in is told also where the config is wrong."""
    there = composition.found()
    try:
        config = load(find_config_file(args.config), frozenset({DeviceKind.CAMERAS, DeviceKind.MICROPHONES}))
    except ConfigProblems:
        print(config_snippet.snippet(there, None, language()))
        raise
    reader = language(config.room.language)
    drivers = _drivers(config)
    if not drivers:
        print(translate("upkeep.no-devices", reader), file=sys.stderr)
        print(config_snippet.snippet(there, config, reader))
        return exit_codes.BAD
    state = recorder_state(config.paths.run)
    if state is not None:
        print(translate("upkeep.recorder-has-them", reader), file=sys.stderr)
        rows = {role: _told(state, role, driver) for role, driver in drivers.items()}
    else:
        print(translate("upkeep.trying", reader, seconds=_TRY_S), file=sys.stderr)
        logging.getLogger().addHandler(logging.NullHandler())  # the table tells what a log would
        rows = {role: _seen(drivers[role], tried) for role, tried in probe_devices(config, _TRY_S).items()}
    if args.json:
        said = {"tried": state is None, "devices": rows, "found": config_snippet.as_json(there)}
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        OutputConsole().print(_table(rows, reader))
        print(config_snippet.snippet(there, config, reader))
    return exit_codes.GOOD if all(row["state"] == DeviceState.RUNNING for row in rows.values()) else exit_codes.BAD


def _drivers(config: Config) -> dict[str, str]:
    """Each device's driver, by role."""
    cameras: dict[str, str] = {role: camera.driver for role, camera in config.cameras.items()}
    microphones: dict[str, str] = {role: microphone.driver for role, microphone in config.microphones.items()}
    return cameras | microphones


def _told(state: RecorderState, role: str, driver: str) -> Row:
    """A device by the recorder's word; it measures while it records."""
    device = state.devices.get(role)
    return {
        "driver": driver,
        "state": device.state if device else DeviceState.OPENING,
        "reason": device.reason if device else "",
        "fps": state.rates_fps.get(role),
        "level_dbfs": state.meters_dbfs.get(role),
    }


def _seen(driver: str, tried: ProbeResult) -> Row:
    """A device by what came from it just now."""
    row: Row = {"driver": driver, "state": DeviceState(tried.condition.health), "reason": tried.condition.reason}
    match tried.condition.format:
        case PictureFormat() as form:
            row |= {"width": form.width, "height": form.height, "coding": form.coding}
            row |= {"nominal_fps": float(form.fps), "fps": _rounded(tried.rate), "luma": _rounded(tried.luma)}
        case SoundFormat() as form:
            row |= {"channels": form.channels, "nominal_hz": form.rate_hz, "rate_hz": _rounded(tried.rate)}
            row |= {"level_dbfs": _rounded(tried.level_dbfs)}
        case _:
            pass
    return row


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _table(rows: dict[str, Row], reader: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("device", "driver", "state", "format", "rate", "measured", "reason"):
        table.add_column(translate(f"upkeep.column-{column}", reader), overflow="fold")
    for role, row in rows.items():
        state = DeviceState(str(row["state"]))
        table.add_row(
            track_name(role, reader),
            str(row["driver"]),
            Text(translate(f"room.device-{state}", reader), DEVICE_STYLES[state]),
            _said(row, "upkeep.picture-format", ("width", "height", "coding", "nominal_fps"), reader)
            or _said(row, "upkeep.sound-format", ("channels", "nominal_hz"), reader),
            _said(row, "room.rate", ("fps",), reader) or _said(row, "upkeep.sample-rate", ("rate_hz",), reader),
            _said(row, "upkeep.luma", ("luma",), reader) or _said(row, "upkeep.level", ("level_dbfs",), reader),
            Text(str(row["reason"])),
        )
    return table


def _said(row: Row, key: str, names: tuple[str, ...], reader: Language) -> str:
    """The sentence with these values of the row; nothing where one of them is not known."""
    values = {name: row.get(name) for name in names}
    return "" if None in values.values() else translate(key, reader, **values)
