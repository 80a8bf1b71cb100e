"""How a lesson is drawn from a seed: rounds of explaining, walking, writing, pointing, questions and students' work."""

from __future__ import annotations

import math
from random import Random

from drivers.simulated_classroom.acts import CLASS, STUDENTS, TEACHER, Act, Activity, Utterance, Waypoint

LECTERN = (0.42, 0.75)
SCREEN_SIDE = (0.8, 0.6)
BOARD_SLOTS = 6
_BOARD_Z_M = 0.45
_WALK_M_S = 0.85
_SHORTEST_LEG_M = 1.2
_FLUENT, _SHORT_PAUSE = (1.8, 5.5), (0.3, 0.9)
_WRITING, _LONG_PAUSE = (1.2, 3.5), (1.0, 3.5)


def slot_place(slot: int) -> tuple[float, float]:
    """Where the writing of a slot of the board begins: x and height in metres."""
    return -3.1 + slot % 3 * 1.28, 1.86 if slot < 3 else 1.3


class LessonPlan:
    """Acts, utterances and changes of slide, drawn one after the other until a length is reached."""

    def __init__(self, random: Random, seconds: float) -> None:
        self.acts: list[Act] = []
        self.utterances: list[Utterance] = []
        self.slide_changes: list[float] = []
        self._random = random
        self._now = 0.0
        self._place = LECTERN
        self._written = 0
        self._works = random.sample([self._groups, self._quiet], 2)
        self._explain(random.uniform(5, 8))
        while self._now < seconds:
            self._round(seconds)

    def _round(self, seconds: float) -> None:
        work = self._works[0]
        self._works.reverse()
        topics = [
            lambda: self._explain(self._random.uniform(10, 28)),
            lambda: self._explain(self._random.uniform(12, 24), new_slide=True),
            self._point,
            self._walk,
            self._write,
            self._question,
            self._question,
            work,
        ]
        self._random.shuffle(topics)
        for topic in topics:
            if self._now < seconds:
                topic()

    def _explain(self, lasts_s: float, *, new_slide: bool = False) -> None:
        place = self._place
        if self._random.random() < 0.4:
            place = self._random.choice([LECTERN, (self._random.uniform(-1.8, 1.2), self._random.uniform(1.5, 1.8))])
        if new_slide:
            self.slide_changes.append(self._now + 0.2)
        self._speak(self._now + 0.3, self._now + lasts_s, TEACHER)
        if not new_slide and self._random.random() < 0.4:
            self._chorus(self._now + lasts_s / 2)
        self._add(Activity.EXPLAIN, lasts_s, self._way_to(place))

    def _walk(self) -> None:
        way, lasts_s, wanted_s = [Waypoint(self._now, *self._place)], 0.0, self._random.uniform(7, 13)
        while lasts_s < wanted_s:
            x, z = way[-1].x_m, way[-1].z_m
            to_x = self._random.uniform(-2.9, 1.6)
            if abs(to_x - x) < _SHORTEST_LEG_M:
                continue
            to_z = self._random.uniform(1.45, 1.9)
            lasts_s += math.hypot(to_x - x, to_z - z) / self._random.uniform(0.6, 0.9)
            way.append(Waypoint(self._now + lasts_s, to_x, to_z))
        self._speak(self._now, self._now + lasts_s, TEACHER)
        self._add(Activity.WALK, lasts_s, way)

    def _write(self) -> None:
        slot = self._written % BOARD_SLOTS
        self._written += 1
        x, _ = slot_place(slot)
        lasts_s = self._random.uniform(12, 24)
        way = self._way_to((x - 0.38, _BOARD_Z_M))
        arrived_s = way[-1].at_s
        end_s = max(self._now + lasts_s, arrived_s + 8)
        way.append(Waypoint(end_s - 1, x + 0.62, _BOARD_Z_M))
        self._speak(self._now, end_s, TEACHER, _WRITING, _LONG_PAUSE)
        self._add(Activity.WRITE, end_s - self._now, way, slot=slot)

    def _point(self) -> None:
        lasts_s = self._random.uniform(9, 16)
        self.slide_changes.append(self._now + 0.2)
        self._speak(self._now + 0.3, self._now + lasts_s, TEACHER)
        self._add(Activity.POINT, lasts_s, self._way_to(SCREEN_SIDE))

    def _question(self) -> None:
        asks_s, waits_s = self._random.uniform(3, 5), self._random.uniform(2.5, 4.5)
        self.utterances.append(Utterance(self._now + 0.2, self._now + asks_s, TEACHER))
        self._add(Activity.ASK, asks_s, self._stay())
        raised = tuple(self._random.sample(range(STUDENTS), self._random.randint(3, 8)))
        self.utterances.append(Utterance(self._now + waits_s - 0.9, self._now + waits_s - 0.1, TEACHER))
        self._add(Activity.HANDS, waits_s, self._stay(), hands=raised)
        for student in raised[: 2 if self._random.random() < 0.3 else 1]:
            lasts_s = self._random.uniform(7, 17)
            self._speak(self._now + 0.8, self._now + lasts_s, student)
            self._add(Activity.ANSWER, lasts_s, self._stay(), student=student)
        self._explain(self._random.uniform(6, 11))

    def _groups(self) -> None:
        lasts_s = self._random.uniform(20, 45)
        self.utterances.append(Utterance(self._now, self._now + lasts_s, CLASS))
        place = self._random.uniform(-2.5, 1.5), self._random.uniform(1.5, 1.9)
        self._add(Activity.GROUPS, lasts_s, self._way_to(place, 0.5))

    def _quiet(self) -> None:
        self._add(Activity.QUIET, self._random.uniform(14, 28), self._stay())

    def _speak(
        self,
        begin_s: float,
        end_s: float,
        speaker: int,
        phrase: tuple[float, float] = _FLUENT,
        pause: tuple[float, float] = _SHORT_PAUSE,
    ) -> None:
        """Fill a span with phrases."""
        while begin_s < end_s - 0.6:
            until_s = min(end_s, begin_s + self._random.uniform(*phrase))
            self.utterances.append(Utterance(begin_s, until_s, speaker))
            begin_s = until_s + self._random.uniform(*pause)

    def _chorus(self, at_s: float) -> None:
        """The class answers as one, with a word, while the teacher waits."""
        end_s = at_s + self._random.uniform(0.7, 1.2)
        self.utterances = [
            one for one in self.utterances if one.end_s < at_s - 0.1 or one.begin_s > end_s or one.speaker != TEACHER
        ]
        self.utterances.append(Utterance(at_s, end_s, CLASS))

    def _stay(self) -> list[Waypoint]:
        return [Waypoint(self._now, *self._place)]

    def _way_to(self, place: tuple[float, float], speed_m_s: float = _WALK_M_S) -> list[Waypoint]:
        way = self._stay()
        distance_m = math.dist(self._place, place)
        if distance_m > 0.01:
            way.append(Waypoint(self._now + distance_m / speed_m_s, *place))
        return way

    def _add(
        self,
        activity: Activity,
        lasts_s: float,
        way: list[Waypoint],
        *,
        hands: tuple[int, ...] = (),
        student: int | None = None,
        slot: int = 0,
    ) -> None:
        end_s = self._now + lasts_s
        self.acts.append(Act(activity, self._now, end_s, tuple(way), hands, student, slot))
        self._now, self._place = end_s, (way[-1].x_m, way[-1].z_m)
