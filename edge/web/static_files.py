"""The pages' own style sheets, scripts and pictures, all held in memory: nothing else on the disk can be asked for."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_TEXTS = frozenset(_KINDS)
_LEAST_COMPRESSED = 400


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file; ``compressed`` by gzip, empty where that gains nothing."""

    data: bytes
    compressed: bytes
    content_type: str


class StaticFiles:
    """Every file below a folder by its name there; ``version`` changes when one of them does."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {str(path.relative_to(folder)): _read(path) for path in folder.rglob("*") if path.is_file()}
        digest = hashlib.sha256()
        for name, file in sorted(self._files.items()):
            digest.update(name.encode() + b"\0" + file.data + b"\0")
        self.version = digest.hexdigest()[:12]

    def find(self, name: str) -> StaticFile | None:
        """The file of this name, such as ``css/base.css``."""
        return self._files.get(name)

    def address(self, name: str) -> str:
        """Where a page finds a file; with the version, so that it may be kept for ever.

        Raises:
            KeyError: There is no such file.
        """
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"


def _read(path: Path) -> StaticFile:
    data = path.read_bytes()
    is_text = path.suffix in _TEXTS
    compressed = gzip.compress(data, mtime=0) if is_text and len(data) >= _LEAST_COMPRESSED else b""
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(data, compressed, f"{kind}; charset=utf-8" if is_text else kind)
