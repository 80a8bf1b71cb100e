"""The mix of two microphones, one of which is not there: it waits for neither, and silence is no sound."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from soundcard import START_NS, Card, pulses

from pipelines.capture.audio_aligner import AudioAligner
from pipelines.capture.mixdown import Mixdown
from pipelines.journal.entries import Entry
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.audio_mixer import AudioMixer, CapturedBlock, MicrophoneChannel, level_meters

SECOND_NS = 1_000_000_000


class Track:
    """Counts the samples that would be encoded, and notes whether any was captured."""

    def __init__(self) -> None:
        self.samples = 0
        self.has_captured = False
        self.writer = self

    def write(self, samples: NDArray[np.float32]) -> None:
        self.samples += len(samples)

    def note_captured(self) -> None:
        self.has_captured = True

    def write_entries(self, entries: Iterable[Entry]) -> None:
        """Written nowhere."""


def test_the_mix_lags_by_less_than_a_second_behind_a_microphone_that_is_away() -> None:
    timeline = LessonTimeline()
    timeline.start(START_NS)
    mix, tracks = Track(), {"ceiling": Track(), "lapel": Track()}
    channels = {
        role: MicrophoneChannel(
            role,
            AudioAligner(role, timeline),
            (lambda: "unplugged") if role == "lapel" else (lambda: ""),
            *level_meters(0),
            track,  # type: ignore[arg-type]
        )
        for role, track in tracks.items()
    }
    mixer = AudioMixer(channels, Mixdown(dict.fromkeys(tracks, 0.0)), mix, lambda _role, _dbfs: None)  # type: ignore[arg-type]
    card = Card(pulses)
    while card.now_ns < START_NS + 6 * SECOND_NS:
        mixer.process(CapturedBlock("ceiling", card.form, card.block(), card.now_ns))
        mixer.tick(card.now_ns, 0)
        lag_ns = card.now_ns - START_NS - mix.samples * SECOND_NS // 48_000
        assert lag_ns < SECOND_NS
    assert mix.has_captured
    assert tracks["ceiling"].has_captured
    assert not tracks["lapel"].has_captured
