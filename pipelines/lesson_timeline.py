"""Lesson time: nanoseconds on CLOCK_MONOTONIC since the lesson began, pauses excluded."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """A span in which lesson time runs: ``lesson_ns`` at ``from_ns``, until ``until_ns`` (None: it still runs)."""

    from_ns: int
    lesson_ns: int
    until_ns: int | None = None


class LessonTimeline:
    """Map capture times to lesson time. One thread starts and stops it; any thread may read.

    The spans are a tuple that is replaced as a whole, so a reader sees the state before a change or after it,
    never a mixture.
    """

    def __init__(self, lesson_ns: int = 0) -> None:
        self._initial_ns = lesson_ns
        self._spans: tuple[TimelineSpan, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether lesson time runs now."""
        return bool(self._spans) and self._spans[-1].until_ns is None

    @property
    def stopped_at_ns(self) -> int | None:
        """The moment at which lesson time stopped; None while it runs and before it first ran."""
        return self._spans[-1].until_ns if self._spans else None

    @property
    def runs_since_ns(self) -> int | None:
        """The moment since which lesson time has run; None while it stands still."""
        return self._spans[-1].from_ns if self.is_running else None

    def start(self, at_ns: int) -> None:
        """Let lesson time run from ``at_ns`` on; does nothing while it runs.

        Raises:
            ValueError: ``at_ns`` is before the last stop.
        """
        if self.is_running:
            return
        if self._spans:
            last_until = self._spans[-1].until_ns or 0
            if at_ns < last_until:
                raise ValueError(f"lesson time cannot go on at {at_ns}, before it stopped at {last_until}")
        self._spans = (*self._spans, TimelineSpan(at_ns, self.reached_ns(at_ns)))

    def stop(self, at_ns: int) -> int:
        """Stop lesson time at ``at_ns``, or at the last start if that is later; return the lesson time reached."""
        if self.is_running:
            last = self._spans[-1]
            self._spans = (*self._spans[:-1], replace(last, until_ns=max(at_ns, last.from_ns)))
        return self.reached_ns(at_ns)

    def to_lesson_ns(self, at_ns: int) -> int | None:
        """Lesson time of a moment; None before the lesson, in a pause and after the end."""
        for span in reversed(self._spans):
            if at_ns >= span.from_ns:
                if span.until_ns is not None and at_ns >= span.until_ns:
                    return None
                return span.lesson_ns + at_ns - span.from_ns
        return None

    def precedes_lesson(self, at_ns: int) -> bool:
        """Whether a moment lies before lesson time first ran; false as long as it has not."""
        return bool(self._spans) and at_ns < self._spans[0].from_ns

    def reached_ns(self, at_ns: int) -> int:
        """The lesson time reached at a moment: constant in pauses, never decreasing."""
        for span in reversed(self._spans):
            if at_ns >= span.from_ns:
                until = at_ns if span.until_ns is None else min(at_ns, span.until_ns)
                return span.lesson_ns + until - span.from_ns
        return self._initial_ns


@dataclass(frozen=True, slots=True)
class LateDeviceTime:
    """The lesson timeline for a device whose capture times are always ``latency_ns`` later than what they are of."""

    timeline: LessonTimeline
    latency_ns: int

    def to_lesson_ns(self, at_ns: int) -> int | None:
        """Lesson time of what has the capture time ``at_ns``; None as in ``LessonTimeline``."""
        return self.timeline.to_lesson_ns(at_ns - self.latency_ns)
