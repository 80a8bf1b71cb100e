"""The box's clocks: which boot this is, and whether the wall clock can be believed."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path

# adjtimex(2): the state that says the clock is not synchronised.
_TIME_ERROR = 5
_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Now:
    """This moment on this boot: CLOCK_MONOTONIC, wall clock, whether that is synchronised, time since boot."""

    boot_id: str
    at_ns: int
    wall_ns: int
    synchronised: bool
    up_ns: int


def boot_id() -> str:
    """The kernel's id of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def synchronised() -> bool:
    """Whether the kernel's clock is disciplined by a time service (adjtimex)."""
    timex = (ctypes.c_byte * 512)()
    state: int = _LIBC.adjtimex(ctypes.byref(timex))
    return 0 <= state != _TIME_ERROR


def now(boot: str) -> Now:
    """This moment on all clocks."""
    up_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return Now(boot, time.monotonic_ns(), time.time_ns(), synchronised(), up_ns)
