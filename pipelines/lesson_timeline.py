"""Lesson time: nanoseconds since the lesson began on CLOCK_MONOTONIC, pauses taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """Lesson time runs: ``lesson_ns`` is at ``from_ns``; it stops before ``until_ns``, or not yet."""

    from_ns: int
    lesson_ns: int
    until_ns: int | None = None


class Timeline:
    """Maps capture times to lesson time. One thread calls ``go`` and ``stop``; any thread may ask.

    The spans are a tuple replaced as a whole, so a question sees either the state before
    a change or the one after.
    """

    def __init__(self, lesson_ns: int = 0) -> None:
        self._base_ns = lesson_ns
        self._spans: tuple[TimelineSpan, ...] = ()

    @property
    def running(self) -> bool:
        """Whether lesson time runs now."""
        return bool(self._spans) and self._spans[-1].until_ns is None

    @property
    def stopped_ns(self) -> int | None:
        """Since when lesson time stands still; None while it runs, and before it ever did."""
        return self._spans[-1].until_ns if self._spans else None

    def go(self, at_ns: int) -> None:
        """Lesson time runs (again) from ``at_ns``, which is not before the last stop. Again: nothing."""
        if self.running:
            return
        if self._spans:
            last_until = self._spans[-1].until_ns or 0
            if at_ns < last_until:
                raise ValueError(f"lesson time cannot go on at {at_ns}, before it stopped at {last_until}")
        self._spans = (*self._spans, TimelineSpan(at_ns, self.reached(at_ns)))

    def stop(self, at_ns: int) -> int:
        """Lesson time stands still from ``at_ns``, or from the last ``go`` if that is later; where it stands."""
        if self.running:
            last = self._spans[-1]
            self._spans = (*self._spans[:-1], replace(last, until_ns=max(at_ns, last.from_ns)))
        return self.reached(at_ns)

    def to_lesson(self, at_ns: int) -> int | None:
        """Lesson time of a moment; None before the lesson, in a pause, and after its end."""
        for span in reversed(self._spans):
            if at_ns >= span.from_ns:
                if span.until_ns is not None and at_ns >= span.until_ns:
                    return None
                return span.lesson_ns + at_ns - span.from_ns
        return None

    def reached(self, at_ns: int) -> int:
        """The lesson time reached at a moment: it stands still in pauses, and never goes back."""
        for span in reversed(self._spans):
            if at_ns >= span.from_ns:
                until = at_ns if span.until_ns is None else min(at_ns, span.until_ns)
                return span.lesson_ns + until - span.from_ns
        return self._base_ns
