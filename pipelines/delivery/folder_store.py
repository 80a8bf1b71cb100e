"""A store in a folder: on a USB disk, a network share, or the box itself.

It makes plain system calls, because a copy counts only once it is on the disk under its final name: written beside
it, fsynced, read back, renamed, and the folders fsynced.

The folder itself is never made: where it is missing its disk is not mounted, and a copy would land on the disk below.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from pipelines.delivery.errors import (
    StoreCorrupt,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreNotThere,
    StoreRefused,
    StoreUnsupported,
)
from pipelines.delivery.interfaces import StoredFile, VersionedBytes
from pipelines.files.durable import FILE_MODE, FOLDER_MODE, sync_folder
from pipelines.files.folder_lock import folder_locked
from pipelines.files.sha256 import sha256_of_bytes, sha256_of_file

_CHUNK = 1 << 20
_LARGEST_CREATED = 1 << 16
_LARGEST_REPLACED = 1 << 26


class _SourceFailed(Exception):
    """What is to be stored cannot be read, which is not the store's fault."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class FolderStore:
    """Keeps each key as a file below ``root``. See Store for its methods.

    Once ``prepare`` has seen the root, another device at its path is StoreNotThere until it is called again.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._device: int | None = None

    def connected(self) -> AbstractAsyncContextManager[None]:
        """See Store.connected."""
        return nullcontext()

    async def prepare(self, _known: str, _folder: str) -> str:
        """See Store.prepare: a folder is known by its path."""
        self._device = None
        self._device = await asyncio.to_thread(self._look_at_root)
        return json.dumps({"root": str(self.root)})

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """See Store.put."""
        return await asyncio.to_thread(self._put, key, source)

    async def create(self, key: str, data: bytes) -> bool:
        """See Store.create."""
        return await asyncio.to_thread(self._create, key, data)

    async def read(self, key: str, at_most: int) -> bytes | None:
        """See Store.read. A file that a power cut left without its bytes is none."""
        return await asyncio.to_thread(self._read, key, at_most)

    async def read_version(self, key: str, at_most: int) -> VersionedBytes | None:
        """See Store.read_version: the version is the SHA-256."""
        data = await self.read(key, at_most + 1)
        if data is None:
            return None
        if len(data) > at_most:
            raise StoreCorrupt(f"{self.root / key} is not what was put there", is_about_object=True)
        return VersionedBytes(data, sha256_of_bytes(data))

    async def replace(self, key: str, data: bytes, version: str) -> bool:
        """See Store.replace."""
        return await asyncio.to_thread(self._replace, key, data, version)

    async def folders(self, folder: str) -> list[str]:
        """See Store.folders."""
        return await asyncio.to_thread(self._folders, folder)

    async def read_back(self, key: str) -> StoredFile | None:
        """See Store.read_back."""
        return await asyncio.to_thread(self._read_back, key)

    async def contains(self, key: str, file: StoredFile) -> bool:
        """See Store.contains; reads the copy."""
        return await self.read_back(key) == file

    async def delete(self, key: str) -> None:
        """See Store.delete."""
        await asyncio.to_thread(self._delete, key)

    async def is_apart_from(self, folder: Path) -> bool:
        """See Store.is_apart_from: it lies on another device."""
        return await asyncio.to_thread(lambda: self._look_at_root() != folder.stat().st_dev)

    async def may_be_marked(self, spool: Path, is_first: bool) -> bool:
        """See Store.may_be_marked: a disk or share of its own is mounted there.

        The first store may also lie beside the spool, where it is not apart from it; on the system's own disk,
        with the spool elsewhere, it is most likely a mount point.
        """
        return await asyncio.to_thread(self._may_be_marked, spool, is_first)

    def _may_be_marked(self, spool: Path, is_first: bool) -> bool:
        device, beside_spool = self._look_at_root(), spool.stat().st_dev
        return device not in (beside_spool, Path("/").stat().st_dev) or (is_first and device == beside_spool)

    def _look_at_root(self) -> int:
        """The device of the root, if it is there.

        Raises:
            StoreNotThere: it is not, or is another device than before.
        """
        try:
            found = self.root.stat()
        except OSError as error:
            raise StoreNotThere(f"the store {self.root} is not there ({error.strerror}): is its disk there?") from error
        if not stat.S_ISDIR(found.st_mode):
            raise StoreNotThere(f"the store {self.root} is no folder")
        if self._device is not None and found.st_dev != self._device:
            raise StoreNotThere(f"the store {self.root} is on another disk now: was its disk pulled out?")
        return found.st_dev

    def _create(self, key: str, data: bytes) -> bool:
        target = self.root / key
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        with self._translated_errors():
            _make_folders(target.parent)
            with folder_locked(target.parent):  # an empty file may be one that another creator writes
                if target.exists() and self._read(key, _LARGEST_CREATED) is None:
                    # A power cut left a name without its bytes.
                    target.unlink()
                try:
                    _write_durably(temporary, BytesIO(data))
                    return _give_name(temporary, target, data)
                finally:
                    temporary.unlink(missing_ok=True)

    def _replace(self, key: str, data: bytes, version: str) -> bool:
        target = self.root / key
        with self._translated_errors():
            _make_folders(target.parent)
            with folder_locked(target.parent):
                found = self._read(key, _LARGEST_REPLACED)
                if (sha256_of_bytes(found) if found is not None else "") != version:
                    return False
                self._copy(BytesIO(data), target, target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp"))
        return True

    def _folders(self, folder: str) -> list[str]:
        with self._translated_errors():
            try:
                with os.scandir(self.root / folder) as entries:
                    return sorted(entry.name for entry in entries if entry.is_dir())
            except FileNotFoundError:
                return []

    def _read(self, key: str, at_most: int) -> bytes | None:
        with self._translated_errors():
            try:
                with (self.root / key).open("rb") as file:
                    found = file.read(at_most)
            except FileNotFoundError:
                return None
        return found if found.strip(b"\0") else None

    def _put(self, key: str, source: Path | bytes) -> StoredFile:
        target = self.root / key
        temporary = target.with_name(f".{target.name}.tmp")
        try:
            with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as data:
                return self._copy(data, target, temporary)
        except _SourceFailed as failed:
            raise failed.error from failed

    def _copy(self, data: BinaryIO, target: Path, temporary: Path) -> StoredFile:
        with self._translated_errors():
            _make_folders(target.parent)
            sent = _write_durably(temporary, data)
            if sha256_of_file(temporary, from_disk=True) != sent.sha256:
                text = f"{target} read back differs from what was written: check the disk {self.root}"
                raise StoreCorrupt(text, is_about_object=True)
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
        self._look_at_root()
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
                text = f"not allowed to write into the store {self.root} ({what}): check its rights"
                return StoreRefused(text, is_about_object=error.errno != errno.EROFS)
            case errno.ENAMETOOLONG | errno.EINVAL | errno.ENOTDIR | errno.EISDIR | errno.ELOOP:
                text = f"the store {self.root} takes no file of this name ({what}): look at its file system"
                return StoreUnsupported(text, is_about_object=True)
            case _:
                return StoreFailed(f"the store {self.root} fails ({what}): look at its disk", is_about_object=True)


def _write_durably(path: Path, data: BinaryIO, how: int = os.O_TRUNC) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, FILE_MODE), "wb") as file:
        while chunk := _read(data):
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile(digest.hexdigest(), size)


def _read(data: BinaryIO) -> bytes:
    try:
        return data.read(_CHUNK)
    except OSError as error:
        raise _SourceFailed(error) from error


def _give_name(temporary: Path, target: Path, data: bytes) -> bool:
    """Give a file its final name unless that is taken; FAT has no hard links, and there a power cut may tear it."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        with suppress(FileExistsError):
            _write_durably(target, BytesIO(data), os.O_EXCL)
            sync_folder(target.parent)
            return True
        return False
    sync_folder(target.parent)
    return True


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, each one durable in its parent."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(FOLDER_MODE, exist_ok=True)
        sync_folder(one.parent)
