"""The roster's file, roster.json beside the ledger, readable by the service's group only: it holds students' names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edge.classroom.roster import Roster
from edge.school.json_model_file import ModelStore

NAME = "roster.json"


class RosterStore:
    """Keeps ``roster`` in memory and on disk, see ``ModelStore``: the spool it could be rebuilt from has no names."""

    def __init__(self, path: Path) -> None:
        self._store = ModelStore(path, Roster, Roster)

    @property
    def roster(self) -> Roster:
        """The roster as it is on disk; empty before ``load``."""
        return self._store.value

    async def load(self) -> None:
        """Read the file; one that makes no sense is set aside, and its classes have to be imported again."""
        await self._store.load()

    async def change(self, change: Callable[[Roster], Roster]) -> None:
        """Apply ``change`` to the roster; it is durable on return, and unchanged after an error.

        Raises:
            OSError: the file cannot be read or written; besides, whatever ``change`` raises.
        """
        await self._store.change(change)
