"""Driver-specific keys of a device's table, validated against the Options class of its driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from drivers import registry
from edge.config import validation_errors
from edge.config.model import CameraConfig, ClickersConfig, MicrophoneConfig, PanelConfig, PtzConfig, WandConfig
from edge.config.problems import ConfigProblem, closest_name, dotted_key
from edge.config.schema_lookup import Schema
from edge.config.toml_files import tables_as_json
from edge.i18n import lazy_message


class DeviceKind(StrEnum):
    """Kinds of devices in a config; each process imports only the drivers of the kinds that it uses."""

    CAMERAS = "cameras"
    MICROPHONES = "microphones"
    PANEL = "panel"
    WAND = "wand"
    CLICKERS = "clickers"
    PTZ = "ptz"


ALL = frozenset(DeviceKind)
SINGLE_KINDS = frozenset({DeviceKind.PANEL, DeviceKind.WAND, DeviceKind.CLICKERS})
"""Kinds of which a room has at most one, in a table without roles."""

Drivers = Mapping[DeviceKind, registry.Table]

REGISTERED: Drivers = {
    DeviceKind.CAMERAS: registry.CAMERAS,
    DeviceKind.MICROPHONES: registry.MICROPHONES,
    DeviceKind.PANEL: registry.PANELS,
    DeviceKind.WAND: registry.WANDS,
    DeviceKind.CLICKERS: registry.RECEIVERS,
    DeviceKind.PTZ: registry.PTZ_HEADS,
}

MODELS: Mapping[DeviceKind, type[BaseModel]] = {
    DeviceKind.CAMERAS: CameraConfig,
    DeviceKind.MICROPHONES: MicrophoneConfig,
    DeviceKind.PANEL: PanelConfig,
    DeviceKind.WAND: WandConfig,
    DeviceKind.CLICKERS: ClickersConfig,
    DeviceKind.PTZ: PtzConfig,
}

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


def common_keys(kind: DeviceKind) -> list[str]:
    """Return the keys that every device of a kind has, whatever its driver."""
    return [name for name in MODELS[kind].model_fields if name != "options"]


@dataclass(frozen=True, slots=True)
class DeviceTable:
    """The table of one device as it stands in the file, and its key path."""

    kind: DeviceKind
    path: tuple[str, ...]
    table: Mapping[str, Any]

    def common_values(self) -> dict[str, Any]:
        """The values of the keys that all devices of its kind have."""
        known = common_keys(self.kind)
        return {key: value for key, value in self.table.items() if key in known}

    def driver_values(self) -> dict[str, Any]:
        """The values of the driver's keys."""
        known = common_keys(self.kind)
        return {key: value for key, value in self.table.items() if key not in known}


def device_tables(tables: Mapping[str, Any]) -> Iterator[DeviceTable]:
    """Yield the table of every device."""
    for kind in DeviceKind:
        section = tables.get(kind)
        if not isinstance(section, dict):
            continue
        if kind in SINGLE_KINDS:
            yield DeviceTable(kind, (kind,), section)
        else:
            for role, table in section.items():
                if isinstance(table, dict):
                    yield DeviceTable(kind, (kind, role), table)


def strip_options(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables without the drivers' keys."""
    bare = dict(tables)
    for device in device_tables(tables):
        if device.kind in SINGLE_KINDS:
            bare[device.kind] = device.common_values()
        else:
            bare[device.kind] = {**bare[device.kind], device.path[-1]: device.common_values()}
    return bare


def parse_options(device: DeviceTable, names: registry.Table, *, ask: bool) -> tuple[Any, list[ConfigProblem]]:
    """Build the driver's Options from the device's table; return them and the problems found.

    Without ``ask`` the driver is not imported, and its keys are returned as a mapping, unchecked.
    """
    own = device.driver_values()
    driver = device.table.get("driver")
    if not isinstance(driver, str):
        return own, _misspelt(device)
    if driver not in names:
        return own, [_unknown_driver(device, driver, names), *_misspelt(device)]
    if not ask:
        return own, []
    try:
        wanted = registry.load_driver(names, driver).Options
    except (ImportError, OSError) as error:  # sounddevice says OSError where libportaudio is not there
        return own, [_missing_library(device, driver, error)]
    return _validated(device, wanted)


def _validated(device: DeviceTable, wanted: type[Any]) -> tuple[Any, list[ConfigProblem]]:
    own = device.driver_values()
    holder = create_model("Holder", __config__=_STRICT, options=(wanted, ...))
    try:
        made: Any = holder.model_validate_json(tables_as_json({"options": own}))
    except ValidationError as error:
        schema = Schema.of(holder.model_json_schema())
        return own, validation_errors.config_problems(error, schema, device.path, common_keys(device.kind), own=1)
    return made.options, []


def _unknown_driver(device: DeviceTable, driver: str, names: registry.Table) -> ConfigProblem:
    allowed = lazy_message("config.one-of", choices=tuple(names))
    return ConfigProblem(
        dotted_key([*device.path, "driver"]),
        validation_errors.describe_value(driver, "driver"),
        allowed,
        closest_name(driver, names),
    )


def _missing_library(device: DeviceTable, driver: str, error: Exception) -> ConfigProblem:
    found = lazy_message("config.no-library", driver=driver, reason=str(error))
    return ConfigProblem(dotted_key([*device.path, "driver"]), found, lazy_message("config.library"))


def _misspelt(device: DeviceTable) -> list[ConfigProblem]:
    """Return misspelt common keys: nothing else is known of the keys of an unknown driver."""
    common = common_keys(device.kind)
    return [
        validation_errors.unknown_key_problem([*device.path, key], common)
        for key in device.driver_values()
        if closest_name(key, common)
    ]
