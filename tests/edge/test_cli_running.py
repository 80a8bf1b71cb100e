"""The command line against a running system: both processes, started by ``classroom-edge run``."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from resources import is_alive
from waiting import until

from edge.classroom.recorder_messages import Activity
from edge.cli.main import main
from edge.i18n.room import MESSAGES
from edge.link.control_client import NotReachable, recorder_state, status

pytestmark = pytest.mark.realtime

HOUSE = Path(__file__).parents[2]
CONFIG = """
[room]
school = "hill"
room = "r1"
[paths]
spool = "spool"
ledger = "ledger.db"
run = "{run}"
[lesson]
take_back_s = 0
[cameras.teacher]
driver = "simulated"
width = 320
height = 180
fps = 10
[microphones.ceiling]
driver = "simulated"
[panel]
driver = "simulated"
[ptz.teacher]
driver = "simulated"
presets = {{ podium = 1, board = 2, wide = 3 }}
on_start = "podium"
on_end = "wide"
marks = {{ "勾股定理" = "board" }}
log = "{folder}/head.jsonl"
[store]
url = "file://{folder}/store"
"""


class Room:
    """A room whose system is running."""

    def __init__(self, folder: Path, run: Path, supervisor: subprocess.Popen[bytes]) -> None:
        self.folder, self.run, self.supervisor = folder, run, supervisor

    def command(self, *words: str) -> int:
        return main(["--config", str(self.folder / "config.toml"), *words])

    def sent_to(self) -> list[int]:
        """The presets that the camera's head was sent to."""
        happened = map(json.loads, (self.folder / "head.jsonl").read_text().splitlines())
        return [one["preset"] for one in happened if one["what"] == "recall"]

    def child(self, name: str) -> int:
        """The process id of one of the two.

        Raises:
            LookupError: it does not run.
        """
        children = Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children").read_text().split()
        for pid in children:
            if Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").endswith(name.encode()):
                return int(pid)
        raise LookupError(name)


def answers(run: Path, name: str) -> bool:
    """Whether one of the two processes answers on its own socket."""
    try:
        (recorder_state if name == "recorder" else status)(run)
    except NotReachable:
        return False
    return True


def is_ready(run: Path) -> bool:
    try:
        now = status(run)
    except NotReachable:
        return False
    devices = [*now.devices.values(), *now.ptz.values()]
    return len(devices) == 3 and all(device.state == "running" for device in devices)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("running")
    with tempfile.TemporaryDirectory(dir="/tmp") as sockets:
        run = Path(sockets)
        (folder / "store").mkdir()
        (folder / "config.toml").write_text(CONFIG.format(run=run, folder=folder))
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "edge.cli.main", "--config", folder / "config.toml", "run"]
            supervisor = subprocess.Popen(command, cwd=HOUSE, stderr=log)
        try:
            until(lambda: is_ready(run))
            yield Room(folder, run, supervisor)
        finally:
            supervisor.terminate()
            try:
                supervisor.wait(30)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")


def test_a_lesson_from_the_terminal(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert room.command("stop") == 1
    assert "no lesson is running" in capsys.readouterr().err
    assert room.command("start") == 0
    lesson = capsys.readouterr().out.split()[1]
    assert room.command("start") == 1
    assert "running already" in capsys.readouterr().err
    until(lambda: room.sent_to() == [1])  # a head that was opened just now stands still first
    assert room.command("mark", "--label", "勾股定理") == 0
    assert room.command("pause") == 0
    assert f"paused: {lesson}" in capsys.readouterr().out
    assert room.command("mark") == 1
    assert room.command("resume") == 0
    assert room.command("resume") == 1
    capsys.readouterr()

    assert room.command("status", "--json") == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["state"], status["lesson"]) == ("recording", lesson)
    assert status["devices"]["teacher"] == {"state": "running", "reason": "", "signal": ""}
    assert {"lesson_time_s", "lamp", "upload"} <= status.keys()
    assert "pending" in status["upload"]
    assert room.command("status") == 0
    screen = capsys.readouterr().out
    assert f"r1: recording  {lesson}  00:0" in screen
    assert "teacher" in screen

    assert room.command("lessons") == 0
    assert "being recorded" in capsys.readouterr().out
    assert room.command("recover", lesson) == 2
    assert "left alone" in capsys.readouterr().err
    assert room.command("devices", "--json") == 0
    devices = json.loads(capsys.readouterr().out)
    assert (devices["tried"], devices["devices"]["ceiling"]["state"]) == (False, "running")

    assert room.command("stop") == 0
    assert f"ended: {lesson}" in capsys.readouterr().out
    until(lambda: room.sent_to() == [1, 2, 3])

    def told() -> dict[str, object]:
        assert room.command("lessons", "--json") == 0
        return next(one for one in json.loads(capsys.readouterr().out) if one["id"] == lesson)

    capsys.readouterr()
    until(lambda: told()["stored"] == "yes")
    assert (told()["cause"], told()["folder"]) == ("teacher", str(room.folder / "spool" / lesson))
    assert room.command("status") == 0
    assert f"{lesson}: " in capsys.readouterr().out


@pytest.mark.parametrize(("killed", "spared"), [("recorder", "controller"), ("controller", "recorder")])
def test_one_process_dies_and_the_other_does_not_notice(room: Room, killed: str, spared: str) -> None:
    before, other = room.child(killed), room.child(spared)
    os.kill(before, signal.SIGKILL)
    until(lambda: not is_alive(before))
    # A controller that has not noticed yet would still call the room ready.
    until(lambda: answers(room.run, killed))
    until(lambda: is_ready(room.run))
    assert room.child(killed) != before
    assert room.child(spared) == other


def test_without_a_controller_it_is_told_whether_the_lesson_is_recorded(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert room.command("start") == 0
    controller = room.child("controller")
    os.kill(controller, signal.SIGSTOP)
    (room.run / "controller.sock").rename(room.run / "aside")
    try:
        assert room.command("status") == 3
        assert "The recorder still records: r1-" in capsys.readouterr().err
    finally:
        (room.run / "aside").rename(room.run / "controller.sock")
        os.kill(controller, signal.SIGCONT)
    assert room.command("stop") == 0


class Watching:
    """``classroom-edge status --watch`` in a process of its own, its output read line by line."""

    def __init__(self, room: Room, *options: str) -> None:
        command = [sys.executable, "-m", "edge.cli.main", "--config", room.folder / "config.toml"]
        self.process = subprocess.Popen(
            [*command, "status", "--watch", *options],
            cwd=HOUSE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = self.process.stdout

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def next_line(self, seen: Callable[[str], bool]) -> str:
        """The first line that is ``seen``; pytest's own timeout ends a wait for one that never comes."""
        return next(line for line in self.lines if seen(line))

    def end(self) -> tuple[int, str]:
        """Press Ctrl-C; the exit code and standard error."""
        self.process.send_signal(signal.SIGINT)
        _, error = self.process.communicate(timeout=20)
        return self.process.returncode, error


def test_the_status_is_watched_through_a_lesson_and_a_restart(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    with Watching(room, "--json") as objects, Watching(room) as lines:
        watch_through_a_lesson_and_a_restart(room, objects, lines, capsys)


def watch_through_a_lesson_and_a_restart(
    room: Room, objects: Watching, lines: Watching, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = json.loads(objects.next_line(lambda line: json.loads(line)["state"] == "idle"))
    assert idle["ptz"].keys() == {"teacher"}
    lines.next_line(lambda line: line.startswith("r1: idle   recording lamp ○ off"))
    assert room.command("start") == 0
    lesson = capsys.readouterr().out.split()[1]
    objects.next_line(lambda line: json.loads(line)["lesson"] == lesson and json.loads(line)["state"] == "recording")
    lines.next_line(lambda line: line.startswith(f"r1: recording  {lesson}  00:0"))
    os.kill(room.child("controller"), signal.SIGKILL)
    assert objects.process.stderr is not None
    assert "nothing answers at" in objects.process.stderr.readline()
    assert "The recorder still records" in objects.process.stderr.readline()
    objects.next_line(lambda line: json.loads(line)["lesson"] == lesson)
    assert objects.end() == (130, "")
    lines.next_line(lambda line: line.startswith(f"r1: recording  {lesson}"))

    lines.lines.close()
    assert lines.process.wait(20) == 141
    assert lines.process.stderr is not None
    told = lines.process.stderr.read().splitlines()
    assert ["nothing answers at" in told[0], "The recorder still records" in told[1], len(told)] == [True, True, 2]
    # The lines may be from before the controller was killed.
    until(lambda: answers(room.run, "controller"))
    assert room.command("stop") == 0


def test_the_status_is_live_on_a_terminal(room: Room) -> None:
    until(lambda: is_ready(room.run))
    terminal, side = os.openpty()
    command = [sys.executable, "-m", "edge.cli.main", "--config", room.folder / "config.toml", "status", "--watch"]
    watching = subprocess.Popen(command, cwd=HOUSE, stdout=side, stderr=side, env={**os.environ, "TERM": "xterm"})
    os.close(side)
    screen = b""
    while b"status lamp" not in screen or b"podium" not in screen:
        screen += os.read(terminal, 4096)
    watching.send_signal(signal.SIGINT)
    with contextlib.suppress(OSError):
        while data := os.read(terminal, 4096):
            screen += data
    os.close(terminal)
    assert watching.wait(20) == 130
    assert b"\x1b[?25h" in screen, "the cursor is shown again"
    assert b"Traceback" not in screen


@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("ptz", "list"), ("devices", "--json")])
def test_a_reader_that_has_gone_is_not_told_of(room: Room, words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "edge.cli.main", "--config", room.folder / "config.toml", *words]
    ended = subprocess.run(command, cwd=HOUSE, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    told = [line for line in ended.stderr.splitlines() if "recorder holds the devices" not in line]
    assert (ended.returncode, told) == (141, [])


def test_sigterm_ends_both_and_keeps_the_lesson(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """The last test: it ends the module's system, and looks at what is left."""
    until(lambda: is_ready(room.run))
    assert room.command("start") == 0
    until(lambda: (state := recorder_state(room.run)) is not None and state.lamp == "on")
    capsys.readouterr()
    children = [room.child("recorder"), room.child("controller")]
    room.supervisor.terminate()
    assert room.supervisor.wait(30) == 0
    assert not any(is_alive(pid) for pid in children)
    assert recorder_state(room.run) is None
    assert room.command("status") == 3
    assert "not running either" in capsys.readouterr().err
    assert room.command("lessons", "--json") == 0
    cut = json.loads(capsys.readouterr().out)[-1]
    assert (cut["cause"], cut["recorded_now"]) == (None, False)

    assert room.command("recover", cut["id"]) == 0
    assert "it had no end and has one now" in capsys.readouterr().out
    assert room.command("verify", "--quick", str(room.folder / "spool" / cut["id"])) in (0, 1)
    assert "power was lost" in capsys.readouterr().out


def test_killed_with_its_supervisor_nothing_is_left(room: Room) -> None:
    with (room.folder / "log").open("ab") as log:
        command = [sys.executable, "-m", "edge.cli.main", "--config", room.folder / "config.toml", "run"]
        orphaned = Room(room.folder, room.run, subprocess.Popen(command, cwd=HOUSE, stderr=log))
    try:
        until(lambda: is_ready(room.run))
        children = [orphaned.child("recorder"), orphaned.child("controller")]
    finally:
        orphaned.supervisor.kill()
        orphaned.supervisor.wait()
    until(lambda: not any(is_alive(pid) for pid in children))


def test_there_are_words_for_all_a_recorder_may_do() -> None:
    assert {f"recorder-{activity}" for activity in Activity} <= MESSAGES.keys()
