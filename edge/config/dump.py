"""The config that is in effect, as TOML, with defaults filled in and secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from edge.config.model import Config
from edge.config.problems import dotted
from edge.config.secret_masking import MASK, is_secret, masked


def show(config: Config) -> str:
    """Every key with the value in effect, as TOML text; what is secret is masked."""
    return toml(_hidden(tables(config)))


def tables(config: Config) -> dict[str, Any]:
    """The config as the tables that a file would hold, each driver's keys inline, SecretStr already masked."""
    whole = config.model_dump(mode="json")
    for devices in (whole["cameras"], whole["microphones"], whole["ptz"]):
        for role, device in devices.items():
            devices[role] = _inline(device)
    for device in ("panel", "clickers"):
        if whole[device] is not None:
            whole[device] = _inline(whole[device])
    return {name: section for name, section in whole.items() if section != {}}


def toml(whole: Mapping[str, Any]) -> str:
    """Tables as TOML text; None is left out."""
    return "\n".join(_lines(whole, ())).strip() + "\n"


def _inline(device: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in device.items() if key != "options"}, **device["options"]}


def _hidden(value: Any, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _hidden(below, name) for name, below in value.items()}
        case list():
            return [_hidden(one, key) for one in value]
        case "":
            return value
        case _ if is_secret(key):
            return MASK
        case str():
            return masked(value)
        case _:
            return value


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if value is not None and not isinstance(value, dict)}
    if plain and path:
        yield ""
        yield f"[{dotted(path)}]"
    for key, value in plain.items():
        yield f"{dotted([key])} = {_toml(value)}"
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _lines(value, (*path, key))


def _toml(value: Any) -> str:
    """JSON's texts, numbers, booleans and lists are TOML's too."""
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value if one is not None)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{dotted([key])} = {_toml(below)}' for key, below in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)
