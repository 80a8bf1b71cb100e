"""The machine's load between two moments: processors, temperature, and throttling."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PROC, _SYS = Path("/proc"), Path("/sys")
_TOOL_S = 5.0
_NICE, _IDLE, _IO_WAIT = 1, 3, 4
# The firmware of a Raspberry Pi tells it there; the same word as `vcgencmd get_throttled`.
_THROTTLED = "devices/platform/soc/soc:firmware/get_throttled"


@dataclass(frozen=True, slots=True)
class MachineLoad:
    """``busy_percent`` is the share of all cores in use, without what gives way to a lesson (niced processes).

    ``own_percent`` is this process's own share, ``hottest_c`` the highest temperature of any zone, ``throttled`` the
    firmware's word; None where not told.
    """

    busy_percent: float
    own_percent: float
    hottest_c: float | None
    throttled: int | None


class LoadMeter:
    """Measures from its creation on; ``look`` notes the temperature, to be called about once a second."""

    def __init__(self, proc: Path = _PROC, sysfs: Path = _SYS) -> None:
        self._proc, self._sysfs = proc, sysfs
        self._before = _ticks(proc)
        self._own_s, self._at_s = time.process_time(), time.monotonic()
        self._hottest_c = _hottest_c(sysfs)

    def look(self) -> None:
        """Note the temperature."""
        now_c = _hottest_c(self._sysfs)
        if now_c is not None:
            self._hottest_c = max(now_c, self._hottest_c or now_c)

    def load(self) -> MachineLoad:
        """The load since the beginning."""
        self.look()
        ticks = [after - before for before, after in zip(self._before, _ticks(self._proc), strict=True)]
        cores = len(list((self._sysfs / "devices/system/cpu").glob("cpu[0-9]*"))) or 1
        elapsed_s = max(time.monotonic() - self._at_s, 1e-3)
        return MachineLoad(
            100 * (1 - sum(ticks[one] for one in (_NICE, _IDLE, _IO_WAIT)) / max(1, sum(ticks))),
            100 * (time.process_time() - self._own_s) / elapsed_s / cores,
            self._hottest_c,
            read_throttled(self._sysfs),
        )


def read_throttled(sysfs: Path = _SYS) -> int | None:
    """The firmware's word about voltage, clock and heat, now and since the start; None where there is none.

    Source: Raspberry Pi documentation, vcgencmd, get_throttled.
    """
    try:
        return int((sysfs / _THROTTLED).read_text().strip(), 16)
    except (OSError, ValueError):
        pass
    try:
        told = subprocess.run(
            ["vcgencmd", "get_throttled"], capture_output=True, text=True, timeout=_TOOL_S, check=True
        )
        return int(told.stdout.strip().partition("=")[2], 16)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _ticks(proc: Path) -> list[int]:
    """User, nice, system, idle, waiting for disks, interrupts, soft interrupts, stolen; guests are in the first two."""
    return [int(word) for word in (proc / "stat").read_text().partition("\n")[0].split()[1:9]]


def _hottest_c(sysfs: Path) -> float | None:
    found = []
    for file in sysfs.glob("class/thermal/thermal_zone*/temp"):
        try:
            found.append(int(file.read_text()) / 1e3)
        except (OSError, ValueError):
            continue
    return max(found, default=None)
