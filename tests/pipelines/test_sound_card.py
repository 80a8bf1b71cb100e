"""A tone from a real sound system arrives on lesson time at its true pitch."""

from __future__ import annotations

import time

import numpy as np
import pytest
from pulse import PulseServer, sine

from drivers.microphone.portaudio_microphone import PortAudioMicrophone, PortAudioOptions
from drivers.samples import SoundFormat
from pipelines.capture.audio_aligner import AudioAligner
from pipelines.lesson_timeline import LessonTimeline

pytestmark = pytest.mark.realtime


def test_a_997_hz_tone_played_into_the_room_is_a_997_hz_tone_in_the_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    with PulseServer("room_mic") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        microphone = PortAudioMicrophone("ceiling", SoundFormat(48_000, 1), PortAudioOptions("room_mic"))
        timeline = LessonTimeline()
        line = AudioAligner("ceiling", timeline)
        try:
            line.on_device_opened(microphone.open())
            line.push_block(microphone.read(3.0))
            timeline.start(time.monotonic_ns())
            server.play("room_mic", sine(997.0, 6.0), buffer_ms=500)
            while line.reached_ns < 4_500_000_000:
                line.push_block(microphone.read(3.0))
        finally:
            microphone.close()
    sound = line.pop_samples()[:, 0]
    heard = sound[2 * 48_000 : 4 * 48_000].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 16 * len(heard)))
    assert np.argmax(spectrum) * 48_000 / (16 * len(heard)) == pytest.approx(997.0, abs=0.5)
    # Not its peak: a sound server that had to wait leaves a jump in the tone, which rings.
    assert 20 * np.log10(np.sqrt(2) * heard.std()) == pytest.approx(-12.0, abs=0.5)
    assert not line.pop_events()
