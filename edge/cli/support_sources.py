"""Table of what a support file is made of: commands of the system and of this program, each with its bounds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.address import MASK
from edge.config.process_table import PROCESSES

_JOURNAL_LINES = 20_000
_FIRST_USE_CODE = re.compile(r"(?<![\w-])[0-9]{4}-[0-9]{4}(?![\w-])")
_STATUS_KEYS = frozenset(
    {
        *("state", "lesson", "lesson_time_s", "lamp", "status_lamp", "devices", "meters_dbfs", "rates_fps", "ptz"),
        *("clickers", "given_up", "upload", "lrs", "disk", "check", "refusal", "faults", "set_aside", "watched"),
    }
)
"""What is kept of a status: nothing of polls, class board and timetable, where people's names stand."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file in the archive, and the commands whose output is in it, of which the last ``largest`` bytes are kept.

    ``longest_s`` is how long each command may take. ``narrow`` leaves of the output what may go in.
    """

    member: str
    commands: tuple[tuple[str, ...], ...]
    longest_s: float = 15.0
    largest: int = 256 << 10
    narrow: Callable[[str], str] = str


def sources(config: Path) -> list[Source]:
    """All sources, the most telling first; ``config`` is the config's file."""
    program = (sys.executable, "-P", "-m", "edge.cli.main")
    named = ("--config", str(config))
    units = [f"classroom-{process}.service" for process in PROCESSES]
    return [
        Source("status.json", ((*program, "status", "--json", *named),), 40.0, narrow=_without_names),
        Source("check.json", ((*program, "check", "--json", *named),), 40.0),
        Source("devices.json", ((*program, "devices", "--json", *named),), 90.0),
        Source("health.txt", _HEALTH, 10.0),
        *(
            Source(f"logs/{unit}.log", (_journal("-u", unit, "--since", "-3days"),), 60.0, 4 << 20, _without_codes)
            for unit in units
        ),
        Source("logs/kernel.log", (_journal("-k", "-b"), ("dmesg", "--time-format", "iso")), 60.0, 1 << 20),
    ]


_HEALTH = (
    ("uname", "-a"),
    ("cat", "/etc/os-release", "/proc/device-tree/model"),
    ("uptime",),
    ("date", "--iso-8601=seconds"),
    ("timedatectl",),
    ("df", "-h"),
    ("df", "-i"),
    ("free", "-m"),
    ("lsblk", "-o", "NAME,SIZE,TYPE,FSTYPE,MOUNTPOINTS,MODEL,SERIAL"),
    ("lsusb",),
    ("lsusb", "-t"),
    ("ip", "-brief", "address"),
    ("sh", "-c", "grep -H . /sys/class/thermal/thermal_zone*/type /sys/class/thermal/thermal_zone*/temp"),
    ("vcgencmd", "get_throttled"),
    ("systemctl", "--no-pager", "--full", "--lines=0", "status", "classroom*"),
)


def _journal(*which: str) -> tuple[str, ...]:
    return ("journalctl", "-o", "short-iso", "--no-pager", "--quiet", "-n", str(_JOURNAL_LINES), *which)


def gather(source: Source) -> str:
    """The output of a source's commands, and of each that fails why: that it is not here may be what was looked for."""
    return "\n".join(_output(source, command) for command in source.commands)


def _output(source: Source, command: tuple[str, ...]) -> str:
    head = "" if len(source.commands) == 1 else f"$ {' '.join(command)}\n"
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=source.longest_s, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{head}({command[0]}: no answer within {source.longest_s:g} s)\n"
    except OSError as error:
        return f"{head}({command[0]}: {error.strerror})\n"
    said = source.narrow(_tail(done.stdout, source.largest))
    if done.returncode != 0:
        said += f"(exit code {done.returncode}) {_tail(done.stderr, 16 << 10)}"
    return head + said


def _tail(output: bytes, largest: int) -> str:
    """The last ``largest`` bytes as text, from the beginning of a line."""
    text = output[-largest:].decode(errors="replace")
    return text if len(output) <= largest else "…\n" + text.partition("\n")[2]


def _without_codes(log: str) -> str:
    """Without the code that sets the first password of the pages: the web process shows it on its console."""
    return _FIRST_USE_CODE.sub(MASK, log)


def _without_names(status: str) -> str:
    try:
        whole = json.loads(status)
    except ValueError:
        # Nothing came: the controller does not run.
        return ""
    return json.dumps({key: value for key, value in whole.items() if key in _STATUS_KEYS}, indent=1) + "\n"
