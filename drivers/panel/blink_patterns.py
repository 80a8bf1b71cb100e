"""Appearance of each lamp pattern: colour, blink rhythm and its schedule; no clock."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.samples import Pattern


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long a lamp is lit and dark in turn."""

    on_ns: int
    off_ns: int


@dataclass(frozen=True, slots=True)
class LampAppearance:
    """The lit colour (None: dark), its rhythm (None: steady), and the colour in between (None: dark)."""

    colour: str | None
    rhythm: Rhythm | None = None
    between: str | None = None


def _rhythm(on_s: float, off_s: float) -> Rhythm:
    return Rhythm(round(on_s * 1e9), round(off_s * 1e9))


APPEARANCES = {
    Pattern.OFF: LampAppearance(None),
    Pattern.ON: LampAppearance("on"),
    Pattern.SLOW_BLINK: LampAppearance("on", _rhythm(1, 1)),
    Pattern.SHORT_BLINK: LampAppearance("on", _rhythm(0.1, 1.9)),
    Pattern.GREEN: LampAppearance("green"),
    Pattern.GREEN_BLINK: LampAppearance("green", _rhythm(0.5, 0.5)),
    Pattern.AMBER: LampAppearance("amber"),
    Pattern.AMBER_BLINK: LampAppearance("amber", _rhythm(0.5, 0.5)),
    Pattern.AMBER_FAST_BLINK: LampAppearance("amber", _rhythm(0.15, 0.15)),
    Pattern.ALTERNATING: LampAppearance("green", _rhythm(0.25, 0.25), "amber"),
}


@dataclass(frozen=True, slots=True)
class BlinkSchedule:
    """A rhythm that started at ``since_ns``, lit or dark; every change is counted from there, so it never drifts."""

    rhythm: Rhythm
    since_ns: int
    begins_lit: bool

    def state_at(self, now_ns: int) -> tuple[bool, int]:
        """Return whether the lamp is lit at ``now_ns``, and when that changes next."""
        first_ns = self.rhythm.on_ns if self.begins_lit else self.rhythm.off_ns
        period_ns = self.rhythm.on_ns + self.rhythm.off_ns
        periods, phase_ns = divmod(now_ns - self.since_ns, period_ns)
        period_start_ns = self.since_ns + periods * period_ns
        if phase_ns < first_ns:
            return self.begins_lit, period_start_ns + first_ns
        return not self.begins_lit, period_start_ns + period_ns
