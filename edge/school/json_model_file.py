"""A small file beside the ledger that holds one model as JSON, readable by the service's group only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.files.durable import write_atomically

log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)


class ModelStore(Generic[M]):
    """Keeps ``value`` in memory and on disk; it is ``empty`` before ``load``. The controller is its only writer.

    ``empty`` makes the value of a file that is not there. None of this is part of the ledger, which can be rebuilt from
    the spool.
    """

    def __init__(self, path: Path, model: type[M], empty: Callable[[], M]) -> None:
        self.value = empty()
        self._path = path
        self._model = model
        self._empty = empty
        self._changing = asyncio.Lock()
        self._unreadable: OSError | None = None

    async def load(self) -> None:
        """Read the file; an invalid one is renamed to ``<name>.damaged-N``.

        If the disk cannot read it the value stays empty and cannot be changed, for the file may be intact.
        """
        try:
            self.value = await asyncio.to_thread(self._read)
        except OSError as error:
            log.error("%s cannot be read: %s", self._path, error)
            self._unreadable = error

    async def change(self, change: Callable[[M], M]) -> None:
        """Apply ``change`` to the value; it is durable on return, and unchanged after an error.

        Raises:
            OSError: the file cannot be read or written; besides, whatever ``change`` raises.
        """
        async with self._changing:
            if self._unreadable is not None:
                raise self._unreadable
            changed = change(self.value)
            if changed is not self.value:
                await asyncio.to_thread(self._write, changed)
                self.value = changed

    def _read(self) -> M:
        try:
            return self._model.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return self._empty()
        except ValidationError as error:
            aside = self._aside()
            self._path.rename(aside)
            log.error("%s makes no sense (%d errors) and lies in %s now", self._path, error.error_count(), aside)
            return self._empty()

    def _write(self, value: M) -> None:
        write_atomically(self._path, value.model_dump_json(indent=1).encode() + b"\n")

    def _aside(self) -> Path:
        names = (self._path.with_name(f"{self._path.name}.damaged-{number}") for number in count(1))
        return next(path for path in names if not path.exists())
