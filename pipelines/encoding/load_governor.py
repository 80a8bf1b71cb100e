"""What is given up, and in which order, while a box cannot keep up; and when it is taken back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Best first. Slower ones are not worth it: see DECISIONS.md.
PRESETS = ("superfast", "ultrafast")
# Who is seen most comes first, and gives way last. Sound is not here: it never gives way.
_IMPORTANCE = ("teacher", "screen", "students")

# On a belt of five seconds: nothing is lost before a step has had its time. A picture left out is worse than a
# coarse one, so rates wait until the belt is nearly half full.
_LATE_S = 0.5
_TOO_LATE_S = 2.0
_SETTLE_NS = 3_000_000_000
# Nothing waits, and a step back would still leave a quarter of the time free.
_CALM_S = 0.2
_CLEAR = 0.75
# What a thread spends on each picture at the better preset, against the cheaper one: with libx264 alone 1.4 to 1.8.
_DEARER = 1.8
_PATIENCE_NS = 20_000_000_000
_LONGEST_PATIENCE_NS = 600_000_000_000
# Whoever did not look for so long knows nothing of what was in between.
_UNWATCHED_NS = 5_000_000_000
# Fewer pictures than these a second are not halved.
_LEAST_FPS = 10.0


@dataclass(frozen=True, slots=True)
class TrackLoad:
    """How one encoded track keeps up.

    ``late_s``: how much of its camera waits on the belt. ``busy``: the share of the last second that its thread
    spent on pictures, 0..1. ``has_preset``: whether a cheaper preset would help it (libx264) or not (hardware).
    """

    role: str
    fps: float
    late_s: float
    busy: float
    has_preset: bool


@dataclass(frozen=True, slots=True)
class DegradationStage:
    """What is asked of all encoded tracks together: the preset, and the roles at half their frame rate."""

    preset: str
    halved_roles: tuple[str, ...] = ()


def by_importance(roles: Iterable[str]) -> list[str]:
    """The most important first; roles that nobody thought of come last."""
    return sorted(roles, key=lambda role: _IMPORTANCE.index(role) if role in _IMPORTANCE else len(_IMPORTANCE))


class LoadGovernor:
    """Decides once a second. One step at a time: the preset, then half of the least important role, the next, …

    A step down needs pictures that wait, and wait no less than a second ago, so that a machine that stood still for
    a moment and catches up gives up nothing. A step back needs patience, nothing that waits, and
    time enough for what it would cost. Each step down after a step back doubles that patience: under a
    load that does not change the stage soon does not either. ``best`` is the preset of a box that keeps up; where
    it is ``pinned`` only frame rates give way.
    """

    def __init__(self, best: str, start: str, cores: int, *, pinned: bool) -> None:
        self.stage = DegradationStage(start)
        self._ladder = (best,) if pinned else PRESETS[PRESETS.index(best) :]
        self._cores = cores
        self._late_s: float | None = None
        self._patience_ns = _PATIENCE_NS
        self._stepped_back = False
        self._decided_ns: int | None = None
        self._stepped_down_ns: int | None = None
        self._calm_since_ns: int | None = None

    @property
    def steps_down(self) -> int:
        """How many steps below the best it stands."""
        return self._ladder.index(self.stage.preset) + len(self.stage.halved_roles)

    def decide(self, loads: Sequence[TrackLoad], now_ns: int) -> DegradationStage:
        """The stage from now on, given how each encoded track kept up in the last second."""
        watched = self._decided_ns is not None and now_ns - self._decided_ns < _UNWATCHED_NS
        self._decided_ns = now_ns
        late_s = max((load.late_s for load in loads), default=0.0)
        before_s, self._late_s = self._late_s if watched else None, late_s
        cheaper = self._cheaper(loads)
        enough_s = _LATE_S if cheaper.halved_roles == self.stage.halved_roles else _TOO_LATE_S
        if before_s is not None and _LATE_S < before_s <= late_s > enough_s and self._settled(now_ns):
            self._step(cheaper, now_ns, down=True)
        better = self._better()
        calm = late_s < _CALM_S and self._would_fit(better, loads)
        if not calm or not watched:
            self._calm_since_ns = None
        if calm and self._calm_since_ns is None:
            self._calm_since_ns = now_ns
        if self._calm_since_ns is not None and now_ns - self._calm_since_ns >= self._patience_ns:
            self._step(better, now_ns, down=False)
        return self.stage

    def _settled(self, now_ns: int) -> bool:
        return self._stepped_down_ns is None or now_ns - self._stepped_down_ns >= _SETTLE_NS

    def _step(self, stage: DegradationStage, now_ns: int, *, down: bool) -> None:
        if stage == self.stage:
            return
        self.stage = stage
        self._calm_since_ns = None
        if down:
            self._stepped_down_ns = now_ns
            if self._stepped_back:
                self._patience_ns = min(2 * self._patience_ns, _LONGEST_PATIENCE_NS)
        self._stepped_back = not down

    def _cheaper(self, loads: Sequence[TrackLoad]) -> DegradationStage:
        preset, halved = self.stage.preset, self.stage.halved_roles
        if preset != self._ladder[-1] and any(load.has_preset for load in loads):
            return DegradationStage(self._ladder[self._ladder.index(preset) + 1], halved)
        whole = [load.role for load in loads if load.role not in halved and load.fps >= _LEAST_FPS]
        return DegradationStage(preset, (*halved, by_importance(whole)[-1])) if whole else self.stage

    def _better(self) -> DegradationStage:
        """One step back, in the order opposite to that of giving way."""
        preset, halved = self.stage.preset, self.stage.halved_roles
        if halved:
            first = by_importance(halved)[0]
            return DegradationStage(preset, tuple(role for role in halved if role != first))
        return DegradationStage(self._ladder[max(0, self._ladder.index(preset) - 1)])

    def _would_fit(self, better: DegradationStage, loads: Sequence[TrackLoad]) -> bool:
        """Whether every thread, and the cores together, would have time for a stage that asks for more."""
        if better == self.stage:
            return False
        expected = [load.busy * self._dearer(better, load) for load in loads]
        return max(expected, default=0.0) <= _CLEAR and sum(expected) <= _CLEAR * self._cores

    def _dearer(self, better: DegradationStage, load: TrackLoad) -> float:
        if better.preset != self.stage.preset:
            return _DEARER if load.has_preset else 1.0
        return 2.0 if load.role in self.stage.halved_roles and load.role not in better.halved_roles else 1.0
