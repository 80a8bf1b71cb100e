"""How far a director's cuts agree with a script: the share of the time in which what is on air is right."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from drivers.simulated_classroom.right_roles import CUTAWAY_S
from drivers.simulated_classroom.script import ClassroomScript

AROUND_CHANGE_S = 2.0
_STEP_S = 0.1
_LONGEST_WRONG = 12


@dataclass(frozen=True, slots=True)
class Shot:
    """A role is on air from ``begin_s`` of the script to ``end_s``."""

    begin_s: float
    end_s: float
    role: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Seconds that were judged, and those that were right; ``wrong`` says what was not, the longest first."""

    judged_s: float
    right_s: float
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """The right share; 1 where nothing was judged."""
        return self.right_s / self.judged_s if self.judged_s else 1.0


def agreement(script: ClassroomScript, shots: Sequence[Shot], roles: Collection[str]) -> Agreement:
    """Judge shots in a room that has these roles, outside of AROUND_CHANGE_S around each change.

    Where no role of the room is right, the teacher's is. A look elsewhere where that is welcome is right until it has
    lasted CUTAWAY_S.
    """
    changes = script.changes()
    judged = right = 0
    wrong: dict[str, int] = {}
    for shot in shots:
        for step in range(round((shot.end_s - shot.begin_s) / _STEP_S)):
            at_s = shot.begin_s + step * _STEP_S
            if _near(changes, at_s):
                continue
            judged += 1
            stretch = script.stretch_at(at_s)
            wanted = stretch.right & set(roles) or {"teacher"}
            if shot.role in wanted or (shot.role in stretch.cutaways and at_s - shot.begin_s < CUTAWAY_S):
                right += 1
            else:
                act = script.act_at(at_s)
                what = f"{act.activity} at {act.begin_s:.0f} s: {shot.role}, not {'/'.join(sorted(wanted))}"
                wrong[what] = wrong.get(what, 0) + 1
    longest = sorted(wrong.items(), key=lambda item: -item[1])[:_LONGEST_WRONG]
    told = tuple(f"{count * _STEP_S:.1f} s {what}" for what, count in longest)
    return Agreement(judged * _STEP_S, right * _STEP_S, told)


def _near(changes: Sequence[float], at_s: float) -> bool:
    after = bisect_left(changes, at_s)
    return any(abs(change - at_s) < AROUND_CHANGE_S for change in changes[max(0, after - 1) : after + 1])
