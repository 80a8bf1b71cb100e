"""The effective config as TOML text, with defaults filled in and secrets masked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Set
from typing import Any

from drivers.address import MASK, mask_addresses
from edge.config.model import Config
from edge.config.problems import dotted_key
from edge.config.secret_masking import is_secret_key
from edge.config.toml_files import tables_as_json


def masked_toml(config: Config, without: Collection[str] = ()) -> str:
    """Return every key with its effective value as TOML text, secrets masked; sections named in ``without`` are not."""
    tables = config_tables(config)
    return to_toml(_masked({name: tables[name] for name in tables.keys() - set(without)}))


def masked_tables(tables: Mapping[str, Any], known: Set[str]) -> str:
    """Return the tables of a file that may be wrong as TOML text, secrets masked.

    So is the value of every key that is not in ``known``, and all in a table that is not: a misspelt key may hold a
    secret.
    """
    plain = json.loads(tables_as_json(tables))
    return to_toml({name: _masked(one, name, known if name in known else frozenset()) for name, one in plain.items()})


def config_tables(config: Config) -> dict[str, Any]:
    """Return the config as the tables of a file, drivers' keys inline; SecretStr values are already masked."""
    whole = config.model_dump(mode="json")
    for devices in (whole["cameras"], whole["microphones"], whole["ptz"]):
        for role, device in devices.items():
            devices[role] = _inline(device)
    for device in ("panel", "wand", "clickers"):
        if whole[device] is not None:
            whole[device] = _inline(whole[device])
    return {name: section for name, section in whole.items() if section != {}}


def to_toml(whole: Mapping[str, Any]) -> str:
    """Return tables as TOML text; keys whose value is None are left out."""
    return "\n".join(_lines(whole, ())).strip() + "\n"


def _inline(device: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in device.items() if key != "options"}, **device["options"]}


def _masked(value: Any, key: str = "", known: Set[str] | None = None) -> Any:
    match value:
        case dict():
            return {name: _masked(below, name, known) for name, below in value.items()}
        case list():
            return [_masked(one, key, known) for one in value]
        case "":
            return value
        case _ if is_secret_key(key) or (known is not None and key not in known):
            return MASK
        case str():
            return mask_addresses(value)
        case _:
            return value


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if value is not None and not isinstance(value, dict)}
    if plain and path:
        yield ""
        yield f"[{dotted_key(path)}]"
    for key, value in plain.items():
        yield f"{dotted_key([key])} = {_toml(value)}"
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _lines(value, (*path, key))


def _toml(value: Any) -> str:
    """Return a value as TOML; JSON text of strings, numbers and booleans is also TOML."""
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value if one is not None)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{dotted_key([key])} = {_toml(below)}' for key, below in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)
