"""Who speaks, teacher or students: from the speech near several microphones, or near one and what the cameras show."""

from __future__ import annotations

from enum import StrEnum
from math import exp, isfinite

from pipelines.directing.observations import SpeechHeard
from pipelines.directing.usual_ratio import UsualRatio

_SECOND_NS = 1_000_000_000
# A microphone that has said nothing for so long is not there.
_STALE_NS = 1_500_000_000
_SPEECH = 0.5
# Who speaks is told from so much of the recent past.
_SETTLE_S = 0.4
_MOST_STEP_S = 1.0
# Pauses between words and sentences.
_HANG_NS = 1_000_000_000
# Surely one of the two.
_SURE = 0.6
# A lapel microphone in which nobody was heard during so much speech in the room is muted, or lies in a drawer.
_MUTED_S = 45.0
# So quiet is no room: the transmitter is off.
_OFF_DBFS = -80.0
# Group work, against the room when it is quiet. That may become louder for good (a fan), so it is forgotten slowly.
_MURMUR = 0.1
_MURMUR_DB = 15.0
_FLOOR_DB_S = 0.1
# Without a known ratio: what the lapel hardly hears comes from the room.
_UNHEARD = 0.3


class Speaker(StrEnum):
    """Who speaks."""

    NOBODY = "nobody"
    TEACHER = "teacher"
    STUDENTS = "students"


class SpeakerEstimate:
    """Who speaks at a moment, given what microphones hear.

    With a microphone at the teacher and one that hears the room: both hear both, the lapel the teacher far louder.
    How loud devices are against each other depends on gains that nobody knows, but not on how loud somebody speaks;
    so what counts is the *difference* of the two levels against what is usual while there is speech, of which the
    teacher has most (``UsualRatio``). Where the room is clearly louder than that, students speak; half as much is
    enough where the lapel's detector takes for no speech what the room's does, and until the ratio is known that
    alone decides.

    With the lapel alone every speech is the teacher's: it hardly hears students.

    With the room's microphone alone (or a lapel that is muted) level tells nothing: a student by the window and a
    teacher at the board may be equally loud. Then it depends on who was seen to begin: speech during or shortly after
    a stir among the students (a raised hand, somebody who stands up) while the teacher does not walk is theirs, other
    speech the teacher's, who has most of a lesson's.
    """

    def __init__(self, teacher_microphones: tuple[str, ...], louder_db: float) -> None:
        self._teachers = frozenset(teacher_microphones)
        self._louder_db = louder_db
        self._heard: dict[str, SpeechHeard] = {}
        self._ratio = UsualRatio()
        self._weights = {Speaker.TEACHER: 0.0, Speaker.STUDENTS: 0.0}
        self._heard_ns = 0
        self._weighed_ns: int | None = None
        self._unworn_s = 0.0
        self._floor_dbfs = 0.0
        self._last = Speaker.NOBODY
        self._last_ns = 0
        self._since_ns = 0

    def push(self, heard: SpeechHeard, *, students_stir: bool, teacher_walks: bool) -> None:
        """Take what a microphone hears, in the order of time; what cameras show decides where levels cannot."""
        if not (isfinite(heard.probability) and isfinite(heard.level_dbfs)):
            return
        if heard.lesson_ns < self._heard_ns:
            return
        if heard.lesson_ns > self._heard_ns:
            self._conclude(students_stir, teacher_walks)
            self._heard_ns = heard.lesson_ns
        self._heard[heard.microphone] = heard
        # Loudness changes from syllable to syllable: only what was heard at one time can be compared.
        if all(one.lesson_ns == self._heard_ns for one in self._fresh()):
            self._conclude(students_stir, teacher_walks)

    def speaker(self, now_ns: int) -> Speaker:
        """Who speaks now, pauses between words included."""
        return self._last if now_ns - self._last_ns <= _HANG_NS else Speaker.NOBODY

    @property
    def spoken_s(self) -> float:
        """For how long the speaker has spoken, up to the last word."""
        return (self._last_ns - self._since_ns) / _SECOND_NS

    def quiet_s(self, now_ns: int) -> float:
        """For how long nobody has spoken; 0 where no microphone listens, and until somebody has spoken."""
        listens = any(now_ns - one.lesson_ns <= _STALE_NS for one in self._heard.values())
        return (now_ns - self._last_ns) / _SECOND_NS if listens and self._last is not Speaker.NOBODY else 0.0

    def _conclude(self, students_stir: bool, teacher_walks: bool) -> None:
        """Weigh what was heard last, once."""
        now_ns, before_ns = self._heard_ns, self._weighed_ns
        if now_ns == before_ns or not self._heard:
            return
        step_s = 0.1 if before_ns is None else min(_MOST_STEP_S, (now_ns - before_ns) / _SECOND_NS)
        self._weighed_ns = now_ns
        judged = self._judge(step_s, students_stir, teacher_walks)
        self._weigh(judged, step_s)
        self._settle(now_ns, judged)

    def _fresh(self) -> list[SpeechHeard]:
        return [one for one in self._heard.values() if self._heard_ns - one.lesson_ns <= _STALE_NS]

    def _settle(self, now_ns: int, judged: Speaker) -> None:
        teacher, students = self._weights[Speaker.TEACHER], self._weights[Speaker.STUDENTS]
        leads = Speaker.STUDENTS if students > teacher else Speaker.TEACHER
        if max(teacher, students) >= _SURE and leads is not self.speaker(now_ns):
            self._last, self._since_ns, self._last_ns = leads, now_ns, now_ns
        if judged is self._last:
            self._last_ns = now_ns

    def _weigh(self, speaker: Speaker, step_s: float) -> None:
        keep = exp(-step_s / _SETTLE_S)
        for one in self._weights:
            self._weights[one] = self._weights[one] * keep + (1.0 - keep) * (one is speaker)

    def _judge(self, step_s: float, students_stir: bool, teacher_walks: bool) -> Speaker:
        fresh = self._fresh()
        worn = _loudest([one for one in fresh if one.microphone in self._teachers and one.level_dbfs > _OFF_DBFS])
        room = _loudest([one for one in fresh if one.microphone not in self._teachers])
        if worn is not None:
            if worn.probability >= _SPEECH:
                self._unworn_s = 0.0
            elif room is not None and room.probability >= _SPEECH:
                self._unworn_s += step_s
        if room is None:
            return Speaker.TEACHER if worn is not None and worn.probability >= _SPEECH else Speaker.NOBODY
        if worn is None or self._unworn_s > _MUTED_S:
            return _by_motion(room, students_stir, teacher_walks)
        return self._by_level(worn, room, step_s)

    def _is_murmur(self, room: SpeechHeard, step_s: float) -> bool:
        """Many voices at once: the detector is not sure, but the room is far louder than when it is quiet."""
        self._floor_dbfs = min(room.level_dbfs, self._floor_dbfs + _FLOOR_DB_S * step_s)
        is_loud = room.level_dbfs - self._floor_dbfs >= _MURMUR_DB
        return is_loud and _MURMUR <= room.probability < _SPEECH

    def _by_level(self, worn: SpeechHeard, room: SpeechHeard, step_s: float) -> Speaker:
        is_murmur = self._is_murmur(room, step_s)
        if max(worn.probability, room.probability) < _SPEECH:
            return Speaker.STUDENTS if is_murmur and worn.probability < _UNHEARD else Speaker.NOBODY
        difference_db = room.level_dbfs - worn.level_dbfs
        usual_db = self._ratio.usual_db
        is_room_only = worn.probability < _UNHEARD and room.probability >= _SPEECH
        if not is_room_only:
            self._ratio.push(difference_db, step_s)
        if usual_db is None:
            return Speaker.STUDENTS if is_room_only else Speaker.TEACHER
        enough_db = self._louder_db / 2 if is_room_only else self._louder_db
        return Speaker.STUDENTS if difference_db - usual_db > enough_db else Speaker.TEACHER


def _by_motion(room: SpeechHeard, students_stir: bool, teacher_walks: bool) -> Speaker:
    if room.probability < _SPEECH:
        return Speaker.NOBODY
    return Speaker.STUDENTS if students_stir and not teacher_walks else Speaker.TEACHER


def _loudest(heard: list[SpeechHeard]) -> SpeechHeard | None:
    return max(heard, key=lambda one: (one.probability >= _SPEECH, one.level_dbfs), default=None)
