"""Fuzz target: config.toml, with room.toml beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from parts import files, joined, lay_out

from edge.config.dump import masked_toml
from edge.config.load import load
from edge.config.problems import ConfigProblems
from edge.config.toml_files import ROOM_FILE
from edge.config.warnings import config_warnings

_KEPT = tempfile.TemporaryDirectory(prefix="fuzz-")
_FOLDER = Path(_KEPT.name)
_FILE = "config.toml"
_SECRET = "dontshowme"


def config_file(data: bytes) -> None:
    """ConfigProblems that can be told in both languages, or a config that can be shown and is the same when shown."""
    contents = files(data, (_FILE, ROOM_FILE))
    lay_out(_FOLDER, {_FILE: b"", **contents}, (_FILE, ROOM_FILE))
    try:
        config = load(_FOLDER / _FILE)
    except ConfigProblems as wrong:
        problems = wrong
    else:
        config_warnings(config)
        masked_toml(config)
        return
    assert problems.report("zh-CN") != ConfigProblems(problems.file).report("zh-CN")
    assert [problem.fields("en") for problem in problems.problems]


def seeds() -> dict[str, list[bytes]]:
    """A config with every section, and one that the installer puts down."""
    default = (Path(__file__).parents[2] / "systemd" / "config.toml").read_bytes()
    return {"config_file": [joined({_FILE: _CONFIG.encode(), ROOM_FILE: _ROOM.encode()}), joined({_FILE: default})]}


_ROOM = '[room]\nname = "三年级一班"\n[cameras.teacher]\nfps = 25\n'
_CONFIG = f"""
[room]
school = "school"
room = "r204"
language = "zh-CN"
[paths]
spool = "spool"
[cameras.teacher]
driver = "simulated"
width = 1280
height = 720
fps = 30
[cameras.students]
driver = "stream"
url = "rtsp://admin:{_SECRET}@10.0.0.5/1"
[microphones.ceiling]
driver = "simulated"
ppm = 80.0
[panel]
driver = "simulated"
[clickers]
driver = "simulated"
[ptz.teacher]
driver = "simulated"
[ptz.teacher.presets]
board = 1
[storage]
reserve_mb = 512
[store]
url = "s3://bucket/prefix"
endpoint = "https://s3.example"
access_key = "AK"
secret_key = "{_SECRET}"
[lrs]
url = "https://lrs.example/xapi"
user = "u"
password = "{_SECRET}"
"""
