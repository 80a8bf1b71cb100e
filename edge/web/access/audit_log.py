"""The audit log: a JSON line for every act by way of a page, in files of a bounded size."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from edge.classroom.actor import Actor

log = logging.getLogger(__name__)

NAME = "audit.jsonl"
_MOST_BYTES = 1 << 20
_KEPT = 9


class AuditLog:
    """``audit.jsonl`` in a folder, and before it ``audit.1.jsonl`` and so on; each is full at a megabyte."""

    def __init__(self, folder: Path, now: Callable[[], datetime], most_bytes: int = _MOST_BYTES) -> None:
        self._path = folder / NAME
        self._now = now
        self._most_bytes = most_bytes
        self._writing = asyncio.Lock()

    async def add(self, address: str, actor: Actor, act: str, status: int, details: dict[str, str]) -> None:
        """Write a line; a disk that refuses is told in the journal, and keeps nobody from teaching."""
        entry = {
            "at": self._now().isoformat(timespec="seconds"),
            "address": address,
            "name": actor.name,
            "role": actor.role,
            "act": act,
            "status": status,
            **details,
        }
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        async with self._writing:
            try:
                await asyncio.to_thread(self._append, line)
            except OSError as error:
                log.error("an act is not in the audit log: %s: %s", error, entry)

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            os.fchmod(fd, 0o640)
            os.write(fd, line)
            is_full = os.fstat(fd).st_size >= self._most_bytes
        finally:
            os.close(fd)
        if is_full:
            for number in range(_KEPT - 1, 0, -1):
                if (older := self._kept(number)).exists():
                    older.replace(self._kept(number + 1))
            self._path.replace(self._kept(1))

    def _kept(self, number: int) -> Path:
        return self._path.with_name(f"audit.{number}.jsonl")
