"""classroom-edge ptz against a real controller: a simulated head really moves."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from edge.cli.main import main
from edge.link.control_client import NotReachable, status

HOUSE = Path(__file__).parents[2]
CONFIG = """
[room]
school = "hill"
room = "r1"
[paths]
spool = "spool"
ledger = "ledger.db"
run = "{run}"
[ptz.teacher]
driver = "simulated"
line = "sony"
presets = {{ podium = 1, board = 2 }}
travel_s = 0.3
log = "{folder}/truth.jsonl"
fault_file = "{folder}/fault"
"""


class Room:
    """A room whose controller runs, without a recorder."""

    def __init__(self, folder: Path, run: Path) -> None:
        self.folder, self.run = folder, run

    def ptz(self, *words: str) -> int:
        return main(["--config", str(self.folder / "config.toml"), "ptz", *words])

    def did(self, what: str) -> list[dict[str, Any]]:
        entries = map(json.loads, (self.folder / "truth.jsonl").read_text().splitlines())
        return [entry for entry in entries if entry["what"] == what]

    def is_ready(self) -> bool:
        try:
            heads = status(self.run).ptz
        except NotReachable:
            return False
        return heads["teacher"].state == "running"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("heads")
    with tempfile.TemporaryDirectory(dir="/tmp") as sockets, (folder / "log").open("wb") as log:
        made = Room(folder, Path(sockets))
        (folder / "config.toml").write_text(CONFIG.format(run=sockets, folder=folder))
        command = [sys.executable, "-m", "edge.cli.main", "--config", folder / "config.toml", "controller"]
        controller = subprocess.Popen(command, cwd=HOUSE, stderr=log)
        try:
            until(made.is_ready, 20, (folder / "log").read_text)
            yield made
        finally:
            controller.terminate()
            assert controller.wait(20) == 0


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")


def test_a_head_goes_where_it_is_sent(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert room.ptz("recall", "teacher", "board") == 0
    assert room.did("arrived")[-1]["preset"] == 2
    assert "has arrived at board" in capsys.readouterr().out

    assert room.ptz("drive", "teacher", "--pan", "-0.5", "--zoom", "1", "--seconds", "0.3") == 0
    *_, turned, stopped = room.did("drive")
    assert (turned["pan"], stopped["pan"]) == (-12, 0)
    assert 0.25 < (stopped["at_ns"] - turned["at_ns"]) / 1e9 < 2.0
    assert [entry["zoom"] for entry in room.did("zoom")[-2:]] == [7, 0]
    capsys.readouterr()

    assert room.ptz("list", "--json") == 0
    teacher = json.loads(capsys.readouterr().out)["teacher"]
    assert (teacher["driver"], teacher["state"], teacher["presets"]) == (
        "simulated",
        "running",
        {"podium": 1, "board": 2},
    )
    assert room.ptz("recall", "teacher", "podium") == 0
    assert room.ptz("stop", "teacher") == 0
    assert room.ptz("list") == 0
    assert "podium, board" in capsys.readouterr().out


def test_a_head_that_will_not_is_bad_and_says_why(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (room.folder / "fault").write_text("menu")
    until(lambda: room.ptz("recall", "teacher", "board") == 1)
    assert "is not at board: the head cannot do this now" in capsys.readouterr().err
    (room.folder / "fault").unlink()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("recall", "teacher", "sky"), "it has: podium, board"),
        (("stop", "students"), "it has: teacher"),
        (("drive", "teacher", "--pan", "2"), "a number from -1 to 1"),
        (("drive", "teacher", "--seconds", "nan"), "more than 0 and at most 60 seconds"),
        (("dance", "teacher"), "invalid choice"),
        ((), "required"),
    ],
)
def test_wrong_use(room: Room, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str) -> None:
    try:
        code = room.ptz(*words)
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert told in capsys.readouterr().err


def test_without_a_controller(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.format(run=tmp_path, folder=tmp_path))
    nowhere = Room(tmp_path, tmp_path)
    for words in (("list",), ("recall", "teacher", "board"), ("drive", "teacher", "--pan", "1")):
        assert nowhere.ptz(*words) == 3
        assert "nothing answers" in capsys.readouterr().err
    (tmp_path / "config.toml").write_text('[room]\nschool = "s"\nroom = "r"\n')
    assert nowhere.ptz("list") == 2
    assert "no heads" in capsys.readouterr().err
