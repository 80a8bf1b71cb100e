"""Rule: what a mark or a poll asks for is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.directing.camera_roles import SCREEN, STUDENTS
from pipelines.directing.decisions import CutReason
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import Marked, PollChanged
from pipelines.directing.scene import Scene, Wish
from pipelines.directing.timed_shot import TimedShot


class AskedForRule:
    """A mark whose label names a role shows it; a poll shows the question on the screen, then those who answer.

    That people in the room tell the director what they want is from Lampi, Kopf, Effelsberg, "A virtual camera team for
    lecture recording", IEEE MultiMedia 2008, whose students announce their questions.
    """

    def __init__(self, rules: DirectorRules, roles: Sequence[str]) -> None:
        self._rules = rules
        self._roles = tuple(roles)
        self._shots: list[TimedShot] = []
        self._next: list[TimedShot] = []

    def push_mark(self, mark: Marked) -> None:
        """Somebody marked a moment."""
        role = meant_role(mark.label, self._roles, self._rules.labels)
        if role is not None:
            wish = Wish(role, CutReason.MARK, is_strong=True)
            self._shots, self._next = [TimedShot(wish, mark.lesson_ns, self._rules.mark_s, self._rules.mark_s)], []

    def push_poll(self, poll: PollChanged) -> None:
        """A poll was opened or closed."""
        rules = self._rules
        self._shots = [shot for shot in self._shots if shot.wish.reason is not CutReason.POLL]
        self._next = []
        if poll.is_open:
            self._shots.append(self._poll_shot(SCREEN, poll.lesson_ns, rules.poll_screen_s))
            self._next = [self._poll_shot(STUDENTS, poll.lesson_ns, rules.poll_students_s)]

    def wish(self, scene: Scene) -> Wish | None:
        """The newest that is asked for."""
        while self._shots and self._shots[0].is_over(scene):
            self._shots.pop(0)
            if not self._shots and self._next:
                following = self._next.pop(0)
                self._shots = [TimedShot(following.wish, scene.now_ns, following.for_s, following.late_s)]
        return self._shots[0].wish if self._shots else None

    def _poll_shot(self, role: str, wanted_ns: int, for_s: float) -> TimedShot:
        late_s = max(for_s, self._rules.busy_shot_s)
        return TimedShot(Wish(role, CutReason.POLL, is_strong=True), wanted_ns, for_s, late_s)


def meant_role(label: str, roles: Sequence[str], labels: Mapping[str, str]) -> str | None:
    """The role that a mark's label is or names: a role's own name, or a word of ``labels`` in it; None for others."""
    plain = label.strip().casefold()
    if plain in roles:
        return plain
    named = (role for word, role in labels.items() if word.casefold() in plain)
    return next((role for role in named if role in roles), None)
