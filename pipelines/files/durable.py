"""Durable and atomic file writes, and the access rights of a lesson's files."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.files.lesson_layout import TEMPORARY

# Children's pictures: for the owner and the group alone.
FILE_MODE = 0o640
FOLDER_MODE = 0o750


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a small file so that any crash leaves the old one or the new one, whole and durable."""
    temporary = path.with_name(path.name + TEMPORARY)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
    try:
        write_at(fd, data, 0)
        os.fdatasync(fd)
    finally:
        os.close(fd)
    temporary.replace(path)
    sync_folder(path.parent)


def write_at(fd: int, data: bytes, offset: int) -> None:
    """Write all of ``data`` at ``offset``.

    Raises:
        OSError: the disk refuses; the file is then truncated to ``offset``.
    """
    written = 0
    try:
        while written < len(data):
            written += os.pwrite(fd, memoryview(data)[written:], offset + written)
    except OSError:
        os.ftruncate(fd, offset)
        raise
