"""When the heads of cameras turn: off air only, to the view that will be wanted next."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.directing.camera_roles import TEACHER, TEACHER_CLOSE
from pipelines.directing.decisions import TurnHead
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import HeadMoved

_SECOND_NS = 1_000_000_000


class HeadPlan:
    """One camera with a head does for two: wide while the teacher walks, close while the teacher stands.

    Viewers dislike a camera that is seen to move: Rui, Gupta, Grudin, "Videography for telepresentations", CHI 2003.
    So a head turns off air, and what a person turned by hand is left alone for ``hold_s``.
    """

    def __init__(self, rules: DirectorRules, roles: Sequence[str]) -> None:
        self._rules = rules
        both = rules.wide_presets.keys() & rules.close_presets.keys()
        self._roles = tuple(role for role in roles if role in both)
        self._zooms = TEACHER_CLOSE not in roles
        self._presets: dict[str, str] = {}
        self._turned_ns: dict[str, int] = {}
        self._by_hand_ns: dict[str, int] = {}

    def push(self, moved: HeadMoved) -> None:
        """A head begins to turn, or has come to rest."""
        self._presets[moved.role] = moved.preset
        if not moved.preset:
            self._by_hand_ns[moved.role] = moved.lesson_ns

    def wanted(self, now_ns: int, *, teacher_moves: bool) -> dict[str, str]:
        """By role, the preset that its head should turn to when it is off air; only those that show another one."""
        return {
            role: preset
            for role in self._roles
            if (preset := self._preset(role, teacher_moves)) != self._presets.get(role) and self._may_turn(role, now_ns)
        }

    def reframing(self, now_ns: int, *, teacher_moves: bool) -> frozenset[str]:
        """Roles that show the close view and should show the wide one: worth a cut away. The other way is not."""
        wanted = self.wanted(now_ns, teacher_moves=teacher_moves)
        return frozenset(
            role
            for role, preset in wanted.items()
            if preset == self._rules.wide_presets[role] and self._presets.get(role) == self._rules.close_presets[role]
        )

    def turn(self, at_ns: int, off_air: Sequence[str], *, teacher_moves: bool) -> list[TurnHead]:
        """The turns that begin now, of cameras that are off air."""
        wanted = self.wanted(at_ns, teacher_moves=teacher_moves)
        turns = [TurnHead(at_ns, role, preset) for role, preset in wanted.items() if role in off_air]
        for one in turns:
            self._turned_ns[one.role] = at_ns
        return turns

    def _preset(self, role: str, teacher_moves: bool) -> str:
        is_close = role == TEACHER and self._zooms and not teacher_moves
        return (self._rules.close_presets if is_close else self._rules.wide_presets)[role]

    def _may_turn(self, role: str, now_ns: int) -> bool:
        turned_ns, by_hand_ns = self._turned_ns.get(role), self._by_hand_ns.get(role)
        is_rested = turned_ns is None or now_ns - turned_ns >= self._rules.head_rest_s * _SECOND_NS
        return is_rested and (by_hand_ns is None or now_ns - by_hand_ns >= self._rules.hold_s * _SECOND_NS)
