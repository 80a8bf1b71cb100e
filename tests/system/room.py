"""A classroom of real processes on simulated devices, driven by its buttons and watched by its lamps."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from edge.config.load import load
from edge.config.process_table import wanted_processes
from tests import priority
from tests.waiting import pass_time, until

REPOSITORY = Path(__file__).resolve().parents[2]
START_S = 30.0
# Pictures that a camera keeps for us: a machine that tests share with others stands still for longer than a box.
BUFFERS = 30


class Pins:
    """A process's pins socket: fingers on its buttons, eyes on its lamps. Connects again when the process does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lamps: dict[str, str] = {}
        self.changes: list[tuple[float, str, str]] = []
        self._socket: socket.socket | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._watch, name=f"eyes-{path.stem}")
        self._thread.start()

    def press(self, button: str, seconds: float = 0.12) -> None:
        """Press a button for so long."""
        self._send(f"tap {button} {round(seconds * 1000)}")
        pass_time(seconds)

    def down(self, button: str) -> None:
        """Press a button and keep the finger on it."""
        self._send(f"press {button}")

    def wait_for(self, lamp: str, pattern: str, since_s: float, seconds: float) -> float:
        """When a lamp first said something after ``since_s``, both on time.monotonic(); AssertionError."""

        def said_at() -> Iterator[float]:
            return (at_s for at_s, *said in list(self.changes) if at_s > since_s and said == [lamp, pattern])

        until(lambda: any(True for _ in said_at()), seconds, lambda: f"{lamp} {pattern}: only {self.changes}")
        return next(said_at())

    def close(self) -> None:
        self._closing = True
        if self._socket is not None:
            self._socket.close()
        self._thread.join(5)

    def _send(self, line: str) -> None:
        assert self._socket is not None, f"{self.path} is not connected"
        self._socket.sendall(line.encode() + b"\n")

    def _watch(self) -> None:
        while not self._closing:
            with contextlib.suppress(OSError):
                self._listen()
            self.lamps.clear()
            pass_time(0.02)

    def _listen(self) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.path))
            connection.settimeout(0.2)
            self._socket = connection
            pending = b""
            while not self._closing:
                try:
                    data = connection.recv(4096)
                except TimeoutError:
                    continue
                if not data:
                    return
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    match line.decode().split():
                        case ["lamp", name, pattern]:
                            self.lamps[name] = pattern
                            self.changes.append((time.monotonic(), name, pattern))


class Room:
    """``config`` is TOML text without [room] and [paths]; the default has two cameras, a microphone and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = folder / "spool"
        self.store = folder / "store"
        self.store.mkdir()
        self.ledger = folder / "ledger.db"
        # Unix socket paths are short; pytest's folders are not.
        self._run = tempfile.TemporaryDirectory(prefix="room-")
        self.run = Path(self._run.name)
        self.file = folder / "config.toml"
        self.cameras: dict[str, str] = {
            "teacher": self.simulated_camera("teacher"),
            "students": self.simulated_camera("students"),
        }
        self.microphones: dict[str, str] = {"ceiling": self.simulated_microphone("ceiling")}
        self.more = f'[store]\nurl = "file://{self.store}"\n'
        # Pages cost every room a process and two ports; few tests look at them.
        self.pages = "[web]\nenabled = false\n"
        # Previews cost a process after each lesson, and change what lies in the store.
        self.previews = "[previews]\npictures = false\nscreen_text = false\n"
        self.environment: dict[str, str] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.recorder_pins: Pins | None = None
        self.controller_pins: Pins | None = None

    def simulated_camera(
        self,
        role: str,
        *,
        size: tuple[int, int] = (320, 180),
        fps: int = 30,
        buffers: int = BUFFERS,
        more: str = "",
    ) -> str:
        """The lines of a simulated camera, with its log and its fault file."""
        return (
            f'driver = "simulated"\nwidth = {size[0]}\nheight = {size[1]}\nfps = {fps}\nbitrate_kbps = 1000\n'
            f'log = "{self.folder}/{role}.log"\nfault_file = "{self.fault_file(role)}"\n'
            f"buffers = {buffers}\n{more}"
        )

    def simulated_microphone(self, role: str, *, ppm: float = 80.0, more: str = "") -> str:
        """The lines of a simulated microphone, with its log and its fault file."""
        return (
            f'driver = "simulated"\nppm = {ppm}\nlog = "{self.folder}/{role}.log"\n'
            f'fault_file = "{self.fault_file(role)}"\n{more}'
        )

    def fault_file(self, role: str) -> Path:
        return self.folder / f"{role}.fault"

    def fault(self, role: str, word: str = "") -> None:
        """Make a simulated device ill (``lost``, ``stall`` …), or well again."""
        if word:
            self.fault_file(role).write_text(word)
        else:
            self.fault_file(role).unlink(missing_ok=True)

    def write_config(self) -> None:
        tables = [
            '[room]\nschool = "school"\nroom = "r204"\nlanguage = "en"\n',
            f'[paths]\nspool = "{self.spool}"\nledger = "{self.ledger}"\nrun = "{self.run}"\n',
            *(f"[cameras.{role}]\n{lines}" for role, lines in self.cameras.items()),
            *(f"[microphones.{role}]\n{lines}" for role, lines in self.microphones.items()),
            '[panel]\ndriver = "simulated"\n',
            self.pages,
            self.previews,
            self.more,
        ]
        self.file.write_text("\n".join(tables))

    def start(self, *processes: str, devices: int | None = None) -> None:
        """Start processes (those of the config if none is named) and wait until ``devices`` (all) deliver."""
        self.write_config()
        for process in processes or wanted_processes(load(self.file, frozenset())):
            self.launch(process)
        self.recorder_pins = self.recorder_pins or Pins(self.run / "recorder-pins.sock")
        self.controller_pins = self.controller_pins or Pins(self.run / "controller-pins.sock")
        wanted = len(self.cameras) + len(self.microphones) if devices is None else devices
        self.wait(lambda: self.running_devices() >= wanted and "status" in self.eyes("controller"), START_S)

    def launch(self, process: str) -> None:
        log = (self.folder / f"{process}.out").open("ab")
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **self.environment}
        command = [sys.executable, "-m", "edge.cli.main", "--config", str(self.file), process]
        self.processes[process] = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, start_new_session=True
        )
        log.close()
        priority.put(self.processes[process].pid, priority.FIRST)

    def kill(self, process: str) -> None:
        """SIGKILL, and wait for its end."""
        self.processes[process].kill()
        self.processes[process].wait()

    def end(self, process: str, number: signal.Signals = signal.SIGTERM, timeout_s: float = 20.0) -> int:
        """Ask a process to end; its exit code."""
        self.processes[process].send_signal(number)
        return self.processes[process].wait(timeout_s)

    def cli(self, *arguments: str, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a subcommand with this room's config."""
        command = [sys.executable, "-m", "edge.cli.main", "--config", str(self.file), *arguments]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **self.environment}
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, env=environment, check=False)

    def status(self) -> dict[str, Any]:
        """What the controller says; empty while it is not reached."""
        status: dict[str, Any] = self.asked({"type": "request", "act": "status"}).get("status", {})
        return status

    def asked(self, request: dict[str, Any]) -> dict[str, Any]:
        """The controller's answer to a request; empty while it is not reached."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(10)
                connection.connect(str(self.run / "controller.sock"))
                connection.sendall(json.dumps(request).encode() + b"\n")
                line = connection.makefile().readline()
        except OSError:
            return {}
        answer: dict[str, Any] = json.loads(line) if line else {}
        return answer

    def key(self, name: str) -> None:
        """Press a key of the simulated base's keypad."""
        self.finger(f"key {name}")

    def finger(self, line: str) -> None:
        """Say something to the simulated base."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.run / "clickers.sock"))
            connection.sendall(f"{line}\n".encode())
            connection.makefile().readline()  # the present question: it listens

    def running_devices(self) -> int:
        devices = self.status().get("devices", {})
        return sum(device["state"] == "running" for device in devices.values())

    def eyes(self, process: str) -> dict[str, str]:
        """The lamps of a process's pins, as they are now."""
        pins = self.recorder_pins if process == "recorder" else self.controller_pins
        return dict(pins.lamps) if pins else {}

    def press(self, button: str, seconds: float = 0.12) -> None:
        assert self.controller_pins is not None
        self.controller_pins.press(button, seconds)

    def begin_lesson(self) -> Path:
        """Press the button; the folder of the lesson, once its lamp is lit."""
        before = set(self.lessons())
        self.press("lesson")
        self.wait(lambda: self.eyes("recorder").get("recording") == "on", 10)
        (folder,) = set(self.lessons()) - before
        return folder

    def teach(self, seconds: float) -> None:
        """Let the lesson go on for so long, by its own time."""
        begun_s = self.status()["lesson_time_s"]
        self.wait(lambda: self.status().get("lesson_time_s", 0.0) >= begun_s + seconds, 10 + 2 * seconds)

    def end_lesson(self) -> None:
        """Hold the button, and wait for the receipt."""
        self.press("lesson", 1.8)
        self.wait(lambda: (self.status().get("check") or {}).get("recording") in ("good", "bad"), 20)

    def lessons(self) -> list[Path]:
        return sorted(path for path in self.spool.glob("*") if path.is_dir())

    def wait(self, condition: Callable[[], object], seconds: float) -> None:
        """Wait until something is so; AssertionError with the processes' last words if it is not in time."""
        until(condition, seconds, self.last_words)

    def last_words(self) -> str:
        logs = "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-25:])
            for path in sorted(self.folder.glob("*.out"))
        )
        return f"status {self.status()}\n{logs}"

    def __enter__(self) -> Room:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pins in (self.recorder_pins, self.controller_pins):
            if pins is not None:
                pins.close()
        self._run.cleanup()
