"""The system's clocks: boot id, monotonic and wall time, and whether the wall clock is synchronised."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path

# TIME_ERROR of adjtimex(2): the clock is not synchronised.
_TIME_ERROR = 5
_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class ClockSnapshot:
    """All clocks read together, in nanoseconds.

    ``at_ns`` is CLOCK_MONOTONIC, ``wall_ns`` Unix time, ``uptime_ns`` CLOCK_BOOTTIME; ``boot_id`` names the boot.
    """

    boot_id: str
    at_ns: int
    wall_ns: int
    is_synchronised: bool
    uptime_ns: int


def boot_id() -> str:
    """The kernel's id of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def is_synchronised() -> bool:
    """Whether a time service disciplines the kernel's clock, by adjtimex(2)."""
    timex = (ctypes.c_byte * 512)()
    state: int = _LIBC.adjtimex(ctypes.byref(timex))
    return 0 <= state != _TIME_ERROR


def read_clocks(boot: str) -> ClockSnapshot:
    """Read all clocks now; ``boot`` is this boot's id."""
    uptime_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return ClockSnapshot(boot, time.monotonic_ns(), time.time_ns(), is_synchronised(), uptime_ns)
