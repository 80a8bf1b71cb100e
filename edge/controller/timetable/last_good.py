"""The last good version of the timetable's file, kept beside the ledger for restarts without a network."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.controller.timetable.source import Fetched, Validators
from pipelines.files.durable import FOLDER_MODE, write_atomically

FOLDER = "timetable"
_FILE, _ABOUT = "source", "about.json"


class _About(BaseModel):
    """What is known of the file besides its bytes; ``origin`` is where it came from, a hash of an address."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    origin: str
    size: int
    etag: str = ""
    last_modified: str = ""


class LastGood:
    """Reads and writes the file in ``folder``; every method blocks for the disk and may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, origin: str) -> Fetched | None:
        """The file, if there is one of this origin; validators only where the file is the one they belong to."""
        try:
            about = _About.model_validate_json((self._folder / _ABOUT).read_bytes())
            data = (self._folder / _FILE).read_bytes()
        except (FileNotFoundError, ValidationError):
            return None
        if about.origin != origin:
            return None
        is_whole = about.size == len(data)
        return Fetched(about.name, data, Validators(about.etag, about.last_modified) if is_whole else Validators())

    def write(self, origin: str, fetched: Fetched) -> None:
        """Keep a file that was found good."""
        self._folder.mkdir(FOLDER_MODE, exist_ok=True)
        validators = fetched.validators
        about = _About(
            name=fetched.name,
            origin=origin,
            size=len(fetched.data),
            etag=validators.etag,
            last_modified=validators.last_modified,
        )
        write_atomically(self._folder / _FILE, fetched.data)
        write_atomically(self._folder / _ABOUT, about.model_dump_json().encode() + b"\n")
