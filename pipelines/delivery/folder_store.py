"""A store that is a folder: a USB disk, a share, or the box itself.

Plain system calls, because a copy counts only once it is on the disk under its final name: written
beside it, fsynced, renamed, the folders fsynced, read back.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from pipelines.delivery.errors import StoreCorrupt, StoreError, StoreFull, StoreRefused, StoreUnreachable
from pipelines.delivery.interfaces import StoredFile
from pipelines.files.sha256 import sha256_of_file

_CHUNK = 1 << 20
# The copies show children too: for the owner and the group alone.
_FILE_MODE = 0o640
_FOLDER_MODE = 0o750


class FolderStore:
    """Keeps each key as a file below ``root``, which is made when it is first needed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """See Store.put."""
        return await asyncio.to_thread(self._put, key, source)

    async def read_back(self, key: str) -> StoredFile | None:
        """See Store.read_back."""
        return await asyncio.to_thread(self._find, key)

    async def contains(self, key: str, file: StoredFile) -> bool:
        """See Store.contains; reads the copy. A folder that is not there, on a disk pulled out, says nothing of it."""
        if not await asyncio.to_thread(self.root.is_dir):
            raise StoreUnreachable(f"the store {self.root} is not there: is the disk there?")
        return await self.read_back(key) == file

    async def delete(self, key: str) -> None:
        """See Store.delete."""
        await asyncio.to_thread(self._delete, key)

    def _put(self, key: str, source: Path | bytes) -> StoredFile:
        target = self.root / key
        temporary = target.with_name(f".{target.name}.tmp")
        with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as data, self._as_faults():
            _make_folders(target.parent)
            sent = _write_durably(temporary, data)
            if sha256_of_file(temporary, from_disk=True) != sent.sha256:
                raise StoreCorrupt(f"{target} read back differs from what was written: check the disk {self.root}")
            temporary.rename(target)
            _sync_folder(target.parent)
        return sent

    def _find(self, key: str) -> StoredFile | None:
        path = self.root / key
        with self._as_faults():
            try:
                return StoredFile(sha256_of_file(path, from_disk=True), path.stat().st_size)
            except FileNotFoundError:
                return None

    def _delete(self, key: str) -> None:
        path = self.root / key
        with self._as_faults():
            try:
                path.unlink()
            except FileNotFoundError:
                return
            _sync_folder(path.parent)

    @contextmanager
    def _as_faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._fault(error) from error

    def _fault(self, error: OSError) -> StoreError:
        what = f"{error.filename or self.root}: {error.strerror}"
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
                return StoreFull(f"the store {self.root} has no room left ({what}): make room or choose another")
            case errno.EACCES | errno.EPERM | errno.EROFS:
                return StoreRefused(f"not allowed to write into the store {self.root} ({what}): check its rights")
            case _:
                return StoreUnreachable(f"the store {self.root} cannot be used ({what}): is the disk there?")


def _write_durably(path: Path, data: BinaryIO) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE), "wb") as file:
        while chunk := data.read(_CHUNK):
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile(digest.hexdigest(), size)


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, each one durable in its parent."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(_FOLDER_MODE, exist_ok=True)
        _sync_folder(one.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
