"""Whether the teacher walks or stands, from where the wide camera's picture moves."""

from __future__ import annotations

from collections import deque

from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import CameraLook

_SECOND_NS = 1_000_000_000
# Below it is what lips and hands do.
_LEAST_MOTION = 0.0015
# Wider than one person: the light, or a crowd, and the centre says nothing of the teacher.
_WIDEST = 0.22
# Who walks is seen to at each look.
_SEEN_NS = 700_000_000
_MOST_LOOKS = 64
# So many looks tell a walk, however far they are apart: of H.264 that is passed through only key pictures are seen.
_LEAST_LOOKS = 3
_LONGEST_NS = 6_000_000_000
# Looks without places, from journals that have none: so many times the usual motion is a walk.
_RATIO = 3.0
_USUAL_SHARE = 0.01


class TeacherActivity:
    """Walking or standing, with hysteresis.

    Who walks moves as a whole: something upright, as tall as a person, whose centre travels. Who gestures moves hands;
    heads of students in front of the camera are not that tall, a new slide on the wall behind is not upright. (The
    tracker of LectureSight, the open peer, follows the same centre for its head.) Videographers
    want the wide shot while a lecturer walks and no attempt to follow each step: Rui, Gupta, Grudin, He, "Automating
    lecture capture and broadcast: technology and videography", Multimedia Systems 2004, rules of lecturer tracking.
    """

    def __init__(self, rules: DirectorRules) -> None:
        self._rules = rules
        self._places: deque[tuple[int, float]] = deque(maxlen=_MOST_LOOKS)
        self._looked_ns: int | None = None
        self._usual = 0.0
        self._calm_since_ns: int | None = None
        self.moves = False
        self.walks = False

    def push(self, look: CameraLook) -> None:
        """Take the next look of the wide camera, in the order of time."""
        now_ns = look.lesson_ns
        if look.x is not None and self._is_person(look):
            self._places.append((now_ns, look.x))
        window_ns, seen_ns = round(self._rules.travel_window_s * _SECOND_NS), _SEEN_NS
        if self._looked_ns is not None:
            step_ns = now_ns - self._looked_ns
            window_ns = max(window_ns, min(_LONGEST_NS, _LEAST_LOOKS * step_ns))
            seen_ns = max(seen_ns, round(1.5 * step_ns))
        self._looked_ns = now_ns
        while self._places and now_ns - self._places[0][0] > window_ns:
            self._places.popleft()
        travelled = self._travelled(look, seen_ns)
        self.walks = travelled >= self._rules.travel
        if travelled >= self._rules.travel:
            self.moves, self._calm_since_ns = True, None
        elif travelled > self._rules.travel / 2:
            self._calm_since_ns = None
        elif self._calm_since_ns is None:
            self._calm_since_ns = now_ns
        elif now_ns - self._calm_since_ns >= self._rules.still_s * _SECOND_NS:
            self.moves = False

    def forget(self) -> None:
        """The camera's head has turned, or the camera was lost: places of before are others."""
        self._places.clear()
        self._calm_since_ns = None

    def _is_person(self, look: CameraLook) -> bool:
        return look.motion >= _LEAST_MOTION and look.spread <= _WIDEST and look.height >= self._rules.walk_height

    def _travelled(self, look: CameraLook, seen_ns: int) -> float:
        """How far the teacher went, of the picture's width; robust against single looks that are wrong."""
        if look.x is None and look.motion > 0:
            self._usual += _USUAL_SHARE * (look.motion - self._usual)
            return self._rules.travel if look.motion > max(_LEAST_MOTION, _RATIO * self._usual) else 0.0
        places = [x for _, x in self._places]
        if len(places) < _LEAST_LOOKS or look.lesson_ns - self._places[-1][0] > seen_ns:
            return 0.0
        third = max(1, len(places) // 3)
        return abs(_median(places[-third:]) - _median(places[:third]))


def _median(places: list[float]) -> float:
    return sorted(places)[len(places) // 2]
