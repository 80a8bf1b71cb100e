"""The product in its guest, as a room sees it: fingers on the pins, eyes on the lamps, and what status says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.config import process_table
from tests.hil.machine import Machine
from tests.hil.qemu import STORE_HOST

SCHOOL, ROOM = "school", "r204"
SPOOL = "/var/lib/classroom-edge/spool"
CONFIG = "/etc/classroom-edge/config.toml"
SOCKET = "/run/classroom-edge/controller.sock"
PYTHON = "/opt/classroom-edge/current/bin/python"
PROCESSES = tuple(process_table.PROCESSES)
READY_S = 120.0
# The recorder takes up to a minute to encode what it had no time for in the lesson; after that it is checked.
RECEIPT_S = 60.0 + 60.0
ROLES = frozenset({"teacher", "students", "ceiling"})
BUTTONS = {"lesson": 17, "pause": 27, "mark": 22}
LAMPS = {"recording": 23, "green": 24, "amber": 25}

CAMERAS = """
[cameras.teacher]
driver = "v4l2"
device = "by-path/platform-vivid.0-video-index0"
width = 320
height = 180
fps = 10
bitrate_kbps = 400

[cameras.students]
driver = "v4l2"
device = "by-id/usb-HIL_Webcam_0001-video-index0"
width = 320
height = 180
fps = 10
bitrate_kbps = 400
"""

CEILING = """
[microphones.ceiling]
driver = "portaudio"
card = "Ceiling"
"""

# To encode sound is the hardest work for an emulated machine, so a second microphone is the exception.
LAPEL = """
[microphones.lapel]
driver = "portaudio"
card = "Lapel"
"""


# Emulated arithmetic is by software: a second of sound took the speech detector 2.3 s of CPU (8 ms on the host), the
# mix by who speaks 0.5 s (9 ms). They are tried where the processor is a real one; here the plain sum is enough.
SOUND = """
[sound]
mix = "sum"
detector = false
"""


def config(store: str = "", *, devices: str = CAMERAS + CEILING, more: str = "") -> str:
    """The room's config: two cameras, a microphone, pins; ``store`` is the [store] table's lines."""
    return (
        f'[room]\nschool = "{SCHOOL}"\nroom = "{ROOM}"\nlanguage = "en"\n\n'
        f'[recording]\npreset = "ultrafast"\n{SOUND}{devices}\n'
        f'[panel]\ndriver = "gpio"\nbuzzer = 18\n\n[lesson]\ntake_back_s = 2\n\n[store]\n{store}\n{more}'
    )


def bucket(name: str, access_key: str, secret_key: str) -> str:
    """The lines of [store] for a bucket of the host's store."""
    return (
        f'url = "s3://{name}"\nendpoint = "http://{STORE_HOST}"\nregion = "us-east-1"\nallow_http = true\n'
        f'access_key = "{access_key}"\nsecret_key = "{secret_key}"\n'
    )


class Classroom:
    """Everything that a test does to a room and sees of it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.spool = SPOOL

    def write_config(self, text: str) -> None:
        """Give the room another config, for the next start of its processes."""
        self.machine.sh(f"cat > {CONFIG}", text=text)

    def restart(self) -> None:
        """Start the processes anew."""
        self.machine.sh(f"systemctl restart {' '.join(map(unit, PROCESSES))}", 120)

    def press(self, button: str, seconds: float = 0.2) -> None:
        """Press a button for so long; it connects its pin to ground."""
        pull = f"/run/hil/gpio/sim_gpio{BUTTONS[button]}/pull"
        self.machine.sh(f"echo pull-down > {pull}; sleep {seconds}; echo pull-up > {pull}")

    def lit(self, lamp: str) -> bool:
        """Whether a lamp's pin is high at this moment."""
        return self.machine.read(f"/run/hil/gpio/sim_gpio{LAMPS[lamp]}/value") == "1"

    def wait_for_panel(self) -> None:
        """Until the controller answers and the panel's pins are there: soon after a start, long before the cameras."""
        pins = "ls /run/hil/gpio/*/value"
        self.machine.wait(
            lambda: self.status() and self.machine.run(pins).code == 0, READY_S, "the controller and the panel there"
        )

    def board_page(self) -> str:
        """The class board's page as a board asks for it; empty while nobody answers."""
        asked = "GET /board HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n"
        done = self.machine.run(f"exec 3<>/dev/tcp/127.0.0.1/80 && printf '{asked}' >&3 && timeout 20 cat <&3")
        return done.out if done.out.startswith("HTTP/1.1 200 ") else ""

    def status(self) -> dict[str, Any]:
        """What the controller says; empty while it is not reached."""
        answer = self._asked("status", {})
        status: dict[str, Any] = answer["status"] if answer else {}
        return status

    def request(self, act: str, **more: object) -> None:
        """Ask the controller for something, as the command line does, which takes this machine some seconds."""
        answer = self._asked(act, more)
        assert answer.get("ok"), f"{act}: {answer}"

    def running(self) -> set[str]:
        """The roles whose devices deliver."""
        devices = self.status().get("devices", {})
        return {role for role, device in devices.items() if device["state"] == "running"}

    def wait_until_ready(self, roles: frozenset[str] = ROLES) -> float:
        """Until the devices of all roles deliver; how long that took."""
        return self.machine.wait(lambda: self.running() >= roles, READY_S, f"{set(roles)} running")

    def begin_lesson(self) -> str:
        """Press the button; the lesson's id, once the recording lamp is lit."""
        # Before that a press would take the end of the last lesson back.
        self.machine.wait(lambda: self.status().get("state") == "idle", 30, "the last lesson over")
        before = set(self.lessons())
        self.press("lesson")
        self.machine.wait(lambda: self.lit("recording"), 20, "the recording lamp lit")
        (lesson,) = set(self.lessons()) - before
        return lesson

    def end_lesson(self) -> dict[str, Any]:
        """Hold the button, and wait for the receipt: what ``status`` says of the check."""
        self.press("lesson", 2.2)
        self.machine.wait(lambda: not self.lit("recording"), 20, "the recording lamp dark")
        checked = ("good", "bad")
        took_s = self.machine.wait(
            lambda: (self.status().get("check") or {}).get("recording") in checked, RECEIPT_S, "a receipt"
        )
        print(f"the receipt is there {took_s:.1f} s after the recording lamp went dark")
        check: dict[str, Any] = self.status()["check"]
        return check

    def lessons(self) -> list[str]:
        """The ids of the lessons in the spool."""
        return self.machine.sh(f"ls {self.spool} 2>/dev/null || true").split()

    def fetch(self, folder: Path, *names: str) -> Path:
        """Copy lessons (all unless named) out of the guest's spool into ``folder``."""
        what = " ".join(names) or "."
        # 1: something was written meanwhile, such as a receipt.
        with self.machine.handed_over(f"tar -C {self.spool} -c {what} || [ $? = 1 ]") as archive:
            archive.extractall(folder, filter="data")
        return folder

    def main_pid(self, process: str) -> int:
        """The process's pid, as systemd has it; 0 while there is none."""
        return int(self.machine.sh(f"systemctl show --property=MainPID --value {unit(process)}"))

    def _asked(self, act: str, more: Mapping[str, object]) -> dict[str, Any]:
        done = self.machine.ask(SOCKET, json.dumps({"type": "request", "act": act, **more}))
        answer: dict[str, Any] = json.loads(done.out) if done.out else {}
        return answer


def unit(process: str) -> str:
    """The systemd unit of a process."""
    return f"classroom-{process}.service"
