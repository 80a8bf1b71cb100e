"""Whether something stirs among the students: hands that go up, somebody who stands up."""

from __future__ import annotations

from math import exp

from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import CameraLook

_SECOND_NS = 1_000_000_000
# What usually moves is learnt over minutes, and of a stir itself little: it is limited to twice what is usual.
_USUAL_S = 60.0
_LEARNING_S = 20.0
_NOW_S = 0.4


class StudentsActivity:
    """Motion in the students' camera against what usually moves there.

    Students always move somewhat: write, lean, turn pages. A stir is motion well above that for about half a second.
    Videographers want who asks a question shown promptly (Rui, Gupta, Grudin, He, "Automating lecture capture and
    broadcast", 2004); Lampi, Kopf, Effelsberg have students announce it on a device ("A virtual camera team for
    lecture recording", IEEE MultiMedia 2008). Here a stir alone cuts nothing: it says whose speech follows.
    """

    def __init__(self, rules: DirectorRules) -> None:
        self._rules = rules
        self._usual = 0.0
        self._now = 0.0
        self._begun_ns: int | None = None
        self._last_ns: int | None = None
        self._stirred_ns: int | None = None
        self._moved_ns: int | None = None

    def push(self, look: CameraLook) -> None:
        """Take the next look of the students' camera, in the order of time."""
        now_ns = look.lesson_ns
        if self._begun_ns is None or self._last_ns is None:
            self._begun_ns = self._last_ns = now_ns
            self._usual = look.motion
        step_s = min(1.0, (now_ns - self._last_ns) / _SECOND_NS)
        self._last_ns = now_ns
        self._now += (1.0 - exp(-step_s / _NOW_S)) * (look.motion - self._now)
        enough = max(self._rules.stir_motion, self._rules.stir_ratio * self._usual)
        if self._now >= enough:
            self._stirred_ns = now_ns
        if look.motion > 0:
            self._moved_ns = now_ns
        horizon_s = _LEARNING_S if now_ns - self._begun_ns < _USUAL_S * _SECOND_NS else _USUAL_S
        limited = min(look.motion, max(2 * self._usual, self._rules.stir_motion / 2))
        self._usual += (1.0 - exp(-step_s / horizon_s)) * (limited - self._usual)

    def forget(self) -> None:
        """The camera was lost, or its head has turned."""
        self._now = 0.0
        self._last_ns = None

    def stirred(self, now_ns: int) -> bool:
        """Whether something stirred of late."""
        return self._stirred_ns is not None and now_ns - self._stirred_ns <= self._rules.stir_s * _SECOND_NS

    def is_empty(self, now_ns: int) -> bool:
        """Whether nothing has moved for so long that probably nobody is to be seen."""
        return self._moved_ns is None or now_ns - self._moved_ns > self._rules.empty_s * _SECOND_NS
