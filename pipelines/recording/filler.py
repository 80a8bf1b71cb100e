"""What stands in a picture track while its camera is silent: the last picture, then a slate. Pure."""

from __future__ import annotations

from dataclasses import dataclass

HELD_STEP_NS = 200_000_000
SLATE_AFTER_NS = 2_000_000_000
SLATE_STEP_NS = 1_000_000_000
# Pictures may come in a burst after a stall; filling in arrears leaves their places free.
GRACE_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Fill:
    """One picture to write at ``lesson_ns``: the slate, or the last true picture again."""

    lesson_ns: int
    slate: bool


@dataclass(slots=True)
class Filler:
    """Decides what to write while nothing comes.

    ``last_ns`` is the lesson time of the last picture written, or where the track must go on;
    ``true_ns`` that of the last picture a camera sent, None before the first (then only a slate can be shown).
    """

    last_ns: int
    true_ns: int | None = None

    def came(self, lesson_ns: int) -> None:
        """A true picture was written."""
        self.last_ns = self.true_ns = lesson_ns

    def due(self, reached_ns: int, grace_ns: int = GRACE_NS) -> Fill | None:
        """The next picture to write when lesson time has reached ``reached_ns``; None while nothing is due.

        The caller writes it and asks again.
        """
        fill = self._next()
        if fill.lesson_ns + grace_ns > reached_ns:
            return None
        self.last_ns = fill.lesson_ns
        return fill

    def _next(self) -> Fill:
        if self.true_ns is None:
            return Fill(self.last_ns + SLATE_STEP_NS, slate=True)
        slate_from = self.true_ns + SLATE_AFTER_NS
        held = self.last_ns + HELD_STEP_NS
        if held < slate_from:
            return Fill(held, slate=False)
        return Fill(max(slate_from, self.last_ns + SLATE_STEP_NS), slate=True)
