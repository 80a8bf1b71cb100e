"""Finding and reading config.toml, with room.toml beside it laid over it."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edge.config.problems import ConfigProblem, dotted_key
from edge.config.toml_reader import DEEPEST, KeyPath, SyntaxMistake, Tables, read_toml
from edge.i18n import LazyMessage, foreign_sentence, lazy_message

VARIABLE = "CLASSROOM_EDGE_CONFIG"
DEFAULT = Path("/etc/classroom-edge/config.toml")
ROOM_FILE = "room.toml"

_LARGEST_BYTES = 256 << 10
_INTEGERS = range(-(1 << 63), 1 << 63)
_MOST_TOLD = 20


@dataclass(slots=True)
class ConfigText:
    """Tables as they were read, and what is wrong with them so far.

    ``places`` has file and line of each key by its dotted path; ``broken`` are the tables of which a statement is
    missing because its syntax is wrong; ``is_read`` is false where the file itself could not be read, and ``is_whole``
    where a statement or all of room.toml is missing.
    """

    tables: Tables = field(default_factory=dict)
    problems: list[ConfigProblem] = field(default_factory=list)
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    is_read: bool = True
    is_whole: bool = True

    def located(self, problem: ConfigProblem) -> ConfigProblem:
        """Return the problem with file and line of its key, or of the table that the key belongs to."""
        if problem.file is not None:
            return problem
        above = [key for key in self.places if (problem.path + ".").startswith((f"{key}.", f"{key}["))]
        if not above:
            return problem
        file, line = self.places[max(above, key=len)]
        return replace(problem, file=file, line=line)


def find_config_file(chosen: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the config file: the one chosen on the command line, else CLASSROOM_EDGE_CONFIG, else the one in /etc."""
    return chosen or Path(environ.get(VARIABLE) or DEFAULT)


def read_tables(file: Path, room_file: Path | None = None) -> ConfigText:
    """Return the tables of ``file`` overlaid with those of room.toml, and the problems of either file.

    ``room_file`` is read as the room.toml; without it the one beside ``file`` is.
    """
    text = _read_one(file)
    room_file = room_file or file.with_name(ROOM_FILE)
    if not os.path.lexists(room_file):
        return text
    over = _read_one(room_file)
    return ConfigText(
        merge_tables(text.tables, over.tables),
        text.problems + over.problems,
        text.places | over.places,
        text.broken | over.broken,
        text.is_read,
        text.is_whole and over.is_whole,
    )


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


def _read_one(file: Path) -> ConfigText:
    try:
        raw = _content(file)
    except OSError as error:
        allowed = lazy_message("config.a-file", variable=VARIABLE, default=str(DEFAULT))
        return _unread(file, _unreadable(error), allowed)
    if raw is None:
        return _unread(file, lazy_message("config.no-regular-file"), lazy_message("config.a-text-file"))
    if len(raw) > _LARGEST_BYTES:
        return _unread(file, lazy_message("config.too-large"), lazy_message("config.a-text-file"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(raw[: error.start])
        found = lazy_message("config.not-utf8", line=line, column=column)
        return _unread(file, found, lazy_message("config.utf8"))
    toml = read_toml(text)
    places = {dotted_key(path): (file, line) for path, line in toml.lines.items()}
    problems = [_syntax(file, mistake) for mistake in toml.mistakes[:_MOST_TOLD]]
    tables = _usable(toml.tables, (), problems)
    broken = {dotted_key(mistake.table) for mistake in toml.mistakes}
    return ConfigText(tables, problems, places, broken, is_whole=not broken)


def _content(file: Path) -> bytes | None:
    """Return the bytes, one more than allowed at most; None for a pipe, a device or whatever else is no file."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return _first_bytes(descriptor) if stat.S_ISREG(mode) else None
    finally:
        os.close(descriptor)


def _first_bytes(descriptor: int) -> bytes:
    data = b""
    while len(data) <= _LARGEST_BYTES and (more := os.read(descriptor, _LARGEST_BYTES + 1)):
        data += more
    return data


def _unread(file: Path, found: LazyMessage, allowed: LazyMessage) -> ConfigText:
    return ConfigText(problems=[ConfigProblem(str(file), found, allowed, file=file)], is_read=False, is_whole=False)


def _unreadable(error: OSError) -> LazyMessage:
    match error:
        case FileNotFoundError():
            return lazy_message("config.no-file")
        case IsADirectoryError():
            return lazy_message("config.a-folder")
        case PermissionError():
            return lazy_message("config.no-permission")
        case _:
            return lazy_message("config.no-reading", reason=foreign_sentence(error.strerror or str(error)))


def _syntax(file: Path, mistake: SyntaxMistake) -> ConfigProblem:
    place = {"line": mistake.line, "column": mistake.column}
    if mistake.sign:
        found = lazy_message("config.odd-sign", sign=mistake.sign, **place)
        return ConfigProblem(str(file), found, lazy_message("config.plain-sign", meant=mistake.meant), file=file)
    if mistake.reason == "nested too deeply":
        return ConfigProblem(
            str(file), lazy_message("config.too-deep", **place), lazy_message("config.toml"), file=file
        )
    found = lazy_message("config.bad-syntax", reason=foreign_sentence(mistake.reason), **place)
    return ConfigProblem(str(file), found, lazy_message("config.toml"), file=file)


def _usable(tables: Tables, above: KeyPath, problems: list[ConfigProblem]) -> Tables:
    """Return tables without what no config can have: depth, and numbers of more than 64 bits (TOML v1.0.0)."""
    kept: Tables = {}
    for key, value in tables.items():
        path = dotted_key((*above, key))
        if _holds_huge_number(value):
            problems.append(ConfigProblem(path, lazy_message("config.huge"), lazy_message("config.smaller")))
        elif isinstance(value, dict) and len(above) >= DEEPEST:
            problems.append(ConfigProblem(path, lazy_message("config.a-table"), lazy_message("config.shallow")))
        else:
            kept[key] = _usable(value, (*above, key), problems) if isinstance(value, dict) else value
    return kept


def _holds_huge_number(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_huge_number, value))
    return isinstance(value, int) and value not in _INTEGERS


def _position(before: bytes) -> tuple[int, int]:
    """Return line and column (both from 1) of the byte after ``before``; columns count characters."""
    last = before[before.rfind(b"\n") + 1 :]
    return before.count(b"\n") + 1, len(last.decode("utf-8", "replace")) + 1
