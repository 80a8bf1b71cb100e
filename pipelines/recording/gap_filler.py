"""Decide how a video track is filled while its camera is silent: the last picture repeated, then a slate. Pure."""

from __future__ import annotations

from dataclasses import dataclass

REPEAT_INTERVAL_NS = 200_000_000
SLATE_AFTER_NS = 2_000_000_000
SLATE_INTERVAL_NS = 1_000_000_000
# Pictures may come in a burst after a stall; filling with a delay leaves their places free.
GRACE_NS = 1_000_000_000
# A passed-through camera may be two seconds from its next key picture.
START_PATIENCE_NS = SLATE_AFTER_NS + GRACE_NS


@dataclass(frozen=True, slots=True)
class GapFill:
    """One picture to write at ``lesson_ns``: the slate, or the camera's last picture again."""

    lesson_ns: int
    is_slate: bool


@dataclass(slots=True)
class GapFiller:
    """Decides which pictures to write where the camera sent none.

    ``last_ns`` is the lesson time of the last picture written, or, before the first, where
    the track must begin; ``last_picture_ns`` that of the camera's last picture; ``longest_interval_ns``, how long a
    healthy camera may take for a picture: the first one is shown from the track's beginning, the last one to its end.
    """

    last_ns: int
    longest_interval_ns: int = REPEAT_INTERVAL_NS
    has_written: bool = False
    last_picture_ns: int | None = None

    def on_picture(self, lesson_ns: int) -> None:
        """The camera's picture was written."""
        self.last_ns = self.last_picture_ns = lesson_ns
        self.has_written = True

    def fill_before(self, lesson_ns: int) -> GapFill | None:
        """What to write before the camera's picture at ``lesson_ns``, so that no picture lasts longer than a slate.

        Call it again after writing; None when the camera's picture is next.
        """
        if lesson_ns - self.last_ns <= (SLATE_INTERVAL_NS if self.has_written else self.longest_interval_ns):
            return None
        return self._record_fill(self._next_fill())

    def next_due(self, reached_ns: int, *, is_final: bool = False) -> GapFill | None:
        """The next picture to write when lesson time has reached ``reached_ns``; None while nothing is due.

        Call it again after writing. ``is_final``: no more pictures will come from before ``reached_ns``.
        """
        if is_final and self.has_written and reached_ns - self.last_ns <= self.longest_interval_ns:
            return None
        fill = self._next_fill()
        grace_ns = 0 if is_final else GRACE_NS if self.has_written else START_PATIENCE_NS
        if fill.lesson_ns + grace_ns >= reached_ns:
            return None
        return self._record_fill(fill)

    def _record_fill(self, fill: GapFill) -> GapFill:
        self.last_ns = fill.lesson_ns
        self.has_written = True
        return fill

    def _next_fill(self) -> GapFill:
        if not self.has_written:
            return GapFill(self.last_ns, is_slate=True)
        if self.last_picture_ns is None:
            return GapFill(self.last_ns + SLATE_INTERVAL_NS, is_slate=True)
        held_ns = self.last_ns + REPEAT_INTERVAL_NS
        slate_from_ns = self.last_picture_ns + SLATE_AFTER_NS
        if held_ns < slate_from_ns:
            return GapFill(held_ns, is_slate=False)
        if self.last_ns < slate_from_ns:
            return GapFill(slate_from_ns, is_slate=True)
        return GapFill(self.last_ns + SLATE_INTERVAL_NS, is_slate=True)
