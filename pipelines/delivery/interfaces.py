"""Interfaces of delivery: the store that keeps files, and the outbox that records what was sent."""

from __future__ import annotations

from collections.abc import Mapping
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


class Store(Protocol):
    """Files under keys such as ``school/room/lesson/teacher/000001.m4s``. Every method may raise StoreError."""

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """Store a file, in place of any older one; return when it is durable and checked by SHA-256.

        Raises:
            OSError: ``source`` itself cannot be read.
        """

    async def read_back(self, key: str) -> StoredFile | None:
        """Read a stored file in full and return its SHA-256 and size; None where there is none."""

    async def contains(self, key: str, file: StoredFile) -> bool:
        """Whether the store has exactly this file, as its own ``put`` or ``read_back`` described it.

        Raises:
            StoreUnreachable: the store itself is not there, which says nothing of its files.
        """

    async def delete(self, key: str) -> None:
        """Delete a file if it is there."""


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


class Outbox(Protocol):
    """A durable record of what was sent. Its methods block, and may be called from any thread."""

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
