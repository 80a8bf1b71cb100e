"""A director in a scripted classroom: what its cameras and microphones observe, and the shots it makes of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.classroom_scene import ClassroomScene
from drivers.microphone.simulation.classroom_sound import ClassroomSound, Place
from drivers.simulated_classroom.script import ClassroomScript
from pipelines.capture.voice_activity_model import RATE_HZ, WINDOW, VoiceActivityModel
from pipelines.directing.decisions import CutTo
from pipelines.directing.director import Director
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.motion_meter import MotionMeter
from pipelines.directing.observations import CameraLook, Observation, SpeechHeard
from pipelines.directing.scaled_luma import LUMA_HEIGHT, LUMA_WIDTH
from tests.direct.agreement import Shot

LOOKED_AT = ("teacher", "students", "screen")
"""The cameras whose pictures tell the director something; close ones follow what the others show."""
PLACES: tuple[Place, ...] = ("lapel", "ceiling")
RULES = DirectorRules()

_SECOND_NS = 1_000_000_000
_LOOKS_HZ, _HEARD_HZ, _TICKS_HZ = 5, 10, 10
_DRAWN = 4
_VOICE, _NOISE = 32767 * 10 ** (-20 / 20), 32767 * 10 ** (-58 / 20)


def observations(script: ClassroomScript, *, looked_at: Sequence[str] = LOOKED_AT) -> list[Observation]:
    """All that cameras and microphones tell of a lesson, in the order of time; drawn, heard and measured for real."""
    told: list[Observation] = []
    for role in looked_at:
        told += _looks(role, script)
    for place in PLACES:
        told += _heard(place, script)
    return sorted(told, key=lambda one: one.lesson_ns)


def direct(
    seen: Iterable[Observation],
    seconds: float,
    roles: Sequence[str],
    microphones: Sequence[str],
    rules: DirectorRules = RULES,
) -> list[Shot]:
    """The shots of a director in a room that has these cameras and microphones."""
    director, cuts, waiting = Director(rules, roles), [Shot(0, 0, roles[0])], list(reversed(list(seen)))
    for tick in range(int(seconds * _TICKS_HZ)):
        now_ns = tick * _SECOND_NS // _TICKS_HZ
        while waiting and waiting[-1].lesson_ns <= now_ns:
            one = waiting.pop()
            here = one.role in roles if isinstance(one, CameraLook) else True
            if here and (not isinstance(one, SpeechHeard) or one.microphone in microphones):
                director.push(one)
        cuts += [Shot(one.lesson_ns / 1e9, 0, one.role) for one in director.tick(now_ns) if isinstance(one, CutTo)]
    shots = [Shot(one.begin_s, other.begin_s, one.role) for one, other in pairwise([*cuts, Shot(seconds, 0, "")])]
    return [shot for shot in shots if shot.end_s > shot.begin_s]


def _looks(role: str, script: ClassroomScript) -> Iterator[CameraLook]:
    """What the motion meter says of a camera's pictures, with the camera's noise and its exposure."""
    width, height = _DRAWN * LUMA_WIDTH, _DRAWN * LUMA_HEIGHT
    scene, meter = ClassroomScene(role, width, height, height // 2, script), MotionMeter(role)
    for number in range(int(script.seconds * _LOOKS_HZ)):
        planes = scene.moving(number, number / _LOOKS_HZ)
        luma = planes[: width * height].reshape(height, width)
        small = cv2.resize(luma, (LUMA_WIDTH, LUMA_HEIGHT), interpolation=cv2.INTER_AREA)
        look = meter.push(np.asarray(small, np.uint8), number * _SECOND_NS // _LOOKS_HZ)
        if look is not None:
            yield look


def _heard(place: Place, script: ClassroomScript) -> Iterator[SpeechHeard]:
    """What the speech detector says of a microphone's sound: the likeliest of each tenth of a second, and its level."""
    sound, model = ClassroomSound(script, place, _VOICE, RATE_HZ), VoiceActivityModel()
    noise = np.random.default_rng(script.seed)
    size = RATE_HZ // _HEARD_HZ
    waiting: NDArray[np.float32] = np.zeros(0, np.float32)
    for number in range(int(script.seconds * _HEARD_HZ)):
        samples = noise.normal(0, _NOISE, size)
        sound.add(samples, number / _HEARD_HZ, RATE_HZ)
        full_scale = (samples / 32768).astype(np.float32)
        waiting = np.concatenate([waiting, full_scale])
        whole = len(waiting) // WINDOW * WINDOW
        likely = max(model.probability(window) for window in waiting[:whole].reshape(-1, WINDOW))
        waiting = waiting[whole:]
        level_dbfs = 10 * float(np.log10(np.square(full_scale, dtype=np.float64).mean()))
        yield SpeechHeard(place, (number + 1) * _SECOND_NS // _HEARD_HZ, likely, level_dbfs)
