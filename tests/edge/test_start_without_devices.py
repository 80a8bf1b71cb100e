"""A lesson into which nothing but slates is written: what ``start`` answers, and both lamps."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from controller_room import running
from fake_recorder import FakeRecorder

from edge.classroom.recorder_messages import NOTHING_CAPTURED, DeviceStatus
from edge.cli import lesson_commands
from edge.cli.main import main
from edge.link.control_messages import Reply, Status
from pipelines.devices.device_state import DeviceState

CONFIG = """
[room]
school = "hill"
room = "r1"
[cameras.teacher]
driver = "simulated"
"""


@pytest.fixture
def run() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        yield Path(folder)


async def test_the_reply_waits_until_it_is_known_that_nothing_arrives(tmp_path: Path, run: Path) -> None:
    recorder = FakeRecorder(run)
    recorder.faults = [NOTHING_CAPTURED]
    async with running(tmp_path, run, recorder) as room:
        reply = await room.ask("start")
        assert reply["ok"]
        status = reply["status"]
        assert (status["lamp"], status["status_lamp"]) == ("off", "amber-fast-blink")
        assert NOTHING_CAPTURED in status["faults"]


def test_start_says_so_with_the_devices_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = DeviceStatus(state=DeviceState.MISSING, reason="no camera on port 2")
    status = Status(state="recording", lesson="r1-1", devices={"teacher": missing}, faults=[NOTHING_CAPTURED])
    monkeypatch.setattr(lesson_commands, "request", lambda *_: Reply(ok=True, status=status))
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    (tmp_path / "config.toml").write_text(CONFIG)
    assert main(["--config", str(tmp_path / "config.toml"), "start"]) == 1
    told = capsys.readouterr().err
    assert "slates and silence alone are recorded" in told
    assert "no camera on port 2" in told
