"""room.toml is the old one or the new one whatever happens, loads with the config, and can be undone."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge.calibration.room_file import HEAD, RoomFile, has_comments, key_path
from edge.config.load import load
from edge.config.problems import ConfigProblems

CONFIG = """
[room]
school = "hill"
room = "r1"
[cameras.teacher]
driver = "simulated"
[microphones.ceiling]
driver = "simulated"
"""
OLD = "# 二班的设置\n[cameras.teacher]\nlatency_ms = 62\n"
CALLS = ["open", "pwrite", "fsync", "fdatasync", "fchmod", "fchown", "replace", "unlink", "close", "rename"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def room_file(folder: Path, old: str | None = None) -> RoomFile:
    if old is not None:
        (folder / "room.toml").write_text(old, encoding="utf-8")
    return RoomFile(folder / "config.toml")


def text(folder: Path) -> str:
    return (folder / "room.toml").read_text(encoding="utf-8")


def test_settings_hold_for_the_config_and_say_what_was_before(folder: Path) -> None:
    written = room_file(folder, OLD).set({"cameras.teacher.latency_ms": 41, "microphones.ceiling.gain_db": 3.5})
    assert [(one.key, one.before, one.after) for one in written.changes] == [
        ("cameras.teacher.latency_ms", 62, 41),
        ("microphones.ceiling.gain_db", None, 3.5),
    ]
    config = load(folder / "config.toml")
    assert (config.cameras["teacher"].latency_ms, config.microphones["ceiling"].gain_db) == (41, 3.5)
    assert text(folder).startswith(HEAD)
    assert (folder / "room.toml.before").read_text(encoding="utf-8") == OLD


def test_undone_it_is_as_before_and_leaves_no_empty_tables(folder: Path) -> None:
    file = room_file(folder, "[cameras.teacher]\nlatency_ms = 62\n")
    written = file.set({"cameras.teacher.latency_ms": 41, "microphones.ceiling.gain_db": 3.5})
    file.undo(written.changes)
    assert tomllib.loads(text(folder)) == {"cameras": {"teacher": {"latency_ms": 62}}}


def test_what_the_config_refuses_changes_nothing_and_is_told_of_room_toml(folder: Path) -> None:
    before = sorted(os.listdir(folder)) if (file := room_file(folder, OLD)) else []
    with pytest.raises(ConfigProblems) as refused:
        file.set({"cameras.teacher.latency_ms": "fast"})
    assert {problem.file for problem in refused.value.problems} == {folder / "room.toml"}
    assert (text(folder), sorted(os.listdir(folder))) == (OLD, before)


def test_a_room_toml_that_is_no_toml_is_told_of_and_left_alone(folder: Path) -> None:
    with pytest.raises(ConfigProblems):
        room_file(folder, "[cameras\n").set({"cameras.teacher.latency_ms": 41})
    assert text(folder) == "[cameras\n"


def test_comments_of_people_are_kept_in_a_copy_and_ours_are_not(folder: Path) -> None:
    first = room_file(folder, OLD).set({"cameras.teacher.latency_ms": 41})
    second = RoomFile(folder / "config.toml").set({"cameras.teacher.latency_ms": 42})
    assert (first.kept, second.kept) == (folder / "room.toml.1", None)
    assert (folder / "room.toml.1").read_text(encoding="utf-8") == OLD


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('a = "# no"\nb = \'# no\'\nc = """\n# no "" \\""""\nd = \'\'\'# no\'\'\'\n', False),
        ('a = "" # yes\n', True),
        (HEAD + "a = 1\n", False),
        (HEAD + "a = 1 # 是\n", True),
    ],
)
def test_a_comment_is_told_from_a_text(toml: str, expected: bool) -> None:
    tomllib.loads(toml)
    assert has_comments(toml) is expected


def test_names_that_people_give_are_keys() -> None:
    assert key_path('ptz.teacher.presets."讲台 1.5"') == ("ptz", "teacher", "presets", "讲台 1.5")


def test_it_keeps_mode_and_owner(folder: Path) -> None:
    file = room_file(folder, OLD)
    file.path.chmod(0o660)
    if os.geteuid() == 0:
        os.chown(file.path, 65534, 65534)
    before = file.path.stat()
    file.set({"cameras.teacher.latency_ms": 41})
    for path in (file.path, folder / "room.toml.before"):
        now = path.stat()
        assert (stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid) == (0o660, before.st_uid, before.st_gid)


class Killed(BaseException):
    """The process ends here: nothing more is called."""


@contextmanager
def ended_at(call: int, how: BaseException) -> Iterator[list[str]]:
    """The ``call``-th call to the disk raises; after a kill every other one does too."""
    seen: list[str] = []
    before = {name: getattr(os, name) for name in CALLS}

    def counted(name: str, *args: Any, **more: Any) -> Any:
        seen.append(name)
        if len(seen) == call or (len(seen) > call and isinstance(how, Killed)):
            if name == "close":  # a kill closes, too
                before[name](*args)
            elif name == "pwrite" and len(seen) == call:
                before[name](args[0], bytes(args[1])[: len(args[1]) // 2], args[2])
            raise how
        return before[name](*args, **more)

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, partial(counted, name))
        yield seen


@pytest.mark.parametrize("how", [Killed(), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))], ids=["killed", "full"])
def test_ended_at_any_call_it_is_the_old_or_the_new_one_and_the_next_write_succeeds(
    folder: Path, how: BaseException
) -> None:
    call, ends = 0, set()
    while True:
        call += 1
        for path in folder.glob("room.toml*"):
            path.unlink()
        file = room_file(folder, OLD)
        with ended_at(call, how) as seen, suppress(Killed, OSError, ConfigProblems):
            file.set({"cameras.teacher.latency_ms": 41})
        latency = load(folder / "config.toml").cameras["teacher"].latency_ms
        assert (latency == 62 and text(folder) == OLD) or (latency == 41 and text(folder).startswith(HEAD))
        ends.add(latency)
        if len(seen) < call:
            break
        RoomFile(folder / "config.toml").set({"cameras.teacher.latency_ms": 43})
        assert load(folder / "config.toml").cameras["teacher"].latency_ms == 43
    print(f"ended at {call - 1} calls")
    assert call > 15
    assert ends == {62, 41}
