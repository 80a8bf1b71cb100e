"""One short lesson on a running box: begun, ended, checked, stored, and decoded again to the last picture."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

ROLES = frozenset({"teacher", "students", "ceiling"})
READY_S = 240.0
CHECKED_S = 240.0
_SOCKET = "/run/classroom-edge/controller.sock"
_BEGAN_S = time.monotonic()


def status() -> dict[str, Any]:
    """What the controller says; empty while it is not reached."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(30)
        try:
            line.connect(_SOCKET)
            line.sendall(b'{"type":"request","act":"status"}\n')
            answer = json.loads(line.makefile().readline())
        except OSError:
            return {}
    said: dict[str, Any] = answer["status"]
    return said


def all_running() -> bool:
    """Whether every device delivers."""
    devices = status().get("devices", {})
    return {role for role, device in devices.items() if device["state"] == "running"} >= ROLES


def settled(lesson: str) -> bool:
    """Whether the lesson is found bad, or good and stored."""
    check = status().get("check") or {}
    return check.get("lesson") == lesson and (check["recording"] == "bad" or check["stored"] == "yes")


def wait(seen: Callable[[], bool], deadline_s: float, what: str) -> None:
    """Until it is seen. SystemExit when that takes too long."""
    began_s = time.monotonic()
    while not seen():
        if time.monotonic() - began_s > deadline_s:
            raise SystemExit(f"lesson: bad: not seen within {deadline_s:.0f} s: {what}; status: {status()}")
        time.sleep(1)
    say(f"{what} after {time.monotonic() - began_s:.0f} s")


def command(*words: str) -> None:
    """Run a command of the product as a technician does. SystemExit where it fails."""
    began_s = time.monotonic()
    done = subprocess.run(["classroom-edge", *words], check=False)
    say(f"classroom-edge {' '.join(words)}: exit code {done.returncode}, {time.monotonic() - began_s:.1f} s")
    if done.returncode:
        raise SystemExit("lesson: bad")


def say(text: str) -> None:
    """A line with the time since the beginning."""
    print(f"[{time.monotonic() - _BEGAN_S:4.0f} s] {text}", flush=True)


def main(seconds: float) -> None:
    """Print what happens; the last line says whether all is good."""
    wait(all_running, READY_S, "all devices run")
    command("start")
    lesson = status()["lesson"]
    time.sleep(seconds)
    command("stop")
    wait(lambda: settled(lesson), CHECKED_S, "the lesson is checked")
    command("lessons")
    command("verify", "--store", lesson)
    say("lesson: good")


if __name__ == "__main__":
    main(float(sys.argv[1]))
