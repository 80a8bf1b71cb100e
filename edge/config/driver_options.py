"""A device's own keys, checked against the Options of the driver that its table names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from drivers import registry
from edge.config import validation_errors
from edge.config.json_schema import Schema
from edge.config.model import CameraConfig, ClickersConfig, MicrophoneConfig, PanelConfig, PtzConfig
from edge.config.problems import ConfigProblem, closest, dotted
from edge.config.toml_files import as_json
from edge.i18n import lazy_message


class DeviceKind(StrEnum):
    """The kinds of devices that a config names; each process asks only for the drivers it uses."""

    CAMERAS = "cameras"
    MICROPHONES = "microphones"
    PANEL = "panel"
    CLICKERS = "clickers"
    PTZ = "ptz"


ALL = frozenset(DeviceKind)
ALONE = frozenset({DeviceKind.PANEL, DeviceKind.CLICKERS})
"""The kinds of which a room has one at most, in a table of its own without roles."""

Drivers = Mapping[DeviceKind, registry.Table]

REGISTERED: Drivers = {
    DeviceKind.CAMERAS: registry.CAMERAS,
    DeviceKind.MICROPHONES: registry.MICROPHONES,
    DeviceKind.PANEL: registry.PANELS,
    DeviceKind.CLICKERS: registry.RECEIVERS,
    DeviceKind.PTZ: registry.PTZ_HEADS,
}

MODELS: Mapping[DeviceKind, type[BaseModel]] = {
    DeviceKind.CAMERAS: CameraConfig,
    DeviceKind.MICROPHONES: MicrophoneConfig,
    DeviceKind.PANEL: PanelConfig,
    DeviceKind.CLICKERS: ClickersConfig,
    DeviceKind.PTZ: PtzConfig,
}

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


def common_keys(kind: DeviceKind) -> list[str]:
    """The keys that every device of a kind has, whatever its driver."""
    return [name for name in MODELS[kind].model_fields if name != "options"]


@dataclass(frozen=True, slots=True)
class DeviceTable:
    """The table of one device as the file has it, and its key path."""

    kind: DeviceKind
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


def in_tables(tables: Mapping[str, Any]) -> Iterator[DeviceTable]:
    """Every device that is described by a table."""
    for kind in DeviceKind:
        section = tables.get(kind)
        if not isinstance(section, dict):
            continue
        if kind in ALONE:
            yield DeviceTable(kind, (kind,), section)
        else:
            for role, table in section.items():
                if isinstance(table, dict):
                    yield DeviceTable(kind, (kind, role), table)


def without_options(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The same tables without the keys that belong to drivers."""
    bare = dict(tables)
    for device in in_tables(tables):
        if device.kind in ALONE:
            bare[device.kind] = device.common()
        else:
            bare[device.kind] = {**bare[device.kind], device.path[-1]: device.common()}
    return bare


def options(device: DeviceTable, names: registry.Table, *, ask: bool) -> tuple[Any, list[ConfigProblem]]:
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


def _checked(device: DeviceTable, wanted: type[Any]) -> tuple[Any, list[ConfigProblem]]:
    own = device.own()
    holder = create_model("Holder", __config__=_STRICT, options=(wanted, ...))
    try:
        made: Any = holder.model_validate_json(as_json({"options": own}))
    except ValidationError as error:
        schema = Schema.of(holder.model_json_schema())
        return own, validation_errors.problems(error, schema, device.path, common_keys(device.kind), own=1)
    return made.options, []


def _unknown_driver(device: DeviceTable, driver: str, names: registry.Table) -> ConfigProblem:
    allowed = lazy_message("config.one-of", choices=tuple(names))
    return ConfigProblem(
        dotted([*device.path, "driver"]), validation_errors.found(driver, "driver"), allowed, closest(driver, names)
    )


def _no_library(device: DeviceTable, driver: str, error: Exception) -> ConfigProblem:
    found = lazy_message("config.no-library", driver=driver, reason=str(error))
    return ConfigProblem(dotted([*device.path, "driver"]), found, lazy_message("config.library"))


def _misspelt(device: DeviceTable) -> list[ConfigProblem]:
    """Near misses of common keys: all that can be told of a driver's keys while the driver is not known."""
    common = common_keys(device.kind)
    return [validation_errors.unknown_key([*device.path, key], common) for key in device.own() if closest(key, common)]
