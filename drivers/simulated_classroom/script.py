"""The script of a simulated lesson: drawn from a seed, the same in every process that knows the seed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from drivers.simulated_classroom.acts import Act, Utterance
from drivers.simulated_classroom.lesson_plan import LessonPlan
from drivers.simulated_classroom.right_roles import Stretch, in_room, stretches

ALL_ROLES = ("teacher", "teacher-close", "students", "students-close", "screen")


@dataclass(frozen=True)
class ClassroomScript:
    """What happens from second 0 to ``seconds``. Times are seconds of the script; pure, and cheap to ask."""

    seed: int
    seconds: float
    acts: Sequence[Act]
    utterances: Sequence[Utterance]
    slide_changes: Sequence[float]
    stretches: Sequence[Stretch]
    _act_begins: Sequence[float] = field(repr=False)
    _stretch_begins: Sequence[float] = field(repr=False)
    _utterance_begins: Sequence[float] = field(repr=False)
    _longest_utterance_s: float = field(repr=False)

    @classmethod
    def from_seed(cls, seed: int, seconds: float) -> ClassroomScript:
        """Draw a lesson of at least ``seconds``; its beginning does not depend on how long it is."""
        plan = LessonPlan(Random(f"classroom {seed}"), seconds)
        utterances = sorted(plan.utterances, key=lambda one: one.begin_s)
        parts = stretches(plan.acts, plan.slide_changes)
        return cls(
            seed,
            seconds,
            plan.acts,
            utterances,
            plan.slide_changes,
            parts,
            [act.begin_s for act in plan.acts],
            [part.begin_s for part in parts],
            [one.begin_s for one in utterances],
            max(one.end_s - one.begin_s for one in utterances),
        )

    def act_at(self, script_s: float) -> Act:
        """The act of a moment."""
        return self.acts[max(0, bisect_right(self._act_begins, script_s) - 1)]

    def truth(self, script_s: float, roles: Collection[str] = ALL_ROLES) -> frozenset[str]:
        """The roles that are right on air, in a room that has cameras of these roles."""
        return in_room(self.stretch_at(script_s).right, roles)

    def stretch_at(self, script_s: float) -> Stretch:
        """What is right, and what is welcome for a moment."""
        return self.stretches[max(0, bisect_right(self._stretch_begins, script_s) - 1)]

    def changes(self, roles: Collection[str] = ALL_ROLES) -> list[float]:
        """The moments at which other roles become right, in a room that has these."""
        rights = [in_room(stretch.right, roles) for stretch in self.stretches]
        begins = [stretch.begin_s for stretch in self.stretches]
        return [begins[at] for at in range(1, len(rights)) if rights[at - 1] != rights[at]]

    def slide_at(self, script_s: float) -> int:
        """How often the slide has changed."""
        return bisect_right(self.slide_changes, script_s)

    def spoken_between(self, begin_s: float, end_s: float) -> list[Utterance]:
        """The utterances that overlap a span."""
        first = bisect_right(self._utterance_begins, begin_s - self._longest_utterance_s)
        last = bisect_right(self._utterance_begins, end_s)
        return [one for one in self.utterances[first:last] if one.end_s > begin_s and one.begin_s < end_s]
