"""Who speaks: several microphones that all hear everybody, at gains that nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from directing.streams import SECOND_NS
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.directing.observations import SpeechHeard
from pipelines.directing.speech import Speaker, SpeakerEstimate

STEP_NS = SECOND_NS // 10
# By who speaks: levels in dBFS at the lapel, at the front of the room, at its back.
_LEVELS = {
    "teacher": (-24.0, -36.0, -44.0),
    "students": (-44.0, -37.0, -33.0),
    "nobody": (-62.0, -58.0, -58.0),
}
_NAMES = ("lapel", "front", "back")


class Sounds:
    """A room of voices: ``gains`` in dB by microphone, ``bleeds``: the lapel's detector takes students for speech."""

    def __init__(self, seed: int, gains: Sequence[float], names: Sequence[str] = _NAMES, bleeds: float = 0.5) -> None:
        self.estimate = SpeakerEstimate(("lapel",), 6.0)
        self.now_ns = 0
        self._dice = np.random.default_rng(seed)
        self._gains = dict(zip(_NAMES, gains, strict=True))
        self._names = names
        self._bleeds = bleeds

    def speak(self, who: str, seconds: float, *, stirs: bool = False, walks: bool = False) -> list[Speaker]:
        """Who is taken to speak, every tenth of a second."""
        told = []
        for _ in range(round(seconds * 10)):
            self.now_ns += STEP_NS
            loud = self._dice.normal(0, 4)
            pauses = self._dice.random() < 0.15
            for name, level in zip(_NAMES, _LEVELS["nobody" if pauses else who], strict=True):
                if name in self._names:
                    heard = level + (0 if who == "nobody" else loud) + self._dice.normal(0, 1.5) + self._gains[name]
                    probability = self._probability(who, name, pauses)
                    one = SpeechHeard(name, self.now_ns, probability, heard)
                    self.estimate.push(one, students_stir=stirs, teacher_walks=walks)
            told.append(self.estimate.speaker(self.now_ns))
        return told

    def _probability(self, who: str, name: str, pauses: bool) -> float:
        if who == "nobody" or pauses:
            return float(self._dice.uniform(0, 0.3))
        if name == "lapel" and who == "students":
            return 0.9 if self._dice.random() < self._bleeds else 0.1
        return float(self._dice.uniform(0.7, 1.0))


def share(told: list[Speaker], wanted: Speaker) -> float:
    return told.count(wanted) / len(told)


@settings(max_examples=8)
@given(
    seed=st.integers(0, 1000),
    gains=st.tuples(*[st.floats(-20, 20)] * 3),
    bleeds=st.sampled_from([0.0, 0.5, 1.0]),
    names=st.sampled_from([_NAMES, ("lapel", "front"), ("lapel", "back")]),
)
def test_a_dialogue_over_lapel_and_room_whatever_the_gains(
    seed: int, gains: tuple[float, ...], bleeds: float, names: tuple[str, ...]
) -> None:
    room = Sounds(seed, gains, names, bleeds)
    assert share(room.speak("teacher", 30)[20:], Speaker.TEACHER) > 0.95
    for _ in range(3):
        assert share(room.speak("students", 6)[20:], Speaker.STUDENTS) > 0.9
        assert share(room.speak("teacher", 6)[20:], Speaker.TEACHER) > 0.9
    assert share(room.speak("nobody", 5)[30:], Speaker.NOBODY) == 1.0


def test_a_long_discussion_does_not_make_students_the_usual() -> None:
    room = Sounds(1, (0, 0, 0))
    room.speak("teacher", 60)
    assert share(room.speak("students", 90)[20:], Speaker.STUDENTS) > 0.95


def test_a_lapel_that_hears_no_student_is_not_taken_to_be_muted() -> None:
    room = Sounds(1, (0, 0, 0), bleeds=0.0)
    room.speak("teacher", 60)
    assert share(room.speak("students", 40)[20:], Speaker.STUDENTS) > 0.95


def test_the_lapel_alone_is_the_teacher() -> None:
    room = Sounds(1, (0, 0, 0), ("lapel",))
    assert share(room.speak("teacher", 10)[20:], Speaker.TEACHER) > 0.95


@pytest.mark.parametrize(("gain_db", "after_s"), [(-90.0, 0.0), (-40.0, 60.0)], ids=["off", "in a drawer"])
def test_a_lapel_that_is_muted_leaves_it_to_who_stirs(gain_db: float, after_s: float) -> None:
    room = Sounds(1, (gain_db, 0, 0), bleeds=0.0)
    room._probability = lambda who, name, pauses: 0.0 if name == "lapel" or pauses else 0.9  # type: ignore[method-assign]
    room.speak("teacher", after_s)
    assert share(room.speak("teacher", 10)[20:], Speaker.TEACHER) > 0.95
    assert share(room.speak("students", 6, stirs=True)[20:], Speaker.STUDENTS) > 0.95
    assert share(room.speak("teacher", 6, stirs=True, walks=True)[20:], Speaker.TEACHER) > 0.95


def test_one_microphone_in_the_room_is_asked_who_stirred() -> None:
    room = Sounds(1, (0, 0, 0), ("front",))
    assert share(room.speak("teacher", 10)[20:], Speaker.TEACHER) > 0.95
    assert share(room.speak("students", 6, stirs=True)[20:], Speaker.STUDENTS) > 0.95


def test_group_work_is_heard_though_no_single_voice_is() -> None:
    """The detector is not sure of many voices at once; a fan is as loud, and it is sure of that."""
    room = Sounds(1, (0, 0, 0))
    room.speak("teacher", 20)
    room.speak("nobody", 3)

    def hum(probability: float) -> list[Speaker]:
        told = []
        for _ in range(50):
            room.now_ns += STEP_NS
            for name, likely, level in (("lapel", 0.01, -42.0), ("front", probability, -30.0)):
                heard = SpeechHeard(name, room.now_ns, likely, level)
                room.estimate.push(heard, students_stir=False, teacher_walks=False)
            told.append(room.estimate.speaker(room.now_ns))
        return told

    assert share(hum(0.02)[20:], Speaker.NOBODY) == 1.0
    assert share(hum(0.25)[20:], Speaker.STUDENTS) == 1.0


def test_a_cough_is_no_speaker() -> None:
    room = Sounds(1, (0, 0, 0))
    room.speak("teacher", 20)
    assert Speaker.STUDENTS not in room.speak("students", 0.2) + room.speak("teacher", 5)


def test_a_microphone_that_died_is_forgotten() -> None:
    room = Sounds(1, (0, 0, 0))
    room.speak("teacher", 20)
    room._names = ("lapel",)
    assert share(room.speak("teacher", 10)[20:], Speaker.TEACHER) > 0.95
