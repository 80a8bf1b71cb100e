"""Speech against other sound: how much of either is told right, and what a second of listening costs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.result_rows import ResultRow, bound
from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.speech_detector import SpeechDetector
from pipelines.capture.voice_activity_model import VoiceActivityModel

Sound = NDArray[np.float32]
"""Samples at the lesson's rate, shape (n,)."""

_MANDARIN = "同学们好，请把课本翻到第十二页。昨天我们学了三角形的面积，谁能告诉我怎么算？好，你来说。对，底乘高除以二。"
_ENGLISH = "Good morning class. Open your books at page twelve, please. Who can tell me what we learned yesterday?"
# A word is said, and the next one comes within this: what a lesson that runs over waits for is far longer.
_PAUSE_S = 2.0
_SECONDS = 60
# Voices of espeak-ng: women, men, and children by their pitch.
_VOICES = (("cmn+f2", 50), ("cmn", 40), ("cmn+m3", 35), ("cmn+f4", 90), ("en-us+f3", 55), ("en-us+m1", 40))


def measure() -> list[ResultRow]:
    """A teacher near and far, in a quiet and a noisy room; what is heard in an empty one; a break; the cost."""
    model = VoiceActivityModel()
    voices = [spoken(voice, pitch) for voice, pitch in _VOICES]
    rng = np.random.default_rng(1)
    rows: list[ResultRow] = []
    for name, gain, snr_db in (
        ("near", 1.0, None),
        ("near, 10 dB", 1.0, 10),
        ("far", 0.03, 20),
        ("far, 5 dB", 0.03, 5),
    ):
        missed = [1 - _share_heard(model, _in_noise(voice * gain, snr_db, rng)) for voice in voices]
        rows.append(bound(f"speech missed, {name}", max(missed), "of the time", 0.05, "worst of six voices"))
    for name, sound in _no_speech(rng):
        rows.append(bound(f"taken for speech, {name}", _share_heard(model, sound), "of the time", 0.05))
    babble = np.stack([np.roll(voice, 7919 * n) for n, voice in enumerate(voices)]).mean(axis=0, dtype=np.float32)
    rows.append(bound("taken for speech, a break", _share_heard(model, babble), "of the time", 1.0, "it is"))
    return [*rows, _cost(model, voices[0]), _memory()]


def _share_heard(model: VoiceActivityModel, sound: Sound) -> float:
    """The share of the time in which somebody speaks, or spoke no longer ago than between two words."""
    detector, step = SpeechDetector(model), LESSON_RATE_HZ // 10
    heard, is_begun = [], False
    for at in range(0, len(sound), step):
        reading = detector.push_samples(sound[at : at + step, None])
        is_begun = is_begun or reading.is_speaking
        heard.append(is_begun and reading.silent_s < _PAUSE_S)
    return sum(heard[10:]) / len(heard[10:])


def spoken(voice: str, pitch: int) -> Sound:
    """A minute of somebody who speaks, at -20 dBFS."""
    text = _MANDARIN if voice.startswith("cmn") else _ENGLISH
    speak = subprocess.run(
        ["espeak-ng", "-v", voice, "-p", str(pitch), "--stdout", text], capture_output=True, check=True
    )
    convert = ["ffmpeg", "-v", "error", "-i", "-", "-ar", str(LESSON_RATE_HZ), "-ac", "1", "-f", "f32le", "-"]
    done = subprocess.run(convert, input=speak.stdout, capture_output=True, check=True)
    samples = np.frombuffer(done.stdout, np.float32)
    minute = np.resize(samples, _SECONDS * LESSON_RATE_HZ)
    return _float32(minute * (0.1 / np.sqrt(np.mean(minute**2))))


def _in_noise(sound: Sound, snr_db: float | None, rng: np.random.Generator) -> Sound:
    if snr_db is None:
        return sound
    rms = np.sqrt(np.mean(sound**2)) / 10 ** (snr_db / 20)
    return _float32(sound + _pink(rng, len(sound)) * rms)


def _float32(samples: NDArray[np.floating]) -> Sound:
    return samples.astype(np.float32)


def _no_speech(rng: np.random.Generator) -> Iterator[tuple[str, Sound]]:
    count = _SECONDS * LESSON_RATE_HZ
    seconds = np.arange(count) / LESSON_RATE_HZ
    yield "a fan", _float32(0.03 * _pink(rng, count))
    hum = 0.1 * np.sin(2 * np.pi * 50 * seconds) + 0.03 * np.sin(2 * np.pi * 150 * seconds)
    yield "mains hum", _float32(hum)
    yield "the bell", _float32(0.3 * np.sin(2 * np.pi * 880 * seconds) * np.exp(-(seconds % 1)))
    knocks = np.where(seconds % 0.9 < 0.03, rng.normal(0, 0.3, count), 0.001 * rng.normal(0, 1, count))
    yield "chairs", _float32(knocks)
    notes = 262 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12])[(seconds * 3).astype(int) % 8] / 12)
    melody = sum(np.sin(2 * np.pi * np.cumsum(notes * k) / LESSON_RATE_HZ) / k for k in range(1, 6))
    yield "a melody", _float32(0.1 * melody * np.exp(-2 * (seconds * 3 % 1)))


def _pink(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Noise with as much power in each octave, RMS 1."""
    spectrum = np.fft.rfft(rng.normal(0, 1, count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    noise: NDArray[np.float64] = np.fft.irfft(spectrum, count)
    noise /= np.sqrt(np.mean(noise**2))
    return noise


def _cost(model: VoiceActivityModel, sound: Sound) -> ResultRow:
    begun_s = time.thread_time()
    _share_heard(model, sound)
    share = (time.thread_time() - begun_s) / _SECONDS
    return bound("listening for speech", 100 * share, "% of a core", 1.0, "resampling included")


def _memory() -> ResultRow:
    """In a process that has what the recorder has anyway."""
    program = """
import av, cv2, numpy, soxr
def rss(): return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
from pipelines.capture.speech_detector import SpeechDetector
from pipelines.capture.voice_activity_model import VoiceActivityModel
before = rss()
detector = SpeechDetector(VoiceActivityModel())
for _ in range(50): detector.push_samples(numpy.random.default_rng(0).normal(0, 0.1, (4800, 1)).astype("float32"))
print(rss() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return bound("memory, listening for speech", float(done.stdout), "MB", 50.0)
