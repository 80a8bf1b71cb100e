"""Rule: a shot that has been on air for long is interrupted by another view."""

from __future__ import annotations

from math import modf

from pipelines.directing.camera_roles import (
    SCREEN,
    STUDENTS,
    STUDENTS_CLOSE,
    STUDENTS_VIEWS,
    TEACHER,
    TEACHER_CLOSE,
    TEACHER_VIEWS,
)
from pipelines.directing.decisions import CutReason
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.scene import Scene, Wish
from pipelines.directing.timed_shot import TimedShot

_SECOND_NS = 1_000_000_000
_GOLDEN = 0.618034
_LATE_S = 3.0


class LongShotRule:
    """Now and then the audience, for a few seconds, though nobody asks a question; never one that is not there.

    What videographers ask for in Rui, Gupta, Grudin, "Videography for telepresentations", CHI 2003 (MSR-TR-2001-92):
    shots change reasonably often, but not like clockwork; how long one may last depends on its camera; the audience
    is shown now and then, empty seats are not. So lengths vary by a fifth, by a sequence that is the same at each
    run.
    """

    def __init__(self, rules: DirectorRules) -> None:
        self._rules = rules
        self._views: frozenset[str] = frozenset()
        self._views_since_ns = 0
        self._on_air = ""
        self._shots = 0
        self._shot: TimedShot | None = None

    def wish(self, scene: Scene) -> Wish | None:
        """Another view, when it is time for one and while it is shown."""
        self._follow(scene)
        if self._shot is not None and self._shot.is_over(scene):
            if self._shot.wish.role not in self._views:
                self._views_since_ns = scene.now_ns
            self._shot = None
        if self._shot is None:
            self._shot = self._due(scene)
        return None if self._shot is None else self._shot.wish

    def _follow(self, scene: Scene) -> None:
        if scene.on_air != self._on_air:
            self._on_air = scene.on_air
            self._shots += 1
        views = next((views for views in (TEACHER_VIEWS, STUDENTS_VIEWS) if scene.on_air in views), frozenset())
        if views != self._views:
            self._views, self._views_since_ns = views, scene.since_ns

    def _due(self, scene: Scene) -> TimedShot | None:
        rules = self._rules
        views_s = (scene.now_ns - self._views_since_ns) / _SECOND_NS
        shot_s = (scene.now_ns - scene.since_ns) / _SECOND_NS
        wish: Wish | None = None
        if self._views is TEACHER_VIEWS and self._is_long(views_s, rules.teacher_long_s):
            wish = _away_from_the_teacher(scene)
        elif scene.on_air == TEACHER_CLOSE and self._is_long(shot_s, rules.close_long_s):
            wish = _if_usable(scene, CutReason.LONG_SHOT, TEACHER)
        elif self._views is STUDENTS_VIEWS and self._is_long(views_s, rules.students_long_s):
            wish = _if_usable(scene, CutReason.REACTION, TEACHER_CLOSE, TEACHER)
        return None if wish is None else TimedShot(wish, scene.now_ns, rules.reaction_s, _LATE_S)

    def _is_long(self, shown_s: float, limit_s: float) -> bool:
        return limit_s > 0 and shown_s >= limit_s * (0.8 + 0.4 * modf(self._shots * _GOLDEN)[0])


def _away_from_the_teacher(scene: Scene) -> Wish | None:
    if scene.students_are_seen and (wish := _if_usable(scene, CutReason.REACTION, STUDENTS, STUDENTS_CLOSE)):
        return wish
    return _if_usable(scene, CutReason.LONG_SHOT, SCREEN)


def _if_usable(scene: Scene, reason: CutReason, *roles: str) -> Wish | None:
    role = scene.first_usable(*roles)
    return None if role is None else Wish(role, reason)
