"""Rule: the screen is shown when it changes, for long enough to read."""

from __future__ import annotations

from pipelines.directing.camera_roles import SCREEN
from pipelines.directing.decisions import CutReason
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import CameraLook
from pipelines.directing.scene import Scene, Wish
from pipelines.directing.timed_shot import TimedShot

_SECOND_NS = 1_000_000_000
# The mouse pointer crosses the screen in single looks; a slide stays changed for a second.
_LOOKS = 2
# Where looks are as far apart as that (key pictures of H.264 that is passed through) one has to do.
_SELDOM_NS = 700_000_000


class ScreenChangesRule:
    """A new slide is read, then the teacher is shown again; a film is shown for longer, but not for ever.

    Rui, He, Gupta, Liu, "Building an intelligent camera management system", ACM Multimedia 2001, show slides beside the
    speaker; a programme of one picture has to cut to them, and as all shots of Rui, Gupta, Grudin, He, "Automating
    lecture capture and broadcast: technology and videography", Multimedia Systems 2004, this one has a motive.
    """

    def __init__(self, rules: DirectorRules) -> None:
        self._rules = rules
        self._changed_looks = 0
        self._looked_ns: int | None = None
        self._changed_ns: int | None = None
        self._rests_until_ns = 0

    def push(self, look: CameraLook) -> None:
        """Take the next look of the screen."""
        self._changed_looks = self._changed_looks + 1 if look.change >= self._rules.screen_change else 0
        is_seldom = self._looked_ns is not None and look.lesson_ns - self._looked_ns >= _SELDOM_NS
        self._looked_ns = look.lesson_ns
        if self._changed_looks >= (1 if is_seldom else _LOOKS):
            self._changed_ns = look.lesson_ns

    def wish(self, scene: Scene) -> Wish | None:
        """The screen, while there is something new to read."""
        rules = self._rules
        is_shown = scene.on_air == SCREEN
        if is_shown and scene.now_ns - scene.since_ns >= rules.screen_max_s * _SECOND_NS:
            self._rests_until_ns = scene.now_ns + round(rules.screen_rest_s * _SECOND_NS)
        if self._changed_ns is None or scene.now_ns < self._rests_until_ns:
            return None
        wish = Wish(SCREEN, CutReason.SCREEN_CHANGES)
        shot = TimedShot(wish, self._changed_ns, rules.screen_s, rules.screen_late_s)
        if shot.is_over(scene):
            self._changed_ns = None
            return None
        return wish
