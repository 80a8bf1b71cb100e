"""What takes minutes to build and is kept outside the clone, by a hash of what it is built from."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

Say = Callable[[str], None]


def digest(parts: Iterable[tuple[str, bytes]]) -> str:
    """A short name for named contents, the same wherever they lie and in whatever order they come."""
    total = hashlib.sha256()
    for name, content in sorted(parts):
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:16]


def files(folder: Path) -> list[tuple[str, bytes]]:
    """Every file in a folder as a part of a digest; one that may be run is another than one that may not."""
    return [
        (f"{path.relative_to(folder)} {os.access(path, os.X_OK)}", path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    ]


def cached(kind: str, name: str, build: Callable[[Path], None], say: Say) -> Path:
    """The folder of that kind and name, built if it is not there; whole or not at all.

    Of the older ones only the newest stays, since each takes a gigabyte.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "classroom-edge" / "hil" / kind
    folder = home / name
    if folder.is_dir():
        return folder
    home.mkdir(parents=True, exist_ok=True)
    for old in sorted(home.iterdir(), key=lambda path: path.stat().st_mtime)[:-1]:
        shutil.rmtree(old)
    unfinished = home / f"{name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    say(f"{kind} {name}: building, to be kept in {home}")
    build(unfinished)
    unfinished.rename(folder)
    say(f"{kind} {name}: built")
    return folder
