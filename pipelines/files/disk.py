"""The state of a disk: free space, and fault codes for what goes wrong with it."""

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

_CODES = {
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
    """The size and the free space of a file system in bytes, and whether it is mounted read-only."""

    total_bytes: int
    free_bytes: int
    is_read_only: bool = False


def read_space(folder: Path) -> DiskSpace:
    """Return the space of the file system that a folder lies on; takes microseconds unless the disk hangs.

    Raises:
        OSError: the folder is not there, or the disk fails.
    """
    status = os.statvfs(folder)
    is_read_only = bool(status.f_flag & os.ST_RDONLY)
    return DiskSpace(status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize, is_read_only)


def fault_code(error: OSError) -> str:
    """Return the fault code of a disk error; the system's own message where there is none."""
    return _CODES.get(error.errno or 0, f"disk: {error.strerror or error}")
