"""A long lesson with a microphone whose clock is wrong and whose stamps jitter ends where it should."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from soundcard import PULSE_S, START_NS, Card, pulse_times, pulses

from drivers.samples import SoundFormat
from pipelines.capture.audio_aligner import AudioAligner
from pipelines.journal.entries import Drift
from pipelines.lesson_timeline import LessonTimeline

pytestmark = pytest.mark.long

SECOND_NS = 1_000_000_000


def taken(line: AudioAligner) -> NDArray[np.float32]:
    """Everything there is to take."""
    pieces = [np.zeros((0, 1), np.float32)]
    while len(piece := line.pop_samples()):
        pieces.append(piece)
    return np.concatenate(pieces)


@pytest.mark.parametrize(
    ("seconds", "ppm", "block_ms", "known_s"),
    [
        pytest.param(600, 200.0, 100.0, 60, id="ten minutes, fast"),
        pytest.param(300, -200.0, 100.0, 60, id="five minutes, slow"),
        pytest.param(60, 200.0, 20.0, 10, id="a minute, fast, heard for ten seconds before"),
        pytest.param(60, -200.0, 20.0, 10, id="a minute, slow, heard for ten seconds before"),
    ],
)
def test_sound_stays_within_a_millisecond_and_is_exactly_as_long(
    seconds: int, ppm: float, block_ms: float, known_s: int
) -> None:
    card = Card(pulses, form=SoundFormat(8_000, 1), ppm=ppm, jitter_ms=5.0, block_ms=block_ms)
    begin_ns = START_NS + known_s * SECOND_NS
    end_ns = begin_ns + seconds * SECOND_NS
    timeline = LessonTimeline()
    timeline.start(begin_ns)
    line = AudioAligner("lapel", timeline)
    line.on_device_opened(card.form)
    count, worst_ms, clicks = 0, 0.0, 0
    while card.now_ns < end_ns:
        until_ns = min(end_ns, card.now_ns + 10 * SECOND_NS)
        while card.now_ns < until_ns:
            line.push_block(card.block())
        if until_ns == end_ns:
            line.finish(timeline.stop(end_ns))
        sound = taken(line)
        times = count / 48_000 + pulse_times(sound)
        off_ms = np.abs(times - np.round(times / PULSE_S) * PULSE_S) * 1e3
        # A click that was cut in two by the taking has its middle elsewhere.
        whole = np.minimum(times * 48_000 - count, count + len(sound) - times * 48_000) > 200
        worst_ms = max(worst_ms, float(off_ms[whole].max(initial=0.0)))
        clicks += int(whole.sum())
        count += len(sound)
    assert count == seconds * 48_000
    assert worst_ms < 1.0
    assert clicks > 0.9 * seconds / PULSE_S
    assert all(isinstance(event, Drift) for event in line.pop_events())
