"""The mix of several microphones by who speaks: what a second of it costs, and what it does to noise and loudness."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.figures.speech import spoken
from bench.result_rows import ResultRow, bound
from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.mixdown import Mixdown
from pipelines.capture.speech_mix import LOOK_AHEAD, SpeechMix
from pipelines.recording.audio_mixer import Mix

Sound = NDArray[np.float32]

_TENTH = LESSON_RATE_HZ // 10
_FAR_DB = -12.0
_FAR_SAMPLES = 200
_NOISE_DBFS = -60.0
_PAUSE_S = 5
_MOST_PERCENT = 1.5


def measure() -> list[ResultRow]:
    """A teacher and a pupil take turns of a minute, each near one of two microphones, then nobody speaks."""
    heard = _room()
    pause = slice(-_PAUSE_S * LESSON_RATE_HZ, None)
    rows = []
    for count in (1, 2, 4):
        roles = [f"m{number}" for number in range(count)]
        sound = {role: heard[number % 2] for number, role in enumerate(roles)}
        plain, sum_s = _mixed(Mixdown(dict.fromkeys(roles, 0.0)), sound)
        made, mix_s = _mixed(SpeechMix(dict.fromkeys(roles, 0.0)), sound)
        share = partial(bound, unit="% of a core", most=_MOST_PERCENT)
        rows.append(share(f"mix by who speaks, {count} microphones", 100 * mix_s, how=f"a sum: {100 * sum_s:.2g}"))
        if count == 2:
            gained_db = _dbfs(made[: pause.start]) - _dbfs(plain[: pause.start])
            noise_db = _dbfs(made[pause]) - _dbfs(plain[pause]) - gained_db
            rows.append(bound("noise against a sum, speech as loud", noise_db, "dB", -2.0, "two microphones"))
    return [*rows, bound("behind what the microphones delivered", 1000 * LOOK_AHEAD / LESSON_RATE_HZ, "ms", 50.0)]


def _room() -> NDArray[np.float32]:
    """What the two microphones hear, shape (2, n)."""
    said = [spoken("cmn+f2", 50), spoken("cmn+m3", 35)]
    none = np.zeros_like(said[0])
    far = np.float32(10 ** (_FAR_DB / 20))
    pause = np.zeros(_PAUSE_S * LESSON_RATE_HZ, np.float32)
    speech = np.stack([np.concatenate([said[0], none, pause]), np.concatenate([none, said[1], pause])])
    noise = np.random.default_rng(1).normal(0, 10 ** (_NOISE_DBFS / 20), speech.shape)
    return (speech + far * np.roll(speech[::-1], _FAR_SAMPLES, axis=1) + noise).astype(np.float32)


def _mixed(mix: Mix, sound: dict[str, Sound]) -> tuple[Sound, float]:
    """The mix, and the processor seconds that a second of it takes."""
    count = min(map(len, sound.values()))
    out = []
    begun_s = time.thread_time()
    for at in range(0, count, _TENTH):
        for role, samples in sound.items():
            mix.push_samples(role, samples[at : at + _TENTH, None])
        out.append(mix.pop_mix())
    out.append(mix.finish())
    spent_s = time.thread_time() - begun_s
    return np.concatenate(out)[:, 0], spent_s * LESSON_RATE_HZ / count


def _dbfs(sound: Sound) -> float:
    return float(10 * np.log10(np.square(sound, dtype=np.float64).mean()))
