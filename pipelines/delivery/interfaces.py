"""Interfaces of delivery: the store that keeps files, and the outbox that records what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the store has it; ``etag`` is the store's own identifier of this version, if it has one."""

    sha256: str
    size: int
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class VersionedBytes:
    """A small file as it was read; ``version`` tells it from what it was before and becomes later."""

    data: bytes
    version: str


class Store(Protocol):
    """Files under keys such as ``school/room/lesson/teacher/000001.m4s``. Every method may raise StoreError."""

    def connected(self) -> AbstractAsyncContextManager[None]:
        """Keep connections open from one request to the next; without it each has its own."""

    async def prepare(self, known: str, folder: str) -> str:
        """Learn what kind of store it is, and return that to be given back as ``known`` by the next process.

        ``folder`` is where it may try something out. Until then what is stored is trusted less.
        """

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """Store a file, in place of any older one; return when its bytes there are proven to be the same.

        That is, the store has checked a SHA-256 that went with them, or they were read back.

        Raises:
            OSError: ``source`` itself cannot be read.
        """

    async def create(self, key: str, data: bytes) -> bool:
        """Store a small file unless there is one: of several who try, one gets True. May be lost with its answer."""

    async def read(self, key: str, at_most: int) -> bytes | None:
        """Read a small file, at most so many bytes of it; None where there is none."""

    async def read_version(self, key: str, at_most: int) -> VersionedBytes | None:
        """Read a small file that is to be replaced; None where there is none.

        Raises:
            StoreCorrupt: it has more than ``at_most`` bytes, so that it is not the file that was meant.
        """

    async def replace(self, key: str, data: bytes, version: str) -> bool:
        """Store a small file if the one there is still of this version, "" for none; whether that was so.

        May be lost with its answer. A server that knows no such condition writes all the same.
        """

    async def folders(self, folder: str) -> list[str]:
        """The names of the folders in a folder, sorted; of one that is not there, none."""

    async def read_back(self, key: str) -> StoredFile | None:
        """Read a stored file in full and return its SHA-256 and size; None where there is none."""

    async def contains(self, key: str, file: StoredFile) -> bool:
        """Whether the store has exactly this file, as its own ``put`` or ``read_back`` described it.

        Raises:
            StoreNotThere: the store itself is not there, which says nothing of its files.
        """

    async def delete(self, key: str) -> None:
        """Delete a file if it is there."""

    async def is_apart_from(self, folder: Path) -> bool:
        """Whether a copy in the store survives the loss of the disk that ``folder`` lies on."""

    async def may_be_marked(self, spool: Path, is_first: bool) -> bool:
        """Whether a store without our mark can be a new or emptied one, and not the place where its disk is missing.

        ``is_first``: this box has never had a store.
        """


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells a file in the spool from an earlier version of it."""

    size: int
    mtime_ns: int


class DeliveryState(StrEnum):
    """The delivery of a file: to be sent, perhaps in the store (the record of it was lost), or in the store."""

    PENDING = "pending"
    UNSURE = "unsure"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One file of a lesson in the outbox; ``copy`` is what the store has of it, None before it is stored."""

    state: FileState
    delivery: DeliveryState
    copy: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class KnownStore:
    """The store that the outbox is about: its mark, and its traits as ``Store.prepare`` returned them.

    ``is_apart``: it did not lie on the spool's own disk.
    """

    mark: str
    traits: str = ""
    is_apart: bool = False


class Outbox(Protocol):
    """A durable record of what was sent. Its methods block, and may be called from any thread."""

    def known_store(self) -> KnownStore | None:
        """The store that was used last; None where there was none yet."""

    def use_store(self, store: KnownStore) -> None:
        """Record which store is used from here on. With another mark than before nothing is known to be in it."""

    def is_stored(self, lesson: str) -> bool:
        """Whether the whole lesson has been compared with the store before."""

    def items(self, lesson: str) -> dict[str, OutboxItem]:
        """Return what is recorded of a lesson's files, by path in its folder."""

    def mark_pending(self, lesson: str, files: Mapping[str, FileState]) -> None:
        """Record that these files are to be sent, whatever was recorded of them."""

    def mark_stored(self, lesson: str, path: str, state: FileState, copy: StoredFile) -> None:
        """Record that the store has this file."""

    def mark_failed(self, lesson: str, path: str, fault: str) -> None:
        """Record that an attempt to send a file failed; ``fault`` is the code of the error."""
