"""room.toml, which the calibration writes: keys are set in it, tried with the config, and only then take effect."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import tomli_w

from edge.calibration.results import Setting, SettingChange
from edge.config.load import load
from edge.config.problems import ConfigProblems
from edge.config.toml_files import ROOM_FILE
from pipelines.files.durable import open_to_write, sync_folder, write_at
from pipelines.files.lesson_layout import TEMPORARY

BEFORE = ".before"
HEAD = (
    "# 本文件由校准程序（classroom-edge calibrate）写入，优先于 config.toml。\n"
    "# 注释不会保留：自己的设置请写在 config.toml 里。\n"
    "# Written by the calibration (classroom-edge calibrate); it wins over config.toml. Comments in it are not kept:\n"
    "# keys of your own belong into config.toml.\n"
)

_TRIAL = ".new"
_STRING_OR_COMMENT = re.compile(
    r"""
    "{3} (?: \\. | [^\\] )*? "{3} | '{3} .*? '{3}
    | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* '
    | (?P<comment> \# [^\n]* )
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class RoomFileWritten:
    """What was changed, with the values before; ``kept`` is a copy of the old file, where it had people's comments."""

    changes: tuple[SettingChange, ...]
    kept: Path | None = None


class RoomFile:
    """The room.toml beside a config file. Any crash leaves the old one or the new one, whole and durable.

    The old one stays beside it as ``room.toml.before``, with its owner and mode, which the new one has too as far as
    this user may set them.
    """

    def __init__(self, config_file: Path) -> None:
        self._config_file = config_file
        self.path = Path(os.path.realpath(config_file.with_name(ROOM_FILE)))

    def set(self, settings: Mapping[str, Setting]) -> RoomFileWritten:
        """Set dotted keys, of which None takes one away; tables are made and dropped as needed.

        Raises:
            ConfigProblems: the config does not load with the new room.toml, or not with the old one.
            OSError: the disk or the rights refuse. In either case nothing is changed.
        """
        old = self._read()
        tables = {} if old is None else self._parsed(old)
        changed = deepcopy(tables)
        changes = []
        for key, value in settings.items():
            before = _exchange(changed, key_path(key), value)
            if before != value or type(before) is not type(value):
                changes.append(SettingChange(key=key, before=before, after=value))
        if not changes:
            return RoomFileWritten(())
        kept = self._replace(old, (HEAD + "\n" + tomli_w.dumps(changed)).encode())
        return RoomFileWritten(tuple(changes), kept)

    def undo(self, changes: Sequence[SettingChange]) -> RoomFileWritten:
        """Give each key back the value that it had before. Raises as ``set``."""
        return self.set({change.key: change.before for change in reversed(changes)})

    def _read(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def _parsed(self, old: bytes) -> dict[str, Any]:
        try:
            return tomllib.loads(old.decode("utf-8-sig"))
        except ValueError:
            load(self._config_file)  # says what is wrong, and where
            raise

    def _replace(self, old: bytes | None, new: bytes) -> Path | None:
        """Put the new text in the old one's place; where a copy of the old one lies that has people's comments."""
        trial = self.path.with_name(self.path.name + _TRIAL)
        like = None if old is None else self.path.stat()
        kept = None
        try:
            _write_new(trial, new, like)
            try:
                load(self._config_file, room_file=trial)
            except ConfigProblems as wrong:
                raise _told_of(self.path, wrong, trial) from None
            if old is not None:
                _write_beside(self.path.with_name(self.path.name + BEFORE), old, like)
                if has_comments(old.decode("utf-8-sig")):
                    kept = self._free_name()
                    _write_beside(kept, old, like)
            trial.replace(self.path)
        finally:
            trial.unlink(missing_ok=True)
        sync_folder(self.path.parent)
        return kept

    def _free_name(self) -> Path:
        names = (self.path.with_name(f"{self.path.name}.{number}") for number in count(1))
        return next(path for path in names if not path.exists())


def key_path(key: str) -> tuple[str, ...]:
    """The parts of a dotted key, which are quoted where TOML asks for it.

    Raises:
        ValueError: it is no key.
    """
    table: Any = tomllib.loads(f"{key} = 0")
    parts: list[str] = []
    while isinstance(table, dict):
        ((part, table),) = table.items()
        parts.append(part)
    return tuple(parts)


def has_comments(text: str) -> bool:
    """Whether TOML text has comments that this module has not written."""
    return any(found["comment"] for found in _STRING_OR_COMMENT.finditer(text.removeprefix(HEAD)))


def _exchange(tables: dict[str, Any], path: tuple[str, ...], value: Setting) -> Setting:
    """Set one key and return what it had; a table that is empty then goes away.

    Raises:
        ValueError: the key is a table, or one of its tables is a value.
    """
    name, *rest = path
    if not rest:
        found: Setting | dict[str, Any] | list[Any] = tables.pop(name, None)
        if isinstance(found, dict | list):
            raise ValueError(f"{name} is no single value")
        if value is not None:
            tables[name] = value
        return found
    below = tables.setdefault(name, {})
    if not isinstance(below, dict):
        raise ValueError(f"{name} is no table")  # noqa: TRY004 -- the file's text is wrong, no type of ours
    before = _exchange(below, tuple(rest), value)
    if not below:
        del tables[name]
    return before


def _write_beside(path: Path, data: bytes, like: os.stat_result | None) -> None:
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        _write_new(temporary, data, like)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_new(path: Path, data: bytes, like: os.stat_result | None) -> None:
    """Write a file that is durable on return, with the mode of ``like``, and its owner as far as this user may."""
    path.unlink(missing_ok=True)
    fd = open_to_write(path, os.O_EXCL)
    try:
        if like is not None:
            with suppress(PermissionError):
                os.fchown(fd, like.st_uid, like.st_gid)
            os.fchmod(fd, stat.S_IMODE(like.st_mode))
        write_at(fd, data, 0)
        os.fsync(fd)
    finally:
        os.close(fd)


def _told_of(path: Path, wrong: ConfigProblems, trial: Path) -> ConfigProblems:
    """The same problems, with the name of the file that people know."""
    problems = [replace(one, file=path) if one.file == trial else one for one in wrong.problems]
    return ConfigProblems(wrong.file, problems, wrong.language)
