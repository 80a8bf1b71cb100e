"""A running guest: switched on, spoken to, photographed, and cut off from power."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.hil import speed
from tests.hil.qemu import Wiring, command_line, drive
from tests.hil.speed import Speed
from tests.hil.talk import HungUp, Message, Silent, Talk

BOOT_S = 180.0
_TRAY, _TRAY_MB = "TRAY", 128
_SPEED_S = 60.0
# A test that waits looks this often.
LOOK_S = 0.3
EMULATED = 4
"""How many times longer than on a real box things may take in an emulated one of the speed that ``speed`` refers to."""

# adjtimex(2) with ADJ_MAXERROR and ADJ_STATUS: no error, and no STA_UNSYNC.
_SYNCHRONISE = """
import ctypes, struct
timex = ctypes.create_string_buffer(struct.pack("I", 0x04 | 0x10), 512)
assert ctypes.CDLL(None).adjtimex(timex) == 0
"""


@dataclass(frozen=True)
class Done:
    """What the guest did; ``code`` is that of a command, -1 if it did not end in time."""

    code: int
    out: str
    err: str


class Machine:
    """One guest at a time: two would share the processors that one needs. ``folder`` keeps its console's log."""

    def __init__(self, wiring: Wiring, folder: Path) -> None:
        self.wiring = wiring
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # Unix socket paths are short; pytest's folders are not.
        self._run = Path(tempfile.mkdtemp(prefix="hil-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._qmp: Talk | None = None
        self._agent: Talk | None = None
        self._started_s = 0.0
        self.speed = Speed()

    def start(self, photograph: str | None = None) -> None:
        """Switch on, and return when the guest answers; with ``photograph``, go on from it. AssertionError."""
        self.switch_on(photograph)
        if photograph is None:
            self.wait_for_boot()
        else:
            self._wait_until_it_answers()
            # The guest's clock stood still since.
            self.set_clock()
        self.speed = self.measure_speed()

    def switch_on(self, photograph: str | None = None) -> None:
        """Switch on, and return while the guest still boots."""
        self._started_s = time.monotonic()
        for old in self._run.iterdir():
            old.unlink()
        with (self.folder / "qemu.log").open("ab") as log:
            command = command_line(self.wiring, self._run, photograph)
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_for_sockets()
        self._qmp = Talk(self._run / "qmp.sock")
        self._qmp.ask({"execute": "qmp_capabilities"}, 10)
        self._agent = Talk(self._run / "agent.sock")

    def wait_for_boot(self) -> None:
        """Until the guest has booted so far that it answers. Silent."""
        self.agent.wait_for(lambda said: said.get("id") == "hello", BOOT_S)

    @property
    def agent(self) -> Talk:
        """The guest's agent."""
        assert self._agent is not None, "the machine is off"
        return self._agent

    @property
    def seconds_on(self) -> float:
        """How long ago it was switched on."""
        return time.monotonic() - self._started_s

    @property
    def serial(self) -> Path:
        """The host's end of the guest's /dev/ttyS1, a Unix socket."""
        return self._run / "serial.sock"

    def run(self, command: str, timeout_s: float = 60.0, text: str = "") -> Done:
        """Run a command of bash in the guest, with ``text`` as its input."""
        return self._done({"command": command, "input": text}, timeout_s)

    def ask(self, socket: str, line: str) -> Done:
        """What somebody in the guest who listens on a Unix socket answers to a line; its code is 0 if it did."""
        return self._done({"socket": socket, "line": line}, 10.0)

    def read(self, path: str) -> str:
        """What a file in the guest says; AssertionError where there is none."""
        done = self._done({"file": path}, 10.0)
        assert done.code == 0, done.err
        return done.out.strip()

    def sh(self, command: str, timeout_s: float = 60.0, text: str = "") -> str:
        """What a command in the guest prints; AssertionError if it fails."""
        done = self.run(command, timeout_s, text)
        assert done.code == 0, f"{command}: {done}"
        return done.out.strip()

    def measure_speed(self) -> Speed:
        """Have the guest do the job that tells how fast it is at this moment."""
        return speed.speed_told(self.sh(speed.JOB, _SPEED_S))

    def scaled(self, limit_s: float) -> float:
        """A limit in seconds for a machine as fast as this one."""
        return limit_s * self.speed.slowness

    def set_clock(self) -> None:
        """Make the guest's wall clock right."""
        self.sh(f"date --set=@{time.time():.3f}")

    def synchronise(self) -> None:
        """Have the guest's kernel say that a time service keeps its clock right, until somebody sets it."""
        self.sh("python3 -", text=_SYNCHRONISE)

    def now_ns(self) -> int:
        """The guest's CLOCK_MONOTONIC."""
        return int(self.sh("python3 -c 'import time; print(time.monotonic_ns())'"))

    def write(self, path: str, text: str) -> None:
        """Make a file in the guest, with its folder."""
        self.sh(f"mkdir -p $(dirname {path}) && cat > {path}", text=text)

    def monitor(self, command: str, says: str = "") -> None:
        """Tell QEMU's monitor something, such as ``device_del data-disk``; AssertionError where it complains."""
        answer = self._monitor_answer(command)
        assert answer == says, f"{command}: {answer}"

    def plug_in(self, name: str, disk: Path) -> None:
        """Put a disk into the running machine; the guest finds it by its serial number ``name``.

        QEMU keeps the file of a disk that was pulled out until the guest has let go of the device.
        """
        self.wait(lambda: self._monitor_answer(f"drive_add 0 {drive(disk, name)}") == "OK", 60, f"the drive {name}")
        self.monitor(f"device_add virtio-blk-pci,drive={name},id={name}-disk,serial={name}")
        self.wait(lambda: self.run(f"test -e /dev/disk/by-id/virtio-{name}").code == 0, 30, f"the disk {name}")

    def _monitor_answer(self, command: str) -> str:
        assert self._qmp is not None, "the machine is off"
        asked = {"execute": "human-monitor-command", "arguments": {"command-line": command}}
        return str(self._qmp.ask(asked, 120).get("return", "")).strip()

    @contextmanager
    def handed_over(self, command: str) -> Iterator[tarfile.TarFile]:
        """The archive that a command in the guest writes, over a disk: a port would take a minute for a lesson."""
        tray = self._run / "tray.raw"
        if not tray.exists():
            with tray.open("wb") as file:
                file.truncate(_TRAY_MB << 20)
            self.plug_in(_TRAY, tray)
        node = f"/dev/disk/by-id/virtio-{_TRAY}"
        self.sh(f"{{ {command}; }} > {node} && sync {node}", 120)
        with tarfile.open(tray) as archive:
            yield archive

    def add_usb_serial(self, name: str) -> Path:
        """A USB serial adapter that is plugged in while somebody is connected to this socket.

        The guest finds it by its serial number ``name``. A machine that has one can no longer be photographed.
        """
        path = self._run / f"{name}.sock"
        self.monitor(f"chardev-add socket,id={name},path={path},server=on,wait=off")
        self.monitor(f"device_add usb-serial,chardev={name},id={name}-plug,serial={name}")
        return path

    def add_usb_port(self, port: int) -> Path:
        """A port of the machine's own USB controller, from 1, into which whoever connects to this socket is plugged.

        A machine that has one can no longer be photographed.
        """
        path = self._run / f"usb{port}.sock"
        self.monitor(f"chardev-add socket,id=usb{port},path={path},server=on,wait=off")
        self.monitor(f"device_add usb-redir,chardev=usb{port},id=usb{port}-plug,bus=usb.0,port={port}")
        return path

    def wait_for_event(self, name: str, timeout_s: float) -> None:
        """Until QEMU tells of something, such as SHUTDOWN or WATCHDOG. Silent."""
        assert self._qmp is not None, "the machine is off"
        self._qmp.wait_for(lambda said: said.get("event") == name, self.scaled(timeout_s))

    def photograph(self, name: str) -> None:
        """Keep the whole machine as it is now, in its disk."""
        self.monitor(f"savevm {name}")

    def wait(self, condition: Callable[[], object], timeout_s: float, what: str) -> float:
        """Wait until something is so, up to ``scaled`` seconds; how long it took. AssertionError with what it was."""
        began_s = time.monotonic()
        limit_s = self.scaled(timeout_s)
        while not _is_so(condition):
            assert time.monotonic() < began_s + limit_s, f"not so after {limit_s:.1f} s: {what}"
            time.sleep(LOOK_S)
        return time.monotonic() - began_s

    def cut_power(self) -> None:
        """End the machine as a power failure does: what the guest's kernel holds in memory is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._hang_up()

    def power_off(self) -> None:
        """Let the guest shut down, and wait for it."""
        self.run("systemctl poweroff --no-block")
        self.wait_for_power_off()

    def wait_for_power_off(self) -> None:
        """Until the guest has shut down. TimeoutExpired."""
        assert self._process is not None
        self._process.wait(BOOT_S)
        self._hang_up()

    def close(self) -> None:
        """Whatever runs is ended; again does nothing."""
        if self._process is not None:
            self.cut_power()
            if (console := self._run / "console.log").exists():
                shutil.copy(console, self.folder)
        shutil.rmtree(self._run, ignore_errors=True)

    def last_words(self) -> str:
        """The tail of the guest's journal, or of its console where it does not answer."""
        try:
            return self.run("journalctl --boot --no-pager --output=short-monotonic --lines=80", 20).out
        except AssertionError:
            console = self._run / "console.log"
            return console.read_text(errors="replace")[-4000:] if console.exists() else "nothing"

    def verdict(self) -> str:
        """Whether what just failed did so because the box was slow, or because the product is wrong."""
        try:
            return self.speed.verdict(self.measure_speed())
        except AssertionError as silent:
            return f"the guest does not even tell its speed: {silent}"

    def _done(self, asked: Message, stated_s: float) -> Done:
        timeout_s = self.scaled(stated_s)
        answer = self.agent.ask({**asked, "timeout_s": timeout_s}, timeout_s + 15)
        return Done(answer["code"], answer["out"], answer["err"])

    def _hang_up(self) -> None:
        self._process = None
        for talk in (self._qmp, self._agent):
            if talk is not None:
                talk.close()
        self._qmp = self._agent = None

    def _wait_for_sockets(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + 20
        while not all((self._run / f"{name}.sock").exists() for name in ("agent", "qmp")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"qemu: {(self.folder / 'qemu.log').read_text()[-2000:]}")
            time.sleep(0.05)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + BOOT_S
        while time.monotonic() < deadline:
            try:
                self.agent.ask({"command": "true", "input": "", "timeout_s": 5}, 3)
            except Silent:
                continue
            return
        raise AssertionError("the photographed guest does not answer")

    def __enter__(self) -> Machine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note(self.last_words())
        self.close()


def _is_so(condition: Callable[[], object]) -> bool:
    """Not while the guest does not answer: where the host is busy it may stand still for half a minute as it boots."""
    try:
        return bool(condition())
    except HungUp:
        raise
    except Silent:
        return False
