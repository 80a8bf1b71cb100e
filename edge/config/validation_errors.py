"""Conversion of pydantic's validation errors into config problems that a technician can act on."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from drivers.address import mask_addresses
from drivers.errors import InvalidOption
from edge.config.problems import ConfigProblem, closest_name, dotted_key
from edge.config.schema_lookup import Schema
from edge.config.secret_masking import is_secret_key
from edge.i18n import LazyMessage, foreign_sentence, lazy_message

MAX_QUOTE = 60

KeyPath = Sequence[str | int]

# As in cameras.teacher.
_ROLE_DEPTH = 2

_UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}
_RULES = {
    "a-preset",
    "marks",
    "slug",
    "full-path",
    "printable",
    "short-path",
    "store-url",
    "endpoint",
    "needed-for-s3",
    "needed-for-http",
    "web-address",
    "user-name",
    "no-spaces",
    "a-day",
    "calendar-url",
    "timetable-file",
    "time-zone",
    "school-days",
    "broker",
    "needed-for-plain",
}


def config_problems(
    error: ValidationError, schema: Schema, above: KeyPath = (), also: Iterable[str] = (), own: int = 0
) -> list[ConfigProblem]:
    """Return one problem for each path, in the order of the model.

    ``above`` is where the validated table lies in the config; ``also`` names keys that the table allows
    beside those of ``schema``; the first ``own`` parts of each location are the validator's own.
    """
    told: dict[str, ConfigProblem] = {}
    for detail in error.errors(include_url=False):
        problem = _problem(detail, schema, above, list(also), own)
        told.setdefault(problem.path, problem)
    return list(told.values())


def unknown_key_problem(path: KeyPath, known: Iterable[str]) -> ConfigProblem:
    """Return the problem that the last part of ``path`` is not one of the ``known`` keys or roles."""
    names = list(known)
    allowed = lazy_message("config.keys", keys=tuple(names))
    return ConfigProblem(
        dotted_key(path), lazy_message("config.unknown-key"), allowed, closest_name(str(path[-1]), names)
    )


def describe_value(value: Any, key: str | int) -> LazyMessage:
    """Describe a value briefly, on one line, without secrets."""
    match value:
        case dict():
            return lazy_message("config.a-table")
        case list():
            return lazy_message("config.a-list")
        case _ if value != "" and is_secret_key(str(key)):
            return lazy_message("config.a-secret")
        case bool():
            return lazy_message("config.value", value=str(value).lower())
        case str():
            plain = " ".join(mask_addresses(value).split())
            cut = plain if len(plain) <= MAX_QUOTE else plain[:MAX_QUOTE] + "…"
            return lazy_message("config.value", value=json.dumps(cut, ensure_ascii=False))
        case _:
            return lazy_message("config.value", value=str(value))


def _problem(detail: ErrorDetails, schema: Schema, above: KeyPath, also: list[str], own: int) -> ConfigProblem:
    kind, location, value = detail["type"], detail["loc"], detail["input"]
    if kind in _UNKNOWN_KEY:
        table, way = schema.along(location[:-1])
        known = [*also, *table.keys()] if len(way) == own else table.keys()
        return unknown_key_problem([*above, *way[own:], location[-1]], known)
    if location[-1:] == ("[key]",):
        return _unknown_name([*above, *location[own:-1]], schema.along(location[:-2])[0].keys())
    place, way = schema.along(location)
    path = dotted_key([*above, *way[own:]])
    if kind == "value_error":
        return _refused(detail["ctx"]["error"], [*above, *way[own:]], value)
    seen = lazy_message("config.nothing") if kind == "missing" else describe_value(value, way[-1] if way else "")
    if kind in _RULES:
        values = detail.get("ctx", {})
        meant = values.get("meant", value)
        hint = closest_name(meant, values.get("presets", ())) if isinstance(meant, str) else ""
        if kind == "slug" and isinstance(value, str):
            hint = _plain_slug(value)
        allowed = lazy_message(f"config.{kind}", **values)
        if "why" in values:
            why = foreign_sentence(mask_addresses(values["why"]))
            allowed = lazy_message("config.with-reason", allowed=allowed, why=why)
        return ConfigProblem(path, seen, allowed, hint)
    hint = closest_name(value, place.choices()) if isinstance(value, str) else ""
    return ConfigProblem(path, seen, place.allowed(path), hint)


def _plain_slug(name: str) -> str:
    """Return what was probably meant by a name with full-width or capital letters; empty where that is not known."""
    plain = unicodedata.normalize("NFKC", name).lower().strip().replace("_", "-").replace(" ", "-")
    return plain if plain.isascii() and plain.replace("-", "").isalnum() else ""


def _refused(error: ValueError, path: KeyPath, value: Any) -> ConfigProblem:
    """Return the problem that an Options class refuses a value, at the key that it names."""
    rule = foreign_sentence(mask_addresses(str(error)))
    table = value if isinstance(value, dict) else {}
    key = error.key if isinstance(error, InvalidOption) else str(error).partition(" ")[0]
    if key in table:
        found = describe_value(table[key], key)
        return ConfigProblem(dotted_key([*path, key]), found, lazy_message("config.rule", rule=rule))
    broken = lazy_message("config.refused", rule=rule)
    return ConfigProblem(dotted_key(path), broken, lazy_message("config.sense"))


def _unknown_name(path: KeyPath, names: Sequence[str]) -> ConfigProblem:
    """Return the problem of an unknown role, or of an unknown key in a table below a role."""
    unknown = lazy_message("config.unknown-role" if len(path) == _ROLE_DEPTH else "config.unknown-key")
    allowed = lazy_message("config.one-of", choices=tuple(names))
    return ConfigProblem(dotted_key(path), unknown, allowed, closest_name(str(path[-1]), names))
