"""Records of one kind, packed: what is known of every second and fragment of a long lesson takes a few megabytes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

R = TypeVar("R", bound=tuple[Any, ...])


class RecordLayout(Generic[R]):
    """How records of a kind are packed: ``flatten`` makes of one the numbers that ``layout`` (module struct) has.

    ``make`` makes the record of them. All lists of a kind share one layout.
    """

    def __init__(self, layout: str, make: Callable[..., R], flatten: Callable[[R], Iterable[float]] = tuple) -> None:
        self.struct = struct.Struct(layout)
        self.make = make
        self.flatten = flatten


class CompactRecords(Generic[R]):
    """A list of records; a Python object for each would take fifteen times as much."""

    __slots__ = ("_layout", "_packed")

    def __init__(self, layout: RecordLayout[R]) -> None:
        self._layout = layout
        self._packed = bytearray()

    def __len__(self) -> int:
        return len(self._packed) // self._layout.struct.size

    def __iter__(self) -> Iterator[R]:
        make = self._layout.make
        for values in self._layout.struct.iter_unpack(self._packed):
            yield make(*values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompactRecords) and self._packed == other._packed

    def append(self, record: R) -> None:
        """Add a record."""
        self._packed += self._layout.struct.pack(*self._layout.flatten(record))
