"""Whose lesson it is: the account that began it from a page, kept in a file beside the passwords."""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.files.durable import write_atomically

log = logging.getLogger(__name__)

NAME = "lesson-owners.json"
# Years of lessons of one room.
_MOST = 20_000

_FILE: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class LessonOwners:
    """The accounts' names by lesson, in a folder; this process alone writes the file. Methods block."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._owners: dict[str, str] = {}
        try:
            self._owners = _FILE.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            log.warning("whose lessons there are is not known any more: %s", error)

    def owner(self, lesson: str) -> str:
        """The account that began it; empty where that is not known."""
        return self._owners.get(lesson, "")

    def add(self, lesson: str, account: str) -> None:
        """An account has begun a lesson; whoever began it first keeps it, also where its end was taken back."""
        if lesson in self._owners:
            return
        self._owners[lesson] = account
        for oldest in list(self._owners)[:-_MOST]:
            del self._owners[oldest]
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, _FILE.dump_json(self._owners, indent=1))
        except OSError as error:
            log.warning("that %s is a lesson of %s is not kept: %s", lesson, account, error)
