"""What is plugged in, as lines for the config."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import get_args

from drivers.discovery import DiscoveredDevice
from edge.config.model import CameraConfig, CameraRole, Config, MicrophoneConfig, MicrophoneRole
from edge.i18n import Language, translate

_NAMING = ("device", "card", "serial", "usb_port")
_LINKS = re.compile("^/dev/(v4l|snd)/")
_ROLES: dict[str, tuple[str, ...]] = {"cameras": get_args(CameraRole), "microphones": get_args(MicrophoneRole)}


def snippet(found: Sequence[DiscoveredDevice], config: Config | None, reader: Language) -> str:
    """TOML to be pasted into the config: a table for each device it does not name yet, in a role that is free.

    What it names already, what no role is left for, and serial ports are comments.
    """
    taken = {section: set(_devices(config, section)) for section in _ROLES}
    lines = [f"# {translate('upkeep.found', reader)}" if found else f"# {translate('upkeep.nothing-found', reader)}"]
    for one in found:
        lines += ["", f"# {one.name}" + (f" ({one.details})" if one.details else "")]
        role = _named_by(one, config)
        free = [name for name in _ROLES.get(one.section, ()) if name not in taken[one.section]]
        if role:
            lines.append(f"# {translate('upkeep.found-known', reader, table=f'{one.section}.{role}')}")
        elif free:
            taken[one.section].add(free[0])
            lines += [f"[{one.section}.{free[0]}]", f"driver = {_toml(one.driver)}", *_keys(one)]
        else:
            lines += [f"# {line}" for line in _keys(one)]
    return "\n".join(lines)


def as_json(found: Sequence[DiscoveredDevice]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {"section": one.section, "driver": one.driver, "name": one.name, "details": one.details, "keys": one.keys}
        for one in found
    ]


def _devices(config: Config | None, section: str) -> dict[str, CameraConfig | MicrophoneConfig]:
    if config is None:
        return {}
    return {str(role): device for role, device in getattr(config, section).items()}


def _named_by(one: DiscoveredDevice, config: Config | None) -> str:
    """The role in which the config names this very device; empty where it does not."""
    if one.section not in _ROLES:
        return ""
    for role, device in _devices(config, one.section).items():
        if device.driver == one.driver and _means(device.options, one):
            return role
    return ""


def _means(options: object, one: DiscoveredDevice) -> bool:
    """Whether every name that the config gives is one of this device's."""
    said = {_LINKS.sub("", str(getattr(options, key, ""))) for key in _NAMING} - {""}
    answers = one.answers | {str(value) for value in one.keys.values()}
    return bool(said) and said <= answers and getattr(options, "card_input", 0) == one.keys.get("card_input", 0)


def _keys(one: DiscoveredDevice) -> Iterator[str]:
    return (f"{key} = {_toml(value)}" for key, value in one.keys.items())


def _toml(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False)
