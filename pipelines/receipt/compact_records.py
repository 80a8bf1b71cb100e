"""Records of one kind, packed: what is known of every second and fragment of a long lesson takes a few megabytes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

R = TypeVar("R", bound=tuple[Any, ...])


class CompactRecords(Generic[R]):
    """A list of records, each a named tuple; ``flatten`` makes of it the numbers that ``layout`` (of the module struct)
    has, and ``make`` the record of them. A Python object for each would take fifteen times as much.
    """

    def __init__(self, layout: str, make: Callable[..., R], flatten: Callable[[R], Iterable[float]] = tuple) -> None:
        self._struct = struct.Struct(layout)
        self._make = make
        self._flatten = flatten
        self._packed = bytearray()

    def __len__(self) -> int:
        return len(self._packed) // self._struct.size

    def __iter__(self) -> Iterator[R]:
        for values in self._struct.iter_unpack(self._packed):
            yield self._make(*values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompactRecords) and self._packed == other._packed

    def append(self, record: R) -> None:
        """Add a record."""
        self._packed += self._struct.pack(*self._flatten(record))
