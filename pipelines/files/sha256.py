"""SHA-256 of files, in threads and in bounded memory."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def sha256_of_file(path: Path, *, from_disk: bool = False) -> str:
    """The SHA-256 of a file in hex; ``from_disk`` asks the kernel to forget its cached pages first. OSError."""
    with path.open("rb") as file:
        if from_disk:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_bytes(data: bytes) -> str:
    """The SHA-256 of bytes in hex."""
    return hashlib.sha256(data).hexdigest()
