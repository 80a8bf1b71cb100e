"""How targets share one input among several files or calls."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from edge.terminal.console import OutputConsole

_SEPARATOR = b"\n=== "


def pieces(data: bytes) -> Iterator[bytes]:
    """The data cut up as its own bytes say."""
    at = 0
    while at < len(data):
        size = data[at] % 17 + 1
        yield data[at : at + size]
        at += size


def files(data: bytes, names: tuple[str, ...]) -> dict[str, bytes]:
    """The files in an input, of which each begins with ``=== NAME`` on a line; other names are left out."""
    found = {}
    for part in (b"\n" + data).split(_SEPARATOR):
        name, _, body = part.partition(b"\n")
        if (text := name.decode(errors="replace")) in names:
            found[text] = body
    return found


def joined(contents: dict[str, bytes]) -> bytes:
    """An input with these files."""
    return b"\n".join(b"=== " + name.encode() + b"\n" + body for name, body in contents.items())


def lay_out(folder: Path, contents: dict[str, bytes], names: tuple[str, ...]) -> None:
    """Have exactly these files of ``names`` in a folder."""
    for name in names:
        if name in contents:
            (folder / name).write_bytes(contents[name])
        else:
            (folder / name).unlink(missing_ok=True)


def console() -> OutputConsole:
    """A terminal that nobody looks at."""
    return OutputConsole(io.StringIO())
