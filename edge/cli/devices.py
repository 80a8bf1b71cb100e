"""classroom-edge devices: try every device of the config, and list what else is plugged in."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict

from rich.text import Text

from drivers.samples import PictureFormat, SoundFormat
from edge.calibration.device_probe import ProbeResult, probe_devices
from edge.classroom.recorder_messages import RecorderState
from edge.cli import config_snippet
from edge.cli.peripheral_trial import reported_peripherals, try_peripherals
from edge.config.load import load
from edge.config.model import Config
from edge.config.problems import ConfigProblems
from edge.config.toml_files import find_config_file
from edge.i18n import Language, reader_language, translate, translate_code
from edge.link.control_client import NotReachable, recorder_state, status
from edge.recorder import composition
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.device_styles import DEVICE_STYLES
from edge.terminal.value_text import track_name
from pipelines.devices.device_state import DeviceState

HELP = translate("maintenance.devices-help", reader_language())

_PROBE_S = 2.0

Row = dict[str, str | float | int | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("--json", action="store_true", help=translate("maintenance.devices-json", language))
    parser.epilog = translate("maintenance.devices-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good if every device runs, bad otherwise. What is plugged in is listed also where the config is wrong."""
    found = composition.discovered_devices()
    try:
        config = load(find_config_file(args.config))
    except ConfigProblems:
        print(config_snippet.toml_snippet(found, None, reader_language()))
        raise
    language = reader_language(config.room.language)
    logging.getLogger().addHandler(logging.NullHandler())  # the list has what a log would
    state = recorder_state(config.paths.run)
    rows = _recorded(config, state, language) | _controlled(config, language)
    has_sources = bool(config.cameras or config.microphones)
    if args.json:
        report = {"tried": state is None, "devices": rows, "found": config_snippet.json_list(found)}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        if not has_sources:
            print(translate("maintenance.no-devices", language), file=sys.stderr)
        for name, row in rows.items():
            OutputConsole().print(_lines(name, row, language), soft_wrap=True)
        print(config_snippet.toml_snippet(found, config, language))
    running = all(row["state"] == DeviceState.RUNNING for row in rows.values())
    return exit_codes.GOOD if running and has_sources else exit_codes.BAD


def _recorded(config: Config, state: RecorderState | None, language: Language) -> dict[str, Row]:
    """What the recorder uses, by role: as it reports it, or tried out where it does not run."""
    drivers = _drivers(config)
    if not drivers:
        return {}
    if state is not None:
        print(translate("maintenance.recorder-has-them", language), file=sys.stderr)
        return {role: _reported(state, role, driver) for role, driver in drivers.items()}
    print(translate("maintenance.trying", language, seconds=_PROBE_S), file=sys.stderr)
    return {role: _probed(drivers[role], result) for role, result in probe_devices(config, _PROBE_S).items()}


def _controlled(config: Config, language: Language) -> dict[str, Row]:
    """What the controller uses, by table: as it reports it, or tried out where it does not run."""
    try:
        seen = reported_peripherals(config, status(config.paths.run))
    except NotReachable:
        seen = try_peripherals(config)
    return {name: {**asdict(one), "state": one.state} for name, one in seen.items()}


def _drivers(config: Config) -> dict[str, str]:
    """Each device's driver, by role."""
    cameras: dict[str, str] = {role: camera.driver for role, camera in config.cameras.items()}
    microphones: dict[str, str] = {role: microphone.driver for role, microphone in config.microphones.items()}
    return cameras | microphones


def _reported(state: RecorderState, role: str, driver: str) -> Row:
    """A device as the recorder reports it; rates and levels are there while it records."""
    device = state.devices.get(role)
    return {
        "driver": driver,
        "state": device.state if device else DeviceState.OPENING,
        "reason": device.reason if device else "",
        "fps": state.rates_fps.get(role),
        "level_dbfs": state.meters_dbfs.get(role),
    }


def _probed(driver: str, result: ProbeResult) -> Row:
    """A device as it was just probed."""
    row: Row = {"driver": driver, "state": DeviceState(result.condition.state), "reason": result.condition.reason}
    match result.condition.format:
        case PictureFormat() as form:
            row |= {"width": form.width, "height": form.height, "coding": form.coding}
            row |= {"nominal_fps": float(form.fps), "fps": _rounded(result.rate), "luma": _rounded(result.luma)}
        case SoundFormat() as form:
            row |= {"channels": form.channels, "nominal_hz": form.rate_hz, "rate_hz": _rounded(result.rate)}
            row |= {"level_dbfs": _rounded(result.level_dbfs)}
        case _:
            pass
    return row


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _lines(name: str, row: Row, language: Language) -> Text:
    """A device on a line, and below it what it delivers or why it does not: readable at any width, and in a pipe."""
    kind, _, role = name.partition(".")
    shown = translate("maintenance.head-of", language, camera=track_name(role, language)) if role else ""
    state = DeviceState(str(row["state"]))
    text = Text(f"{shown or track_name(kind, language)} ({name}, {row['driver']}): ")
    text.append(translate(f"room.device-{state}", language), DEVICE_STYLES[state])
    measured = [
        _text(row, "maintenance.picture-format", ("width", "height", "coding", "nominal_fps"), language),
        _text(row, "maintenance.sound-format", ("channels", "nominal_hz"), language),
        _text(row, "maintenance.real-rate", ("fps",), language),
        _text(row, "maintenance.sample-rate", ("rate_hz",), language),
        _text(row, "maintenance.luma", ("luma",), language),
        _text(row, "maintenance.level", ("level_dbfs",), language),
        str(row.get("model") or ""),
    ]
    for part in (row["reason"] and translate_code("room.fault", language, str(row["reason"])), *measured):
        if part:
            text.append(f"\n    {part}")
    return text


def _text(row: Row, key: str, names: tuple[str, ...], language: Language) -> str:
    """The message with these values of the row; empty where one of them is not known."""
    values = {name: row.get(name) for name in names}
    return "" if None in values.values() else translate(key, language, **values)
