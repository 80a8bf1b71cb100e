"""A store in a folder: on a USB disk, a network share, or the box itself.

It makes plain system calls, because a copy counts only once it is on the disk under its final name: written beside
it, fsynced, read back, renamed, and the folders fsynced.
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
from pipelines.files.durable import FILE_MODE, FOLDER_MODE, sync_folder
from pipelines.files.sha256 import sha256_of_file

_CHUNK = 1 << 20


class FolderStore:
    """Keeps each key as a file below ``root``, which is made when it is first needed. See Store for its methods."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """See Store.put."""
        return await asyncio.to_thread(self._put, key, source)

    async def read_back(self, key: str) -> StoredFile | None:
        """See Store.read_back."""
        return await asyncio.to_thread(self._read_back, key)

    async def contains(self, key: str, file: StoredFile) -> bool:
        """See Store.contains; reads the copy. A missing root is a disk that was pulled out, so StoreUnreachable."""
        if not await asyncio.to_thread(self.root.is_dir):
            raise StoreUnreachable(f"the store {self.root} is not there: is the disk there?")
        return await self.read_back(key) == file

    async def delete(self, key: str) -> None:
        """See Store.delete."""
        await asyncio.to_thread(self._delete, key)

    def _put(self, key: str, source: Path | bytes) -> StoredFile:
        target = self.root / key
        temporary = target.with_name(f".{target.name}.tmp")
        with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as data, self._translated_errors():
            _make_folders(target.parent)
            sent = _write_durably(temporary, data)
            if sha256_of_file(temporary, from_disk=True) != sent.sha256:
                raise StoreCorrupt(f"{target} read back differs from what was written: check the disk {self.root}")
            temporary.rename(target)
            sync_folder(target.parent)
        return sent

    def _read_back(self, key: str) -> StoredFile | None:
        path = self.root / key
        with self._translated_errors():
            try:
                return StoredFile(sha256_of_file(path, from_disk=True), path.stat().st_size)
            except FileNotFoundError:
                return None

    def _delete(self, key: str) -> None:
        path = self.root / key
        with self._translated_errors():
            try:
                path.unlink()
            except FileNotFoundError:
                return
            sync_folder(path.parent)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._store_error(error) from error

    def _store_error(self, error: OSError) -> StoreError:
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
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE), "wb") as file:
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
        one.mkdir(FOLDER_MODE, exist_ok=True)
        sync_folder(one.parent)
