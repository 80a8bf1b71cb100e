"""Rule: students are shown while they speak."""

from __future__ import annotations

from pipelines.directing.camera_roles import STUDENTS, STUDENTS_CLOSE
from pipelines.directing.decisions import CutReason
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.scene import Scene, Wish
from pipelines.directing.speech import Speaker


class StudentsSpeakRule:
    """Who asks or answers is shown promptly, all of them first, later closer where there is a camera for it.

    Questioners are shown promptly, and where the one who speaks cannot be found, the whole audience is: Rui, Gupta,
    Grudin, "Videography for telepresentations", CHI 2003 (MSR-TR-2001-92). It is strong cause, since conversation
    goes to and fro.
    """

    def __init__(self, rules: DirectorRules) -> None:
        self._rules = rules

    def wish(self, scene: Scene) -> Wish | None:
        """The students, while they speak."""
        if scene.speaker is not Speaker.STUDENTS or scene.spoken_s < self._rules.students_speak_s:
            return None
        wanted = (STUDENTS, STUDENTS_CLOSE)
        if scene.spoken_s >= self._rules.students_close_after_s:
            wanted = (STUDENTS_CLOSE, STUDENTS)
        role = scene.first_usable(*wanted)
        return None if role is None else Wish(role, CutReason.STUDENTS_SPEAK, is_strong=True)
