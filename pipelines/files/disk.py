"""What can be wrong with the disk, in words that both processes use, and how much of it is free."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

FULL = "disk-full"
READ_ONLY = "disk-read-only"
FAILS = "disk-fails"
HUNG = "disk-hung"
SLOW = "disk-slow"
LOW = "disk-low"
NO_ROOM = "disk-no-room"

_WORDS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
    # A disk that was pulled answers like this, too.
    errno.EIO: FAILS,
    errno.ENXIO: FAILS,
    errno.ENODEV: FAILS,
    errno.EUCLEAN: FAILS,
}


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """How many bytes a file system has, how many of them are free, and whether nothing may be written at all."""

    total_bytes: int
    free_bytes: int
    is_read_only: bool = False


def read_space(folder: Path) -> DiskSpace:
    """Of the file system that a folder lies on: a few microseconds, unless the disk hangs. OSError."""
    said = os.statvfs(folder)
    is_read_only = bool(said.f_flag & os.ST_RDONLY)
    return DiskSpace(said.f_blocks * said.f_frsize, said.f_bavail * said.f_frsize, is_read_only)


def fault_code(error: OSError) -> str:
    """The word for what the disk refuses; where there is none, what the system says."""
    return _WORDS.get(error.errno or 0, f"disk: {error.strerror or error}")
