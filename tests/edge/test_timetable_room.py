"""The timetable in a running controller: imported, shown by the command line, and told to the recorder."""

from __future__ import annotations

import asyncio
import base64
import json
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from controller_room import running, until, until_status
from fake_recorder import FakeRecorder

from edge.classroom.recorder_messages import DesiredState, ToRecorder
from edge.cli.main import main
from edge.school.timetable_reader_process import MAX_BYTES
from pipelines import system_clocks
from pipelines.system_clocks import ClockSnapshot

TERM = Path(__file__).with_name("school_term_2026.ics")
# 8:42 in the school: the break before the second lesson.
NOW_NS = round(datetime(2026, 9, 1, 0, 42, tzinfo=UTC).timestamp() * 1e9)


class AttentiveRecorder(FakeRecorder):
    """One that keeps whole commands."""

    def __init__(self, run: Path) -> None:
        super().__init__(run)
        self.commands: list[DesiredState] = []

    def _obey(self, message: ToRecorder) -> None:
        super()._obey(message)
        if isinstance(message, DesiredState):
            self.commands.append(message)


def unwrapped(text: str) -> str:
    """What a terminal shows, without its line breaks."""
    return " ".join(text.split())


@pytest.fixture
def run_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="day-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    began_ns = time.monotonic_ns()

    def read(boot: str) -> ClockSnapshot:
        at_ns = time.monotonic_ns()
        return ClockSnapshot(boot, at_ns, NOW_NS + at_ns - began_ns, True, at_ns)

    monkeypatch.setattr(system_clocks, "read_clocks", read)


async def test_from_the_import_to_the_recorder(
    tmp_path: Path, run_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    recorder = AttentiveRecorder(run_folder)
    command = ["--config", str(tmp_path / "config.toml"), "timetable"]
    async with running(tmp_path, run_folder, recorder) as room:
        assert (await room.status()).day is None
        assert await asyncio.to_thread(main, command) == 1
        assert "there is no timetable yet" in capsys.readouterr().err
        assert await asyncio.to_thread(main, [*command, "--import", str(TERM), "--day", "2026-09-20"]) == 0
        assert "for the holiday National Day: the lessons of Tuesday 2026-10-06" in unwrapped(capsys.readouterr().out)
        day = (await until_status(room, lambda status: status.day)).day
        assert day is not None
        assert [day.lessons[at].subject for at in (day.next or 0,)] == ["语文"]
        assert await asyncio.to_thread(main, [*command, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["date"] == "2026-09-01"
        assert await asyncio.to_thread(main, ["--config", command[1], "status"]) == 0
        assert "next 三年级（2）班 · 语文 · 张敏 (08:50–09:30)" in unwrapped(capsys.readouterr().out)
        assert (await room.ask("start"))["ok"]
        await until(lambda: recorder.commands[-1].subject is not None)
        subject = recorder.commands[-1].subject
        assert subject is not None
        assert (subject.title, subject.period) == ("三年级（2）班 · 语文 · 张敏", "第二节")
        assert {one.lesson for one in recorder.commands} == {recorder.lesson}


async def test_a_file_that_is_wrong_is_refused_and_a_large_one_fits_into_a_request(
    tmp_path: Path, run_folder: Path
) -> None:
    async with running(tmp_path, run_folder) as room:
        for data in (b"garbage", b"x" * MAX_BYTES):
            sent = {"name": "t.csv", "data": base64.b64encode(data).decode()}
            answer = await room.ask("timetable-import", timetable=sent)
            assert (answer["ok"], answer["reason"]) == (False, "timetable-unreadable")
        assert (await room.ask("timetable-show", date="2026-09-01"))["day"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--day", "tomorrow"], "“tomorrow” is no date such as 2026-09-01"),
        (["--check", "nothing.csv"], "nothing.csv: cannot be read (No such file or directory)"),
        (["--check", "bad.csv"], "bad.csv, line 2, column “星期一”: “第一节” has no time"),
    ],
)
def test_what_is_wrong_is_told_without_a_controller(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text('[room]\nschool = "s"\nroom = "r1"\n')
    Path("bad.csv").write_bytes("节次,星期一,星期二\n第一节,语文,数学\n".encode("gbk"))
    assert main(["--config", "config.toml", "timetable", *arguments]) == 2
    assert capsys.readouterr().err.startswith(said)
