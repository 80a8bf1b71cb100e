"""The pattern that a lamp shows, decoded from its pins; no clock."""

from __future__ import annotations

from drivers.panel.blink_patterns import APPEARANCES, LampAppearance
from drivers.samples import Pattern

BLINK_SLACK_NS = 1_000_000_000

_STEADY = {"on": Pattern.ON, "green": Pattern.GREEN, "amber": Pattern.AMBER}


class LampDecoder:
    """Decodes a steady pattern from the pins alone.

    A blinking one is the pattern that was requested from the driver, while the pin of its colour really blinks.
    """

    def __init__(self, lit: dict[str, bool]) -> None:
        self._lit = dict(lit)
        self._requested = Pattern.OFF
        self._last_change_ns: int | None = None

    def on_requested(self, pattern: Pattern) -> None:
        """The driver is about to show ``pattern``."""
        if pattern is not self._requested:
            self._requested = pattern
            self._last_change_ns = None

    def on_pin(self, colour: str, lit: bool, at_ns: int) -> None:
        """A pin has changed."""
        self._lit[colour] = lit
        if colour == APPEARANCES[self._requested].colour:
            self._last_change_ns = at_ns

    def pattern_at(self, now_ns: int) -> Pattern:
        """Return what a person would see."""
        appearance = APPEARANCES[self._requested]
        blink_timeout_ns = self.blink_timeout_ns
        if blink_timeout_ns is not None and now_ns < blink_timeout_ns and not self._is_another_lit(appearance):
            return self._requested
        return next((_STEADY[colour] for colour, lit in self._lit.items() if lit), Pattern.OFF)

    @property
    def blink_timeout_ns(self) -> int | None:
        """When a blinking lamp whose pin has not changed again no longer counts as blinking."""
        rhythm = APPEARANCES[self._requested].rhythm
        if rhythm is None or self._last_change_ns is None:
            return None
        return self._last_change_ns + max(rhythm.on_ns, rhythm.off_ns) + BLINK_SLACK_NS

    def _is_another_lit(self, appearance: LampAppearance) -> bool:
        return any(lit for other, lit in self._lit.items() if other not in (appearance.colour, appearance.between))
