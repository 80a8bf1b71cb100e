"""The sound of the drawn classroom: whole across blocks, louder near the mouth, and speech to the detector."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.microphone.simulation.classroom_sound import ClassroomSound, Place
from drivers.simulated_classroom.acts import TEACHER, Utterance
from drivers.simulated_classroom.script import ClassroomScript
from pipelines.capture.voice_activity_model import WINDOW, VoiceActivityModel

RATE_HZ = 16_000
SCRIPT = ClassroomScript.from_seed(5, 120)
AMPLITUDE = 3000.0


def heard(place: Place, begin_s: float, end_s: float, block: int = 320) -> NDArray[np.float64]:
    """A span of the lesson as a microphone without noise hears it, in blocks."""
    sound = ClassroomSound(SCRIPT, place, AMPLITUDE, RATE_HZ)
    blocks = []
    for first in range(round(begin_s * RATE_HZ), round(end_s * RATE_HZ), block):
        samples = np.zeros(block)
        sound.add(samples, first / RATE_HZ, RATE_HZ)
        blocks.append(samples)
    return np.concatenate(blocks)


def spoken(*, by_teacher: bool) -> Utterance:
    """A long utterance of the teacher, or of a student."""
    return next(
        one
        for one in SCRIPT.utterances
        if one.end_s - one.begin_s > 2 and (one.speaker == TEACHER if by_teacher else one.speaker >= 0)
    )


def level_db(sound: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.square(sound).mean()))


def test_blocks_join() -> None:
    assert np.allclose(heard("ceiling", 5, 12, 320), heard("ceiling", 5, 12, 16000), atol=1e-6)


def test_the_lapel_hears_who_wears_it_and_the_room_hears_the_class() -> None:
    louder_db = {}
    for by_teacher in (True, False):
        one = spoken(by_teacher=by_teacher)
        levels = {place: level_db(heard(place, one.begin_s, one.end_s)) for place in ("ceiling", "lapel")}
        louder_db[by_teacher] = levels["ceiling"] - levels["lapel"]
    assert louder_db[False] - louder_db[True] > 8


@pytest.mark.parametrize("by_teacher", [True, False])
def test_the_detector_takes_voices_for_speech_and_the_room_for_none(*, by_teacher: bool) -> None:
    one = spoken(by_teacher=by_teacher)
    voice = heard("ceiling", one.begin_s, one.end_s)
    noise = np.random.default_rng(3).normal(0, 40, len(voice))
    model = VoiceActivityModel()
    shares = []
    for sound in (noise, voice + noise):
        windows = (sound / 32768).astype(np.float32)[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW)
        model.reset()
        shares.append(np.mean([model.probability(window) > 0.5 for window in windows]))
    assert shares[0] < 0.05
    assert shares[1] > 0.7
