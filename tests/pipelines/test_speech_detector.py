"""Speech is told from other sound by the real model, and nothing depends on it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from waiting import until

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.speech_detector import SpeechDetector, SpeechReading
from pipelines.capture.voice_activity_model import VoiceActivityModel
from pipelines.directing.observations import SpeechHeard
from pipelines.recording import speech_monitor
from pipelines.recording.speech_monitor import UNAVAILABLE, SpeechMonitor

SENTENCE = "Good morning class. Please open your books and read the first paragraph."
BLOCK = LESSON_RATE_HZ // 10
TIME_S = np.arange(5 * LESSON_RATE_HZ) / LESSON_RATE_HZ
NOISE = np.random.default_rng(7).normal(0.0, 0.05, len(TIME_S))
NO_SPEECH = {
    "noise": NOISE,
    "mains hum": 0.3 * np.sin(2 * np.pi * 50 * TIME_S) + 0.1 * np.sin(2 * np.pi * 150 * TIME_S),
    "the bell": 0.4 * np.sin(2 * np.pi * 880 * TIME_S) * np.exp(-(TIME_S % 1.0)),
    "a chord": sum(0.1 * np.sin(2 * np.pi * hz * TIME_S) for hz in (262, 330, 392)),
    "knocking": np.where(TIME_S % 0.7 < 0.02, 8 * NOISE, 0.0),
    "silence": np.zeros(len(TIME_S)),
}


@pytest.fixture(scope="module")
def voice() -> NDArray[np.float32]:
    """A sentence, by FFmpeg's speech synthesiser."""
    speak = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"flite=text='{SENTENCE}':voice=slt"]
    done = subprocess.run([*speak, "-ar", str(LESSON_RATE_HZ), "-ac", "1", "-f", "f32le", "-"], capture_output=True)
    return np.frombuffer(done.stdout, np.float32)


@pytest.fixture(scope="module")
def model() -> VoiceActivityModel:
    return VoiceActivityModel()


def readings(model: VoiceActivityModel, samples: NDArray[np.floating]) -> list[SpeechReading]:
    detector = SpeechDetector(model)
    both = np.repeat(samples.astype(np.float32)[:, None], 2, axis=1)
    return [detector.push_samples(both[at : at + BLOCK]) for at in range(0, len(both), BLOCK)]


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.03])
def test_a_voice_is_heard_near_and_far_and_the_silence_after_it_is_counted(
    model: VoiceActivityModel, voice: NDArray[np.float32], gain: float
) -> None:
    heard = readings(model, np.concatenate([voice * gain, np.zeros(3 * LESSON_RATE_HZ)]))
    spoken, after = heard[: len(voice) // BLOCK], heard[-1]
    assert sum(reading.is_speaking for reading in spoken) > 0.7 * len(spoken)
    assert max(reading.silent_s for reading in spoken) < 1.0
    assert not after.is_speaking
    assert 2.0 < after.silent_s < 3.6


@pytest.mark.parametrize("name", NO_SPEECH)
def test_other_sound_is_no_speech(model: VoiceActivityModel, name: str) -> None:
    heard = readings(model, NO_SPEECH[name])
    assert not any(reading.is_speaking for reading in heard)
    assert heard[-1].silent_s == pytest.approx(5.0, abs=0.1)


def test_the_library_is_one_that_does_not_report_to_its_maker() -> None:
    """Later releases of onnxruntime have a reporting library built in."""
    libraries = [*Path(onnxruntime.__file__).parent.glob("capi/*.so")]
    assert libraries
    assert not any(b"Applications6Events" in library.read_bytes() for library in libraries)


class Parrot:
    """A model that takes every window for speech."""

    resets = 0

    def probability(self, window: NDArray[np.float32]) -> float:
        return 1.0

    def reset(self) -> None:
        self.resets += 1


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SpeechMonitor, Parrot]]:
    monkeypatch.setattr(speech_monitor, "_FORGET_S", 0.05)
    model = Parrot()
    monitor = SpeechMonitor(lambda: model)
    monitor.start()
    yield monitor, model
    monitor.close()
    monitor.close()


def test_what_was_heard_is_forgotten_when_no_sound_comes(parrot: tuple[SpeechMonitor, Parrot]) -> None:
    monitor, model = parrot
    assert monitor.reading is None
    monitor.push("ceiling", 0, np.zeros((LESSON_RATE_HZ, 1), np.float32))
    until(lambda: model.resets == 2)
    assert monitor.reading is None


class Loudness:
    """A model that takes what is loud for speech."""

    def probability(self, window: NDArray[np.float32]) -> float:
        return 0.9 if np.abs(window).max() > 0.1 else 0.05

    def reset(self) -> None:
        """Nothing is remembered."""


def test_each_microphone_is_heard_for_itself_ten_times_a_second() -> None:
    monitor, told = SpeechMonitor(Loudness), list[SpeechHeard]()
    monitor.add_listener(told.append)
    monitor.start()
    loud, quiet = NOISE[:BLOCK, None].astype(np.float32) * 4, np.full((BLOCK, 1), 1e-3, np.float32)
    begin = 5 * LESSON_RATE_HZ
    for tenth in range(begin, begin + 10 * BLOCK, BLOCK):
        for role, sound in (("ceiling", loud), ("lapel", quiet)):
            for at, part in zip((0, 1000, 3000), np.split(sound, [1000, 3000]), strict=True):
                monitor.push(role, tenth + at, part)
    until(lambda: len(told) == 20)
    until(lambda: (reading := monitor.reading) is not None and reading.is_speaking)
    monitor.close()
    by_role = {role: [one for one in told if one.microphone == role] for role in ("ceiling", "lapel")}
    for heard in by_role.values():
        assert [one.lesson_ns for one in heard] == [5_000_000_000 + (n + 1) * 100_000_000 for n in range(10)]
    assert all(one.probability == 0.9 and -16 < one.level_dbfs < -13 for one in by_role["ceiling"][1:])
    assert all(one.probability == 0.05 and one.level_dbfs == pytest.approx(-60, abs=0.1) for one in by_role["lapel"])


def test_of_what_it_is_too_slow_for_the_oldest_is_lost_and_nobody_waits() -> None:
    may_go_on = threading.Event()

    class Slow(Loudness):
        def probability(self, window: NDArray[np.float32]) -> float:
            may_go_on.wait()
            return 0.9

    monitor, told = SpeechMonitor(Slow), list[SpeechHeard]()
    monitor.add_listener(told.append)
    monitor.start()
    sound = np.zeros((BLOCK, 1), np.float32)
    for number in range(1000):
        monitor.push("ceiling", number * BLOCK, sound)
    may_go_on.set()
    until(lambda: told and told[-1].lesson_ns == 100_000_000_000)
    monitor.close()
    assert len(told) < 300


def test_without_its_library_there_is_a_fault_and_no_reading() -> None:
    def missing() -> VoiceActivityModel:
        raise ImportError("onnxruntime is not installed")

    monitor = SpeechMonitor(missing)
    monitor.start()
    until(lambda: monitor.fault)
    assert monitor.fault == UNAVAILABLE
    monitor.push("ceiling", 0, np.zeros((BLOCK, 1), np.float32))
    assert monitor.reading is None
    monitor.close()
