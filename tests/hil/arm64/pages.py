"""Whether a kernel with pages of 16 kB, as a Raspberry Pi 5 has, can load every library that was brought."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = 16 << 10
_LOADED = 1
# Of a 64-bit ELF file's header: where the program headers begin, how long each is, how many there are.
_HEADER = struct.Struct("<32xQ14xHH")
# Of a program header: its type, and what its addresses are aligned to.
_PROGRAM_HEADER = struct.Struct("<I44xQ")


def alignments(library: bytes) -> Iterator[int]:
    """What each part that is loaded is aligned to."""
    begin, length, count = _HEADER.unpack_from(library)
    for number in range(count):
        kind, alignment = _PROGRAM_HEADER.unpack_from(library, begin + number * length)
        if kind == _LOADED:
            yield alignment


def libraries(folder: Path) -> Iterator[Path]:
    """Every file of machine code in a folder."""
    for path in sorted(folder.rglob("*.so*")):
        if path.read_bytes()[:4] == b"\x7fELF":
            yield path


def main(folder: Path) -> None:
    """Print how many there are. SystemExit if one cannot be loaded, or none was found."""
    found = list(libraries(folder))
    small = [path for path in found if min(alignments(path.read_bytes())) < PAGE]
    if small or not found:
        raise SystemExit(f"pages: bad: of {len(found)} libraries these cannot be loaded: {small}")
    print(f"pages: good, {len(found)} libraries")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
