"""The stretches around a lesson's marks, for ``join`` and ``recut``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.directing.best_of import best_of
from pipelines.journal.lesson_clock import read_lesson_clock
from pipelines.programme.excerpts import Excerpt

_SECOND_NS = 1_000_000_000


def marked_excerpts(folder: Path, label: str) -> Iterator[Excerpt]:
    """Yield a stretch for each mark with ``label`` in its own label, or for several that are near each other.

    Raises:
        OSError: the journal cannot be read.
    """
    clock = read_lesson_clock(folder)
    for number, one in enumerate(best_of(clock.markers, clock.length_ns, labelled=label), 1):
        labels = " · ".join(filter(None, dict.fromkeys(one.labels)))
        yield Excerpt(one.from_ns // _SECOND_NS, one.to_ns // _SECOND_NS, labels or str(number))
