"""A best-of: what observers marked in a lesson, as stretches of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.journal.entries import Marker

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """[from_ns, to_ns) of lesson time, both at whole seconds; ``labels`` of the marks in it, in their order."""

    from_ns: int
    to_ns: int
    labels: tuple[str, ...] = ()

    @property
    def length_ns(self) -> int:
        """How long it is."""
        return self.to_ns - self.from_ns


def best_of(
    marks: Iterable[Marker],
    length_ns: int,
    *,
    labelled: str = "",
    before_s: float = 20.0,
    after_s: float = 20.0,
    most_s: float | None = None,
) -> list[Excerpt]:
    """The stretches around marks of a lesson so long, in their order; those that touch become one.

    Who marks a moment has just seen what was worth it, hence ``before_s``. ``labelled``: only marks with this in their
    label. ``most_s``: the best ones only, as long together as that at most; the more marks a stretch has for its
    length, the better it is, and of equal ones the earlier.
    """
    end_ns = length_ns // _SECOND_NS * _SECOND_NS
    wanted = labelled.casefold()
    excerpts: list[Excerpt] = []
    for mark in sorted((one for one in marks if wanted in one.label.casefold()), key=lambda one: one.lesson_ns):
        from_ns = max(0, _second(mark.lesson_ns - before_s * _SECOND_NS))
        to_ns = min(end_ns, -_second(-mark.lesson_ns - after_s * _SECOND_NS))
        if from_ns >= to_ns:
            continue
        labels: tuple[str, ...] = (mark.label,)
        if excerpts and from_ns <= excerpts[-1].to_ns:
            before = excerpts.pop()
            from_ns, to_ns, labels = before.from_ns, max(before.to_ns, to_ns), (*before.labels, mark.label)
        excerpts.append(Excerpt(from_ns, to_ns, labels))
    return excerpts if most_s is None else _best(excerpts, most_s)


def _best(excerpts: list[Excerpt], most_s: float) -> list[Excerpt]:
    left_ns = most_s * _SECOND_NS
    chosen = []
    for one in sorted(excerpts, key=lambda one: (-len(one.labels) / one.length_ns, one.from_ns)):
        if one.length_ns <= left_ns:
            chosen.append(one)
            left_ns -= one.length_ns
    return sorted(chosen, key=lambda one: one.from_ns)


def _second(ns: float) -> int:
    """The whole second at or before it."""
    return int(ns // _SECOND_NS) * _SECOND_NS
