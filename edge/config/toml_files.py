"""Finding and reading config.toml, with room.toml beside it laid over it."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.config.problems import ConfigProblem
from edge.i18n import LazyMessage, lazy_message

VARIABLE = "CLASSROOM_EDGE_CONFIG"
DEFAULT = Path("/etc/classroom-edge/config.toml")
ROOM_FILE = "room.toml"

_PLACE = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)

Tables = dict[str, Any]


def find_config_file(chosen: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the config file: the one chosen on the command line, else CLASSROOM_EDGE_CONFIG, else the one in /etc."""
    return chosen or Path(environ.get(VARIABLE) or DEFAULT)


def read_tables(file: Path) -> tuple[Tables, list[ConfigProblem]]:
    """Return the tables of ``file`` overlaid with those of room.toml, and the problems of either file."""
    tables, problems = _read_one(file)
    room_file = file.with_name(ROOM_FILE)
    if not os.path.lexists(room_file):
        return tables, problems
    over, room_problems = _read_one(room_file)
    return merge_tables(tables, over), problems + room_problems


def merge_tables(under: Mapping[str, Any], over: Mapping[str, Any]) -> Tables:
    """Merge two trees of tables key by key; ``over`` wins."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merge_tables(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def tables_as_json(tables: Mapping[str, Any]) -> str:
    """Return TOML values as JSON text, against which pydantic checks types strictly; dates become their text."""
    return json.dumps(tables, default=str)


def _read_one(file: Path) -> tuple[Tables, list[ConfigProblem]]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        allowed = lazy_message("config.a-file", variable=VARIABLE, default=str(DEFAULT))
        return {}, [ConfigProblem(str(file), _unreadable(error), allowed)]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(raw[: error.start])
        return {}, [
            ConfigProblem(
                str(file), lazy_message("config.not-utf8", line=line, column=column), lazy_message("config.utf8")
            )
        ]
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        return {}, [ConfigProblem(str(file), _syntax(error, text), lazy_message("config.toml"))]
    except RecursionError:
        return {}, [ConfigProblem(str(file), lazy_message("config.too-deep"), lazy_message("config.toml"))]


def _unreadable(error: OSError) -> LazyMessage:
    match error:
        case FileNotFoundError():
            return lazy_message("config.no-file")
        case IsADirectoryError():
            return lazy_message("config.a-folder")
        case PermissionError():
            return lazy_message("config.no-permission")
        case _:
            return lazy_message("config.no-reading", reason=error.strerror or str(error))


def _syntax(error: tomllib.TOMLDecodeError, text: str) -> LazyMessage:
    place = _PLACE.fullmatch(str(error))
    if place is None:
        line, column, reason = 1, 1, str(error)
    elif place["line"] is None:
        (line, column), reason = _position(text.encode()), place["reason"]
    else:
        line, column, reason = int(place["line"]), int(place["column"]), place["reason"]
    return lazy_message("config.bad-syntax", line=line, column=column, reason=reason)


def _position(before: bytes) -> tuple[int, int]:
    """Return line and column (both from 1) of the byte after ``before``; columns count characters."""
    last = before[before.rfind(b"\n") + 1 :]
    return before.count(b"\n") + 1, len(last.decode("utf-8", "replace")) + 1
