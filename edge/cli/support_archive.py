"""The archive of a support file: texts masked on their way in, and bounded in size as a whole."""

from __future__ import annotations

import io
import tarfile
import time
from pathlib import Path

from edge.config.known_secrets import SecretMask

LARGEST = 24 << 20
"""The most bytes that go in, before they are compressed."""

_LARGEST_FILE = 12 << 20


class SupportArchive:
    """A tar archive in memory. What finds no room is left out, and named in ``left_out``."""

    def __init__(self, folder: str, mask: SecretMask) -> None:
        self.left_out: list[str] = []
        self._members: list[str] = []
        self._folder = folder
        self._mask = mask
        self._left = LARGEST
        self._bytes = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._bytes, mode="w:gz")  # noqa: SIM115

    def add_text(self, member: str, text: str) -> None:
        """Add a text, without secrets."""
        self._add(member, self._mask.masked(text).encode(errors="replace"))

    def add_file(self, member: str, path: Path) -> None:
        """Add a file as it is (``add_text`` takes texts); one that cannot be read is left out."""
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST_FILE + 1)
        except OSError as error:
            self.left_out.append(f"{member} ({error.strerror})")
            return
        if len(data) > _LARGEST_FILE:
            self.left_out.append(f"{member} (> {_LARGEST_FILE >> 20} MB)")
        elif path.suffix in (".html", ".json"):
            self.add_text(member, data.decode(errors="replace"))
        else:
            self._add(member, data)

    def finished(self) -> bytes:
        """The archive, with a list of what is in it; nothing can be added any more."""
        listed = [*self._members, *(f"LEFT OUT: {one}" for one in self.left_out)]
        self._write("contents.txt", ("\n".join(listed) + "\n").encode(errors="replace"))
        self._tar.close()
        return self._bytes.getvalue()

    def _add(self, member: str, data: bytes) -> None:
        if len(data) > self._left:
            self.left_out.append(f"{member} ({len(data) >> 10} kB)")
            return
        self._left -= len(data)
        self._write(member, data)
        self._members.append(member)

    def _write(self, member: str, data: bytes) -> None:
        entry = tarfile.TarInfo(f"{self._folder}/{member}")
        entry.size, entry.mode, entry.mtime = len(data), 0o600, int(time.time())
        self._tar.addfile(entry, io.BytesIO(data))
