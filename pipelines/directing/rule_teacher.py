"""Rule: the teacher is shown otherwise, wide while walking, close while standing still."""

from __future__ import annotations

from pipelines.directing.camera_roles import STUDENTS, STUDENTS_VIEWS, TEACHER, TEACHER_CLOSE
from pipelines.directing.decisions import CutReason
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.scene import Scene, Wish
from pipelines.directing.speech import Speaker


class TeacherRule:
    """The shot that all others come back to: close while the teacher stands and teaches.

    A tight shot while the lecturer stands, with as little camera motion as can be; the overview while the lecturer
    walks, and where the tight shot would have to follow: Rui, Gupta, Grudin, He, "Automating lecture capture and
    broadcast: technology and videography", Multimedia Systems 2004. When somebody has finished a question or a
    thought is a good time to cut there; so a teacher who answers is strong cause. A head that shows a close view is
    turned back to the wide one off air, while the students are shown (``Scene.reframing``). While nobody speaks the
    class is at work, and the wide shot shows that.
    """

    def __init__(self, rules: DirectorRules) -> None:
        self._rules = rules

    def wish(self, scene: Scene) -> Wish | None:
        """The better view of the teacher; None where there is none."""
        is_quiet = 0 < self._rules.quiet_s <= scene.quiet_s
        moves = scene.teacher_moves
        role = scene.first_usable(*((TEACHER, TEACHER_CLOSE) if moves or is_quiet else (TEACHER_CLOSE, TEACHER)))
        if role is None:
            return None
        if scene.on_air in scene.reframing and role == scene.on_air:
            away = scene.first_usable(*(one for one in (TEACHER_CLOSE, STUDENTS) if one != role))
            return None if away is None else Wish(away, CutReason.HEAD_TURNS)
        if scene.on_air in STUDENTS_VIEWS and scene.speaker is Speaker.TEACHER:
            return Wish(role, CutReason.TEACHER_SPEAKS, is_strong=True)
        if is_quiet and not moves:
            return Wish(role, CutReason.QUIET)
        return Wish(role, CutReason.TEACHER_MOVES if moves else CutReason.TEACHER_STILL)
