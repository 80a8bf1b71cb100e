"""The files of the player, as they are published beside lessons or served by the pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

from edge.i18n import Language
from edge.i18n.player import MESSAGES

PAGE = "player.html"
"""The page that plays ``player.html?lesson=<relative path of a lesson's folder>``."""

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


class PublishedFile(NamedTuple):
    """A file at ``path``, relative to where the player is published; every address in it is relative, too."""

    path: str
    data: bytes
    content_type: str


def player_files() -> Iterable[PublishedFile]:
    """Every file of the player; the page last, so that whoever finds it finds the others.

    Raises:
        OSError: A file cannot be read.
    """
    files = _files()
    return (*(one for one in files if one.path != PAGE), *(one for one in files if one.path == PAGE))


@cache
def _files() -> tuple[PublishedFile, ...]:
    static = [
        PublishedFile(str(path.relative_to(FOLDER)), path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    ]
    return (*static, *(_words(language) for language in get_args(Language)))


def _words(language: Language) -> PublishedFile:
    texts = {name: message.text(language) for name, message in MESSAGES.items()}
    return PublishedFile(f"words/{language}.json", json.dumps(texts, ensure_ascii=False).encode(), _TYPES[".json"])
