"""The log of what a simulated device really did, as JSON lines: the truth that recordings are judged by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from drivers.errors import DeviceMisconfigured


class TruthLog:
    """Appends to ``file``; without a file it does nothing."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def check(self, role: str) -> None:
        """Create the file.

        Raises:
            DeviceMisconfigured: It cannot be written.
        """
        try:
            if self._file is not None:
                self._file.touch()
        except OSError as error:
            raise DeviceMisconfigured(role, f"the log {self._file} cannot be written: {error.strerror}") from error

    def write(self, entry: Mapping[str, object]) -> None:
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(entry) + "\n")
