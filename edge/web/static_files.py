"""The pages' own style sheets, scripts and pictures, and the player, all in memory: nothing else can be asked for."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from edge.player.published_files import player_files

FOLDER = Path(__file__).parent / "static"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_TEXTS = frozenset(_KINDS)
_PLAYER = "player"
_LEAST_COMPRESSED = 400


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file; ``compressed`` by gzip, empty where that gains nothing."""

    data: bytes
    compressed: bytes
    content_type: str


class StaticFiles:
    """Every file below a folder by its name there, and the lesson player's below ``player/``.

    ``version`` changes when one of them does.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {str(path.relative_to(folder)): _read(path) for path in folder.rglob("*") if path.is_file()}
        self._files |= {f"{_PLAYER}/{one.path}": _file(one.data, one.content_type) for one in player_files()}
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
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _file(path.read_bytes(), f"{kind}; charset=utf-8" if path.suffix in _TEXTS else kind)


def _file(data: bytes, content_type: str) -> StaticFile:
    is_text = "charset" in content_type
    compressed = gzip.compress(data, mtime=0) if is_text and len(data) >= _LEAST_COMPRESSED else b""
    return StaticFile(data, compressed, content_type)
