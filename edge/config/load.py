"""Loading a config: read, merged and validated as a whole, with every problem reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from edge.config import driver_options, toml_files, validation_errors
from edge.config.director_rules import director_problems
from edge.config.driver_options import ALL, REGISTERED, DeviceKind, Drivers
from edge.config.model import Config
from edge.config.problems import ConfigProblem, ConfigProblems
from edge.config.schema_lookup import Schema
from edge.i18n import Language


def load(
    file: Path, kinds: Set[DeviceKind] = ALL, drivers: Drivers = REGISTERED, room_file: Path | None = None
) -> Config:
    """Load and validate the config in ``file``.

    The drivers of ``kinds`` are imported and make the devices' ``options`` their Options; devices of other
    kinds keep theirs as a mapping, unchecked. Relative paths count from the file's folder. ``room_file`` is tried in
    the place of the room.toml beside it.

    Raises:
        ConfigProblems: with every problem of the file and of room.toml beside it, each with its line.
    """
    text = toml_files.read_tables(file, room_file)
    raw = text.tables
    if not text.is_read:
        raise ConfigProblems(file, text.problems, _language(raw))
    problems: list[ConfigProblem] = []
    tables = _from_folder(raw, file.absolute().parent)
    options: dict[tuple[str, ...], Any] = {}
    for device in driver_options.device_tables(tables):
        options[device.path], wrong = driver_options.parse_options(
            device, drivers[device.kind], ask=device.kind in kinds
        )
        problems += wrong
    try:
        config = Config.model_validate_json(
            toml_files.tables_as_json(driver_options.strip_options(tables)), strict=True
        )
    except ValidationError as error:
        problems = validation_errors.config_problems(error, Schema.of(_schema(drivers))) + problems
    else:
        problems += director_problems(config)
    if not text.is_whole:
        problems = [problem for problem in problems if _stands_alone(problem, text.broken)]
    if problems := [text.located(problem) for problem in text.problems + problems]:
        raise ConfigProblems(file, problems, _language(raw))
    return _with_options(config, options)


def _stands_alone(problem: ConfigProblem, broken: Set[str]) -> bool:
    """Whether a problem is there whatever the statements say that could not be read."""
    table = problem.path.rpartition(".")[0]
    is_name = problem.found.key in ("config.unknown-key", "config.unknown-role")
    return problem.found.key != "config.nothing" and (is_name or not {table, problem.path} & broken)


def _from_folder(raw: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    tables = dict(raw)
    if isinstance(paths := raw.get("paths"), dict):
        tables["paths"] = {key: _absolute(folder, value) for key, value in paths.items()}
    if isinstance(web := raw.get("web"), dict) and "state" in web:
        tables["web"] = {**web, "state": _absolute(folder, web["state"])}
    return tables


def _absolute(folder: Path, path: Any) -> Any:
    """A path that begins with ~ stays as it is, and is refused: a service has no home."""
    return str(folder / path) if isinstance(path, str) and path and not path.startswith("~") else path


def _with_options(config: Config, options: Mapping[tuple[str, ...], Any]) -> Config:
    return config.model_copy(
        update={
            "cameras": {
                role: camera.model_copy(update={"options": options[DeviceKind.CAMERAS, role]})
                for role, camera in config.cameras.items()
            },
            "microphones": {
                role: microphone.model_copy(update={"options": options[DeviceKind.MICROPHONES, role]})
                for role, microphone in config.microphones.items()
            },
            "panel": config.panel and config.panel.model_copy(update={"options": options[DeviceKind.PANEL,]}),
            "wand": config.wand and config.wand.model_copy(update={"options": options[DeviceKind.WAND,]}),
            "clickers": config.clickers
            and config.clickers.model_copy(update={"options": options[DeviceKind.CLICKERS,]}),
            "ptz": {
                role: head.model_copy(update={"options": options[DeviceKind.PTZ, role]})
                for role, head in config.ptz.items()
            },
        }
    )


def _schema(drivers: Drivers) -> dict[str, Any]:
    """Return the JSON schema of ``Config`` with the names of the registered drivers filled in."""
    schema = Config.model_json_schema()
    for kind, model in driver_options.MODELS.items():
        schema["$defs"][model.__name__]["properties"]["driver"]["enum"] = list(drivers[kind])
    return schema


def _language(raw: Mapping[str, Any]) -> Language | None:
    room = raw.get("room")
    asked = room.get("language") if isinstance(room, dict) else None
    return next((one for one in get_args(Language) if one == asked), None)
