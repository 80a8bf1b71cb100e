"""What a lamp says, read from its pins; pure, time is passed in."""

from __future__ import annotations

from drivers.panel.blink_patterns import LOOKS
from drivers.samples import Pattern

SLACK_NS = 1_000_000_000

_STEADY = {"on": Pattern.ON, "green": Pattern.GREEN, "amber": Pattern.AMBER}


class LampDecoder:
    """A steady pattern is what the pins say. A blinking one is what the driver was asked for,
    but only while the pin of that colour really turns on and off in time.
    """

    def __init__(self, lit: dict[str, bool]) -> None:
        self._lit = dict(lit)
        self._asked = Pattern.OFF
        self._turned_ns: int | None = None

    def ask(self, pattern: Pattern) -> None:
        """The driver is about to be told to show ``pattern``."""
        if pattern is not self._asked:
            self._asked = pattern
            self._turned_ns = None

    def turn(self, colour: str, lit: bool, at_ns: int) -> None:
        """A pin changed."""
        self._lit[colour] = lit
        if colour == LOOKS[self._asked].colour:
            self._turned_ns = at_ns

    def read(self, now_ns: int) -> Pattern:
        """What a person would see."""
        look = LOOKS[self._asked]
        overdue_ns = self.overdue_ns
        if overdue_ns is not None and now_ns < overdue_ns and not self._others_lit(look.colour):
            return self._asked
        return next((_STEADY[colour] for colour, lit in self._lit.items() if lit), Pattern.OFF)

    @property
    def overdue_ns(self) -> int | None:
        """When a blinking lamp that has not turned again no longer counts as blinking."""
        rhythm = LOOKS[self._asked].rhythm
        if rhythm is None or self._turned_ns is None:
            return None
        return self._turned_ns + max(rhythm.on_ns, rhythm.off_ns) + SLACK_NS

    def _others_lit(self, colour: str | None) -> bool:
        return any(lit for other, lit in self._lit.items() if other != colour)
