"""How far a director's cuts agree with a script: the share of the time in which what is on air is right."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from drivers.simulated_classroom.right_roles import CUTAWAY_S, in_room
from drivers.simulated_classroom.script import ClassroomScript

AROUND_CHANGE_S = 2.0
_STEP_S = 0.1
_MOST_TOLD = 8


@dataclass(frozen=True, slots=True)
class Shot:
    """A role is on air from ``begin_s`` of the script to ``end_s``."""

    begin_s: float
    end_s: float
    role: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Seconds that were judged, that were right, and of these in a welcome look elsewhere; ``wrong``: what was not."""

    judged_s: float
    right_s: float
    elsewhere_s: float
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """The right share; 1 where nothing was judged."""
        return self.right_s / self.judged_s if self.judged_s else 1.0


def agreement(script: ClassroomScript, shots: Sequence[Shot], roles: Collection[str]) -> Agreement:
    """Judge shots in a room that has these cameras, outside of AROUND_CHANGE_S around each change of what is right.

    A look elsewhere where the script welcomes one is right until it has lasted CUTAWAY_S.
    """
    changes = script.changes(roles)
    judged = right = elsewhere = 0
    wrong: Counter[str] = Counter()
    for shot in shots:
        for step in range(round((shot.end_s - shot.begin_s) / _STEP_S)):
            at_s = shot.begin_s + step * _STEP_S
            if _is_near(changes, at_s):
                continue
            judged += 1
            stretch = script.stretch_at(at_s)
            wanted = in_room(stretch.right, roles)
            if shot.role in wanted:
                right += 1
            elif shot.role in stretch.cutaways and at_s - shot.begin_s < CUTAWAY_S:
                right += 1
                elsewhere += 1
            else:
                act = script.act_at(at_s)
                wrong[f"{act.activity} at {act.begin_s:.0f} s: {shot.role}, not {'/'.join(sorted(wanted))}"] += 1
    told = tuple(f"{count * _STEP_S:.1f} s {what}" for what, count in wrong.most_common(_MOST_TOLD))
    return Agreement(judged * _STEP_S, right * _STEP_S, elsewhere * _STEP_S, told)


def _is_near(changes: Sequence[float], at_s: float) -> bool:
    after = bisect_left(changes, at_s)
    return any(abs(change - at_s) < AROUND_CHANGE_S for change in changes[max(0, after - 1) : after + 1])
