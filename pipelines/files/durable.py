"""Durable and atomic file writes, and the owner and access rights of a lesson's files."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.files.lesson_layout import TEMPORARY

# Children's pictures: for the owner and the group alone.
FILE_MODE = 0o640
FOLDER_MODE = 0o750


def open_to_write(path: Path, flags: int = 0) -> int:
    """Open a file for reading and writing, or make it; the descriptor.

    What root makes belongs to the owner of its folder, as if the service had made it: it must be able to go on with it.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | flags, FILE_MODE)
    if os.geteuid() == 0:
        owner, found = path.parent.stat(), os.fstat(fd)
        if (found.st_uid, found.st_gid) != (owner.st_uid, owner.st_gid):
            os.fchown(fd, owner.st_uid, owner.st_gid)
    return fd


def give_to_owner(folder: Path) -> None:
    """Give what root has made in a folder to the folder's owner; nothing for anybody but root.

    Raises:
        OSError: the disk refuses.
    """
    owner = folder.stat()
    for path in folder.rglob("*") if os.geteuid() == 0 else ():
        if path.lstat().st_uid == 0 != owner.st_uid:
            os.lchown(path, owner.st_uid, owner.st_gid)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a small file so that any crash leaves the old one or the new one, whole and durable."""
    _replace(path, data, is_durable=True)
    sync_folder(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a small file that can be made again: readers find a whole one, but a power cut may leave an empty one."""
    _replace(path, data, is_durable=False)


def sync_file(path: Path) -> None:
    """Make a file that is there already durable, and its name."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fdatasync(fd)
    finally:
        os.close(fd)
    sync_folder(path.parent)


def _replace(path: Path, data: bytes, *, is_durable: bool) -> None:
    temporary = path.with_name(path.name + TEMPORARY)
    fd = open_to_write(temporary, os.O_TRUNC)
    try:
        write_at(fd, data, 0)
        if is_durable:
            os.fdatasync(fd)
    finally:
        os.close(fd)
    temporary.replace(path)


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
