"""The devices that are plugged in as a TOML snippet for the config."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import get_args

from drivers.discovered_device import DiscoveredDevice
from edge.config.driver_options import SINGLE_KINDS, DeviceKind
from edge.config.identity_keys import is_device_of
from edge.config.model import CameraConfig, CameraRole, Config, MicrophoneConfig, MicrophoneRole
from edge.i18n import Language, translate

_ROLES: dict[str, tuple[str, ...]] = {"cameras": get_args(CameraRole), "microphones": get_args(MicrophoneRole)}


def toml_snippet(found: Sequence[DiscoveredDevice], config: Config | None, language: Language) -> str:
    """TOML to be pasted into the config: a table for each device that it does not name yet, in a role that is free.

    Devices that it names already, those that no role or table is left for, and serial ports are comments.
    """
    taken = {section: set(_devices(config, section)) for section in _ROLES}
    lines = ["# " + translate("maintenance.found" if found else "maintenance.nothing-found", language)]
    for one in found:
        lines += ["", f"# {one.name}" + (f" ({one.details})" if one.details else "")]
        role = _configured_role(one, config)
        free = [name for name in _ROLES.get(one.section, ()) if name not in taken[one.section]]
        if role:
            lines.append(f"# {translate('maintenance.found-known', language, table=role)}")
        elif one.section in SINGLE_KINDS and (config is None or config.clickers is None):
            lines += _table(one.section, one, language)
        elif free:
            taken[one.section].add(free[0])
            lines += _table(f"{one.section}.{free[0]}", one, language)
        else:
            lines += [f"# {line}" for line in _keys(one)]
    return "\n".join(lines)


def json_list(found: Sequence[DiscoveredDevice]) -> list[dict[str, object]]:
    """The devices as JSON objects."""
    return [
        {"section": one.section, "driver": one.driver, "name": one.name, "details": one.details, "keys": one.keys}
        for one in found
    ]


def _devices(config: Config | None, section: str) -> dict[str, CameraConfig | MicrophoneConfig]:
    if config is None or section not in _ROLES:
        return {}
    return {str(role): device for role, device in getattr(config, section).items()}


def _configured_role(one: DiscoveredDevice, config: Config | None) -> str:
    """The table in which the config names this very device; empty where it does not."""
    for role, device in _devices(config, one.section).items():
        if device.driver == one.driver and is_device_of(device.options, one):
            return f"{one.section}.{role}"
    base = config.clickers if config is not None and one.section == DeviceKind.CLICKERS else None
    return one.section if base is not None and base.driver == one.driver and is_device_of(base.options, one) else ""


def _table(name: str, one: DiscoveredDevice, language: Language) -> list[str]:
    """The device's table; a key that was not discovered stands as a comment, so that nothing is guessed."""
    chosen = translate("maintenance.found-choose", language)
    open_keys = [f"# {key} = {' | '.join(map(_toml, values))}  # {chosen}" for key, values in one.choices.items()]
    return [f"[{name}]", f"driver = {_toml(one.driver)}", *open_keys, *_keys(one)]


def _keys(one: DiscoveredDevice) -> Iterator[str]:
    return (f"{key} = {_toml(value)}" for key, value in one.keys.items())


def _toml(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False)
