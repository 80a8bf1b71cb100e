"""What pydantic refuses becomes problems: key path, what was found, what is allowed, a likely spelling."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from edge.config.json_schema import Schema
from edge.config.problems import ConfigProblem, closest, dotted
from edge.config.secret_masking import is_secret, masked
from edge.i18n import LazyMessage, lazy_message

LONGEST_QUOTE = 60

KeyPath = Sequence[str | int]

# As in cameras.teacher.
_ROLE_DEPTH = 2

_UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}
_RULES = {
    "a-preset",
    "marks",
    "slug",
    "full-path",
    "short-path",
    "store-url",
    "endpoint",
    "needed-for-s3",
    "needed-for-http",
    "web-address",
    "user-name",
    "no-spaces",
}


def problems(
    error: ValidationError, schema: Schema, above: KeyPath = (), also: Iterable[str] = (), own: int = 0
) -> list[ConfigProblem]:
    """Each refusal once, in the order of the model.

    ``above`` is where the validated table lies in the config; ``also`` names keys that the table allows
    beside those of ``schema``; the first ``own`` parts of each location are the validator's own.
    """
    told: dict[str, ConfigProblem] = {}
    for detail in error.errors(include_url=False):
        problem = _problem(detail, schema, above, list(also), own)
        told.setdefault(problem.path, problem)
    return list(told.values())


def unknown_key(path: KeyPath, known: Iterable[str]) -> ConfigProblem:
    """The last part of ``path`` is not a key (or a role) that is known there."""
    names = list(known)
    allowed = lazy_message("config.keys", keys=tuple(names))
    return ConfigProblem(dotted(path), lazy_message("config.unknown-key"), allowed, closest(str(path[-1]), names))


def found(value: Any, key: str | int) -> LazyMessage:
    """A value in words: short, on one line, and nothing secret."""
    match value:
        case dict():
            return lazy_message("config.a-table")
        case list():
            return lazy_message("config.a-list")
        case _ if value != "" and is_secret(str(key)):
            return lazy_message("config.a-secret")
        case bool():
            return lazy_message("config.value", value=str(value).lower())
        case str():
            plain = " ".join(masked(value).split())
            cut = plain if len(plain) <= LONGEST_QUOTE else plain[:LONGEST_QUOTE] + "…"
            return lazy_message("config.value", value=json.dumps(cut, ensure_ascii=False))
        case _:
            return lazy_message("config.value", value=str(value))


def _problem(detail: ErrorDetails, schema: Schema, above: KeyPath, also: list[str], own: int) -> ConfigProblem:
    kind, location, value = detail["type"], detail["loc"], detail["input"]
    if kind in _UNKNOWN_KEY:
        table, way = schema.along(location[:-1])
        known = [*also, *table.keys()] if len(way) == own else table.keys()
        return unknown_key([*above, *way[own:], location[-1]], known)
    if location[-1:] == ("[key]",):
        return _unknown_name([*above, *location[own:-1]], schema.along(location[:-2])[0].keys())
    place, way = schema.along(location)
    path = dotted([*above, *way[own:]])
    if kind == "value_error":
        broken = lazy_message("config.rule", rule=masked(str(detail["ctx"]["error"])))
        return ConfigProblem(path, broken, lazy_message("config.sense"))
    seen = lazy_message("config.nothing") if kind == "missing" else found(value, way[-1] if way else "")
    if kind in _RULES:
        values = detail.get("ctx", {})
        meant = values.get("meant", value)
        hint = closest(meant, values.get("presets", ())) if isinstance(meant, str) else ""
        return ConfigProblem(path, seen, lazy_message(f"config.{kind}", **values), hint)
    hint = closest(value, place.choices()) if isinstance(value, str) else ""
    return ConfigProblem(path, seen, place.allowed(path), hint)


def _unknown_name(path: KeyPath, names: Sequence[str]) -> ConfigProblem:
    """Devices are named by their roles; in the tables below them what stands there is a key like others."""
    unknown = lazy_message("config.unknown-role" if len(path) == _ROLE_DEPTH else "config.unknown-key")
    allowed = lazy_message("config.one-of", choices=tuple(names))
    return ConfigProblem(dotted(path), unknown, allowed, closest(str(path[-1]), names))
