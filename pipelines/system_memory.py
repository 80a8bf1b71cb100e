"""The memory that this machine could give now, by the kernel's estimate."""

from __future__ import annotations

from pathlib import Path

_MEMINFO = Path("/proc/meminfo")


def available_bytes() -> int:
    """Return the bytes that can be had without swapping: ``MemAvailable`` of proc(5); blocks for a moment.

    Raises:
        OSError: there is no such file.
    """
    for line in _MEMINFO.read_text("ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return 0
