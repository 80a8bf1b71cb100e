"""A device's own keys, checked against the Options of the driver that its table names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from drivers import registry
from edge.config import refusals
from edge.config.files import as_json
from edge.config.model import Camera, Clickers, Microphone, Panel, Ptz
from edge.config.problems import Problem, closest, dotted
from edge.config.schema import Schema
from edge.words import saying


class Kind(StrEnum):
    """The kinds of devices that a config names; each process asks only for the drivers it uses."""

    CAMERAS = "cameras"
    MICROPHONES = "microphones"
    PANEL = "panel"
    CLICKERS = "clickers"
    PTZ = "ptz"


ALL = frozenset(Kind)
ALONE = frozenset({Kind.PANEL, Kind.CLICKERS})
"""The kinds of which a room has one at most, in a table of its own without roles."""

Drivers = Mapping[Kind, registry.Table]

REGISTERED: Drivers = {
    Kind.CAMERAS: registry.CAMERAS,
    Kind.MICROPHONES: registry.MICROPHONES,
    Kind.PANEL: registry.PANELS,
    Kind.CLICKERS: registry.RECEIVERS,
    Kind.PTZ: registry.PTZ_HEADS,
}

MODELS: Mapping[Kind, type[BaseModel]] = {
    Kind.CAMERAS: Camera,
    Kind.MICROPHONES: Microphone,
    Kind.PANEL: Panel,
    Kind.CLICKERS: Clickers,
    Kind.PTZ: Ptz,
}

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


def common_keys(kind: Kind) -> list[str]:
    """The keys that every device of a kind has, whatever its driver."""
    return [name for name in MODELS[kind].model_fields if name != "options"]


@dataclass(frozen=True, slots=True)
class Device:
    """The table of one device as the file has it, and its key path."""

    kind: Kind
    path: tuple[str, ...]
    table: Mapping[str, Any]

    def common(self) -> dict[str, Any]:
        """What it says under the keys that all devices of its kind have."""
        known = common_keys(self.kind)
        return {key: value for key, value in self.table.items() if key in known}

    def own(self) -> dict[str, Any]:
        """What it says under its driver's keys."""
        known = common_keys(self.kind)
        return {key: value for key, value in self.table.items() if key not in known}


def in_tables(tables: Mapping[str, Any]) -> Iterator[Device]:
    """Every device that is described by a table."""
    for kind in Kind:
        section = tables.get(kind)
        if not isinstance(section, dict):
            continue
        if kind in ALONE:
            yield Device(kind, (kind,), section)
        else:
            for role, table in section.items():
                if isinstance(table, dict):
                    yield Device(kind, (kind, role), table)


def without_options(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The same tables without the keys that belong to drivers."""
    bare = dict(tables)
    for device in in_tables(tables):
        if device.kind in ALONE:
            bare[device.kind] = device.common()
        else:
            bare[device.kind] = {**bare[device.kind], device.path[-1]: device.common()}
    return bare


def options(device: Device, names: registry.Table, *, ask: bool) -> tuple[Any, list[Problem]]:
    """The driver's Options made of the device's own keys, and what is wrong with them.

    Without ``ask`` no driver is imported and the keys stay as they are, unchecked.
    """
    own = device.own()
    driver = device.table.get("driver")
    if not isinstance(driver, str):
        return own, _misspelt(device)
    if driver not in names:
        return own, [_unknown_driver(device, driver, names), *_misspelt(device)]
    if not ask:
        return own, []
    try:
        wanted = registry.driver(names, driver).Options
    except (ImportError, OSError) as error:  # sounddevice says OSError where libportaudio is not there
        return own, [_no_library(device, driver, error)]
    return _checked(device, wanted)


def _checked(device: Device, wanted: type[Any]) -> tuple[Any, list[Problem]]:
    own = device.own()
    holder = create_model("Holder", __config__=_STRICT, options=(wanted, ...))
    try:
        made: Any = holder.model_validate_json(as_json({"options": own}))
    except ValidationError as error:
        schema = Schema.of(holder.model_json_schema())
        return own, refusals.problems(error, schema, device.path, common_keys(device.kind), own=1)
    return made.options, []


def _unknown_driver(device: Device, driver: str, names: registry.Table) -> Problem:
    allowed = saying("config.one-of", choices=tuple(names))
    return Problem(
        dotted([*device.path, "driver"]), refusals.found(driver, "driver"), allowed, closest(driver, names)
    )


def _no_library(device: Device, driver: str, error: Exception) -> Problem:
    found = saying("config.no-library", driver=driver, reason=str(error))
    return Problem(dotted([*device.path, "driver"]), found, saying("config.library"))


def _misspelt(device: Device) -> list[Problem]:
    """Near misses of common keys: all that can be told of a driver's keys while the driver is not known."""
    common = common_keys(device.kind)
    return [refusals.unknown_key([*device.path, key], common) for key in device.own() if closest(key, common)]
