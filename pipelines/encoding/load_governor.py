"""Degrade encoding step by step while the machine cannot keep up, and restore it when it can. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Best first. Slower ones are not worth their cost: see DECISIONS.md.
PRESETS = ("superfast", "ultrafast")
# Most watched first, degraded last. Audio is not here: it is never degraded.
_IMPORTANCE = ("teacher", "screen", "students", "teacher-close", "students-close")

# For a queue of five seconds: nothing is lost before a step has had time to help. A picture left out is worse than a
# coarse one, so frame rates are kept until the queue is nearly half full.
_LATE_S = 0.5
_TOO_LATE_S = 2.0
_SETTLE_NS = 3_000_000_000
# For a step back: nothing waits, and it would still leave a quarter of the time free.
_IDLE_LATE_S = 0.2
_MAX_BUSY = 0.75
# CPU time of a picture at the better preset, relative to the cheaper one: 1.24 with libx264 alone. One init segment
# for both needs the same entropy coder, for which the bits count more than the preset.
_COST_RATIO = 1.4
# The same of a picture at the full bit rate, relative to one that is coarser by the reduced rate: 1.05 to 1.3.
_COARSER_COST_RATIO = 1.25
REDUCED_BITRATE = 0.75
_RECOVERY_NS = 20_000_000_000
_MAX_RECOVERY_NS = 600_000_000_000
# After so long without a decision, the earlier observation says nothing.
_MAX_INTERVAL_NS = 5_000_000_000
# Lower frame rates are not halved.
_MIN_HALVED_FPS = 10.0


@dataclass(frozen=True, slots=True)
class TrackLoad:
    """How one encoded track keeps up.

    ``late_s``: seconds of its camera that wait in the queue. ``busy``: the share of the last second that its thread
    spent on pictures, 0..1. ``has_preset``: whether a cheaper preset would help it (libx264) or not (hardware).
    """

    role: str
    fps: float
    late_s: float
    busy: float
    has_preset: bool


@dataclass(frozen=True, slots=True)
class DegradationStage:
    """The preset of all encoded tracks, and the roles at half their frame rate.

    ``is_coarser``: it is the best preset, at a reduced bit rate.
    """

    preset: str
    halved_roles: tuple[str, ...] = ()
    is_coarser: bool = False


def by_importance(roles: Iterable[str]) -> list[str]:
    """Sort roles, the most important first; unknown ones come last."""
    return sorted(roles, key=lambda role: _IMPORTANCE.index(role) if role in _IMPORTANCE else len(_IMPORTANCE))


class LoadGovernor:
    """Decides once a second, one step at a time: the effort, then half the frame rate of the least important role, …

    A step down needs pictures that wait, and no fewer than a second ago, so that a machine that stood still for a
    moment and catches up degrades nothing. A step back needs a recovery time in which nothing waits, and CPU time
    enough for what it would cost. Each step down after a step back doubles that recovery time: under a constant load
    the stage soon stays constant too. ``best`` is the preset of a machine that keeps up; where it is ``pinned`` only
    frame rates are reduced. ``coarser_first``: where encoders control their quantiser, a coarser one comes before a
    cheaper preset, for it saves more and is seen less.
    """

    def __init__(self, best: str, start: str, cores: int, *, pinned: bool, coarser_first: bool = False) -> None:
        self.stage = DegradationStage(start)
        presets = (best,) if pinned else PRESETS[PRESETS.index(best) :]
        coarser = [(best, True)] if coarser_first and not pinned else []
        self._efforts = [(best, False), *coarser, *((preset, False) for preset in presets[1:])]
        self._cores = cores
        self._late_s: float | None = None
        self._recovery_ns = _RECOVERY_NS
        self._stepped_back = False
        self._decided_ns: int | None = None
        self._stepped_down_ns: int | None = None
        self._calm_since_ns: int | None = None

    @property
    def steps_down(self) -> int:
        """How many steps the stage is below the best."""
        return self._effort + len(self.stage.halved_roles)

    @property
    def _effort(self) -> int:
        return self._efforts.index((self.stage.preset, self.stage.is_coarser))

    @property
    def bitrate_share(self) -> float:
        """The share of the configured bit rate that encoders get: less wherever they give up effort."""
        return REDUCED_BITRATE if self._effort else 1.0

    def decide(self, loads: Sequence[TrackLoad], now_ns: int, sound_late_s: float = 0.0) -> DegradationStage:
        """Decide the stage from now on, given how each encoded track kept up in the last second.

        ``sound_late_s``: for how long the sound that is mixed next has waited. Pictures give way for it, too.
        """
        is_continuous = self._decided_ns is not None and now_ns - self._decided_ns < _MAX_INTERVAL_NS
        self._decided_ns = now_ns
        late_s = max([sound_late_s, *(load.late_s for load in loads)])
        before_s, self._late_s = self._late_s if is_continuous else None, late_s
        cheaper = self._cheaper(loads)
        limit_s = _LATE_S if cheaper.halved_roles == self.stage.halved_roles else _TOO_LATE_S
        if before_s is not None and _LATE_S < before_s <= late_s > limit_s and self._has_settled(now_ns):
            self._step(cheaper, now_ns, down=True)
        better = self._better()
        is_calm = late_s < _IDLE_LATE_S and self._fits(better, loads)
        if not is_calm or not is_continuous:
            self._calm_since_ns = None
        if is_calm and self._calm_since_ns is None:
            self._calm_since_ns = now_ns
        if self._calm_since_ns is not None and now_ns - self._calm_since_ns >= self._recovery_ns:
            self._step(better, now_ns, down=False)
        return self.stage

    def _has_settled(self, now_ns: int) -> bool:
        return self._stepped_down_ns is None or now_ns - self._stepped_down_ns >= _SETTLE_NS

    def _step(self, stage: DegradationStage, now_ns: int, *, down: bool) -> None:
        if stage == self.stage:
            return
        self.stage = stage
        self._calm_since_ns = None
        if down:
            self._stepped_down_ns = now_ns
            if self._stepped_back:
                self._recovery_ns = min(2 * self._recovery_ns, _MAX_RECOVERY_NS)
        self._stepped_back = not down

    def _cheaper(self, loads: Sequence[TrackLoad]) -> DegradationStage:
        halved_roles = self.stage.halved_roles
        if self._effort < len(self._efforts) - 1 and any(load.has_preset for load in loads):
            return self._at_effort(self._effort + 1, halved_roles)
        full_rate = [load.role for load in loads if load.role not in halved_roles and load.fps >= _MIN_HALVED_FPS]
        if not full_rate:
            return self.stage
        return self._at_effort(self._effort, (*halved_roles, by_importance(full_rate)[-1]))

    def _at_effort(self, effort: int, halved_roles: tuple[str, ...]) -> DegradationStage:
        preset, is_coarser = self._efforts[effort]
        return DegradationStage(preset, halved_roles, is_coarser)

    def _better(self) -> DegradationStage:
        """One step back, in reverse order."""
        halved_roles = self.stage.halved_roles
        if halved_roles:
            first = by_importance(halved_roles)[0]
            return self._at_effort(self._effort, tuple(role for role in halved_roles if role != first))
        return self._at_effort(max(0, self._effort - 1), ())

    def _fits(self, better: DegradationStage, loads: Sequence[TrackLoad]) -> bool:
        """Whether every thread, and all cores together, would have time for a better stage."""
        if better == self.stage:
            return False
        expected = [load.busy * self._cost_factor(better, load) for load in loads]
        return max(expected, default=0.0) <= _MAX_BUSY and sum(expected) <= _MAX_BUSY * self._cores

    def _cost_factor(self, better: DegradationStage, load: TrackLoad) -> float:
        if better.preset != self.stage.preset:
            return _COST_RATIO if load.has_preset else 1.0
        if better.is_coarser != self.stage.is_coarser:
            return _COARSER_COST_RATIO if load.has_preset else 1.0
        return 2.0 if load.role in self.stage.halved_roles and load.role not in better.halved_roles else 1.0
