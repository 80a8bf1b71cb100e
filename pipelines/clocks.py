"""The box's clocks: which boot this is, and whether the wall clock can be believed."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path

from pipelines.journal.entries import Anchor

# adjtimex(2): the state that says the clock is not synchronised.
_TIME_ERROR = 5


@dataclass(frozen=True, slots=True)
class Now:
    """This moment on this boot: CLOCK_MONOTONIC, wall clock and whether that is synchronised."""

    boot_id: str
    at_ns: int
    wall_ns: int
    synchronised: bool


def boot_id() -> str:
    """The kernel's id of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def synchronised() -> bool:
    """Whether the kernel's clock is disciplined by a time service (adjtimex)."""
    libc = ctypes.CDLL(None, use_errno=True)
    timex = (ctypes.c_byte * 512)()
    state: int = libc.adjtimex(ctypes.byref(timex))
    return 0 <= state != _TIME_ERROR


def now(boot: str) -> Now:
    """This moment on all clocks."""
    return Now(boot, time.monotonic_ns(), time.time_ns(), synchronised())


def anchor() -> Anchor:
    """Both clocks, read together."""
    return Anchor(at_ns=time.monotonic_ns(), wall_ns=time.time_ns(), synchronised=synchronised())
