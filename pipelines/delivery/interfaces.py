"""What delivery counts on: a store that keeps files, and an outbox that remembers what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the store has it; ``tag`` is the store's own name for this version of it, if it has one."""

    sha256: str
    size: int
    etag: str | None = None


class Store(Protocol):
    """Files under keys such as ``school/room/lesson/teacher/000001.m4s``. All raise StoreError."""

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """Keep a file, in place of any older one; returns when it is durable and checked by SHA-256.

        OSError where ``source`` itself cannot be read.
        """

    async def read_back(self, key: str) -> StoredFile | None:
        """Read a file through and say what it is; None where there is none."""

    async def contains(self, key: str, file: StoredFile) -> bool:
        """Whether the store has exactly this file, as its own ``put`` or ``find`` described it.

        A store that is not there itself says nothing: StoreUnreachable.
        """

    async def delete(self, key: str) -> None:
        """Remove a file; one that is not there is none to remove."""


@dataclass(frozen=True, slots=True)
class FileState:
    """How a file in the spool is told from its earlier self."""

    size: int
    mtime_ns: int


class DeliveryState(StrEnum):
    """Where a file stands: to be sent, perhaps in the store (its record was lost), in the store."""

    PENDING = "pending"
    UNSURE = "unsure"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One file of a lesson in the outbox; ``copy`` is what the store has of it, once it has."""

    state: FileState
    delivery: DeliveryState
    copy: StoredFile | None = None


class Outbox(Protocol):
    """Remembers, durably, what was sent. Methods block and may be called from any thread."""

    def is_stored(self, lesson: str) -> bool:
        """Whether the whole lesson was found in the store before."""

    def items(self, lesson: str) -> dict[str, OutboxItem]:
        """What is known of a lesson's files, by path inside the lesson."""

    def mark_pending(self, lesson: str, files: Mapping[str, FileState]) -> None:
        """These files are to be sent, whatever was known of them."""

    def mark_stored(self, lesson: str, path: str, state: FileState, copy: StoredFile) -> None:
        """The store has this file."""

    def mark_failed(self, lesson: str, path: str, fault: str) -> None:
        """One more attempt came to nothing."""
