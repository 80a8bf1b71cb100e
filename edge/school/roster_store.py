"""The roster's file, roster.json beside the ledger, readable by the service's group only: it holds students' names."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from edge.classroom.roster import Roster
from pipelines.files.durable import write_atomically

log = logging.getLogger(__name__)

NAME = "roster.json"


class RosterStore:
    """Keeps ``roster`` in memory and on disk; it is empty before ``load``. The controller is its only writer.

    It is no part of the ledger, which can be rebuilt from the spool: the spool contains no names.
    """

    def __init__(self, path: Path) -> None:
        self.roster = Roster()
        self._path = path
        self._changing = asyncio.Lock()
        self._unreadable: OSError | None = None

    async def load(self) -> None:
        """Read the file; an invalid one is renamed to ``roster.json.damaged-N``.

        If the disk cannot read it the roster stays empty and cannot be changed, for the file may be intact.
        """
        try:
            self.roster = await asyncio.to_thread(self._read)
        except OSError as error:
            log.error("the roster cannot be read, so no student is known: %s", error)
            self._unreadable = error

    async def change(self, change: Callable[[Roster], Roster]) -> None:
        """Apply ``change`` to the roster; it is durable on return, and unchanged after an error.

        Raises:
            OSError: the file cannot be read or written; besides, whatever ``change`` raises.
        """
        async with self._changing:
            if self._unreadable is not None:
                raise self._unreadable
            changed = change(self.roster)
            await asyncio.to_thread(self._write, changed)
            self.roster = changed

    def _read(self) -> Roster:
        try:
            return Roster.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return Roster()
        except ValidationError as error:
            aside = self._aside()
            self._path.rename(aside)
            log.error(
                "the roster makes no sense (%d errors) and lies in %s now: import it again",
                error.error_count(),
                aside,
            )
            return Roster()

    def _write(self, roster: Roster) -> None:
        write_atomically(self._path, roster.model_dump_json(indent=1).encode() + b"\n")

    def _aside(self) -> Path:
        names = (self._path.with_name(f"{NAME}.damaged-{number}") for number in count(1))
        return next(path for path in names if not path.exists())
