"""What a microphone hears of a simulated lesson: voices from where people are, directly and by way of the room."""

from __future__ import annotations

import math
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drivers.microphone.simulation.formant_voice import Sound, Voice, voice_loop
from drivers.microphone.simulation.wand_sound import SPEED_OF_SOUND_M_S
from drivers.simulated_classroom.acts import CLASS, STUDENTS, TEACHER, Utterance, seat
from drivers.simulated_classroom.script import ClassroomScript
from drivers.simulated_classroom.teacher_pose import teacher_pose

Place = Literal["lapel", "front", "ceiling", "back"]

_HUNG: dict[str, tuple[float, float, float]] = {
    "front": (0.0, 2.6, 0.5),
    "ceiling": (0.0, 2.6, 3.2),
    "back": (0.0, 2.4, 7.6),
}
_LAPEL_M = 0.25
# Who wears a microphone turns it down, to what a voice is worth at one metre.
_LAPEL_GAIN = _LAPEL_M
_RT60_S = 0.45
# Where the room is as loud as the voice itself: 0.057 times the root of 235 cubic metres by the time of 0.45 s.
# Source: H. Kuttruff, Room Acoustics, chapter 5 (critical distance of a source that radiates evenly).
_CRITICAL_M = 1.3
_LN_1000 = 6.907755
# From one end of the room to the other.
_LATEST_S = 0.04
_FADE_S = 0.012
_BUILD_UP_S = 0.08
_MOUTH_M, _SEATED_MOUTH_M, _STANDING_MOUTH_M = 1.57, 1.18, 1.5
_STUDENT_VOICES = 4
_WHO_TALK = 6
_STUDENT_LEVEL, _WHISPER_LEVEL = 0.6, 0.4


class ClassroomSound:
    """Adds a script's voices to blocks of samples; ``amplitude`` is the teacher's RMS one metre away.

    An utterance is heard from where its speaker is at its beginning: the voice itself weaker and later with the
    distance, and the room's reverberation, which is as loud everywhere.
    """

    def __init__(self, script: ClassroomScript, place: Place, amplitude: float, rate_hz: int) -> None:
        self._script = script
        self._place = place
        self._amplitude = amplitude * (_LAPEL_GAIN if place == "lapel" else 1.0)
        # All voices are made here: while blocks are read there is no time for it.
        self._teacher = _heard(Voice(118.0 + script.seed % 5 * 6, 1.0, script.seed % 1000), rate_hz)
        self._students = [_heard(_student_voice(number), rate_hz) for number in range(_STUDENT_VOICES)]
        self._class = _many(rate_hz)

    def add(self, sound: NDArray[np.float64], begin_s: float, rate_hz: float) -> None:
        """Add to ``sound``, shape (n,), what is heard from ``begin_s`` of the script on, at the card's true rate."""
        end_s = begin_s + len(sound) / rate_hz
        for spoken in self._script.spoken_between(begin_s - _RT60_S - _LATEST_S, end_s):
            self._add_utterance(sound, spoken, begin_s, rate_hz)

    def _add_utterance(self, sound: Sound, spoken: Utterance, begin_s: float, rate_hz: float) -> None:
        (dry, wet), level = self._voices(spoken.speaker)
        distance_m = self._distance_m(spoken)
        # Counted from the utterance's own begin, so that blocks join whatever the card's rate is.
        first = round((begin_s - spoken.begin_s - distance_m / SPEED_OF_SOUND_M_S) * rate_hz)
        places = first + np.arange(len(sound))
        since = places / rate_hz
        lasts_s = spoken.end_s - spoken.begin_s
        loop = (places + round(spoken.begin_s * 977) * 61) % len(dry)
        direct = np.clip(np.minimum(since, lasts_s - since) / _FADE_S, 0.0, 1.0)
        fading = np.maximum(0.0, np.exp(-_LN_1000 / _RT60_S * np.maximum(0.0, since - lasts_s)) - 0.001)
        room = np.clip(since / _BUILD_UP_S, 0.0, 1.0) * fading
        sound += self._amplitude * level * (dry[loop] * direct / distance_m + wet[loop] * room / _CRITICAL_M)

    def _voices(self, speaker: int) -> tuple[tuple[Sound, Sound], float]:
        """The voice itself and what the room makes of it, and how loud it is against the teacher's."""
        if speaker == TEACHER:
            return self._teacher, 1.0
        if speaker == CLASS:
            return self._class, _WHISPER_LEVEL
        return self._students[speaker % _STUDENT_VOICES], _STUDENT_LEVEL

    def _distance_m(self, spoken: Utterance) -> float:
        """From mouth to microphone; of many, from the middle of the class."""
        pose = teacher_pose(self._script, spoken.begin_s)
        if spoken.speaker == TEACHER:
            mouth = pose.x_m, _MOUTH_M, pose.z_m
        elif spoken.speaker == CLASS:
            mouth = 0.0, _SEATED_MOUTH_M, seat(STUDENTS // 2)[1]
        else:
            x, z = seat(spoken.speaker)
            mouth = x, _STANDING_MOUTH_M, z
        if self._place != "lapel":
            return math.dist(_HUNG[self._place], mouth)
        return _LAPEL_M if spoken.speaker == TEACHER else math.dist((pose.x_m, _MOUTH_M, pose.z_m), mouth)


def _student_voice(number: int) -> Voice:
    return Voice(235.0 + 24 * number, 1.18 + 0.04 * number, 2000 + number)


@cache
def _heard(voice: Voice, rate_hz: int) -> tuple[Sound, Sound]:
    """A voice, and what the room makes of it: diffuse, with an RMS of 1 too."""
    dry = voice_loop(voice, rate_hz)
    return dry, _reverberant(dry, rate_hz)


@cache
def _many(rate_hz: int) -> tuple[Sound, Sound]:
    """Students who talk to each other, from where they sit."""
    random = np.random.default_rng(31)
    voices = [_heard(_student_voice(number), rate_hz)[0] for number in range(_STUDENT_VOICES)]
    dry = np.zeros_like(voices[0])
    for at in range(_WHO_TALK):
        dry += 1 / (1 + at) * np.roll(voices[at % _STUDENT_VOICES], random.integers(len(dry)))
    return dry, _reverberant(dry, rate_hz)


def _reverberant(dry: Sound, rate_hz: int) -> Sound:
    """The loop in a room."""
    wet = np.fft.irfft(np.fft.rfft(dry) * _tail(len(dry), rate_hz), len(dry))
    made: Sound = wet * np.sqrt(np.square(dry).mean() / np.square(wet).mean())
    return made


@cache
def _tail(count: int, rate_hz: int) -> NDArray[np.complex128]:
    """The spectrum of a room's reverberation: noise that fades, so that no echo stands out."""
    seconds = np.arange(count) / rate_hz
    tail = np.random.default_rng(17).standard_normal(count) * np.exp(-_LN_1000 / _RT60_S * seconds)
    tail[: round(0.005 * rate_hz)] = 0.0
    # Air and walls take the high frequencies first.
    damped: NDArray[np.complex128] = np.fft.rfft(tail) / (1 + np.square(np.fft.rfftfreq(count, 1 / rate_hz) / 4000.0))
    return damped
