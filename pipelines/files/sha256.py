"""SHA-256 checksums of files and bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def sha256_of_file(path: Path, *, from_disk: bool = False) -> str:
    """Return the SHA-256 of a file in hex, read in bounded memory; it blocks, so call it in a thread.

    ``from_disk`` drops the file's pages from the page cache first, so that the disk itself is read.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        if from_disk:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes in hex."""
    return hashlib.sha256(data).hexdigest()
