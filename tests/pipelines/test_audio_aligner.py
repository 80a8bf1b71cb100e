"""Whatever a microphone does, its sound is on lesson time, unbroken and exactly as long as the lesson."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from soundcard import PULSE_S, START_NS, Card, pulse_times, pulses, tone

from drivers.samples import SoundBlock, SoundFormat
from pipelines.capture.audio_aligner import AlignerEvent, AudioAligner
from pipelines.journal.entries import Cause, Drift, Dropped, Gap
from pipelines.lesson_timeline import LateDeviceTime, LessonTimeline

SECOND_NS = 1_000_000_000


class Lesson:
    """A lesson that began when the card's life began, its line, and all that came out."""

    def __init__(self, *, start_s: float = 0.0) -> None:
        self.timeline = LessonTimeline()
        self.timeline.start(START_NS)
        self.line = AudioAligner(
            "lapel", self.timeline, start_lesson_ns=int(start_s * SECOND_NS), start_cause=Cause.RESTART
        )
        self.events: list[AlignerEvent] = []
        self._pieces: list[NDArray[np.float32]] = []

    def hear(self, card: Card, seconds: float) -> None:
        until_ns = card.now_ns + int(seconds * SECOND_NS)
        while card.now_ns < until_ns:
            block = card.block()
            self.line.push_block(block, card.now_ns)
            self.pass_time(card.now_ns)

    def pass_time(self, now_ns: int) -> None:
        self.line.tick(now_ns)
        self._collect()

    def end(self, at_ns: int) -> NDArray[np.float32]:
        self.line.finish(self.timeline.stop(at_ns))
        self._collect()
        return np.concatenate(self._pieces)

    def of(self, kind: type[AlignerEvent]) -> list[AlignerEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    def _collect(self) -> None:
        while len(samples := self.line.pop_samples()):
            self._pieces.append(samples)
        self.events += self.line.pop_events()


def opened(card: Card, **options: float) -> Lesson:
    lesson = Lesson(**options)
    lesson.line.on_device_opened(card.form)
    return lesson


def off_ms(sound: NDArray[np.float32], pause_s: float = 0.0) -> NDArray[np.float64]:
    """How far each click is from where clicks belong, in ms."""
    times = pulse_times(sound) + pause_s
    return (times - np.round(times / PULSE_S) * PULSE_S) * 1e3


@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 16_000])
@pytest.mark.parametrize("ppm", [0.0, 150.0, -150.0])
def test_a_tone_comes_out_exact_in_pitch_and_place(rate_hz: int, ppm: float) -> None:
    card = Card(tone(997.0), form=SoundFormat(rate_hz, 1), ppm=ppm)
    lesson = opened(card)
    lesson.hear(card, 30.0)
    sound = lesson.end(card.now_ns)[:, 0].astype(np.float64)
    assert len(sound) == (card.now_ns - START_NS) * 48 // 1_000_000
    for second in range(20, 29):
        heard = sound[second * 48_000 : (second + 1) * 48_000]
        angle = 2 * np.pi * 997.0 * (second + np.arange(48_000) / 48_000)
        sine, cosine = 2 * np.mean(heard * np.sin(angle)), 2 * np.mean(heard * np.cos(angle))
        late_samples = -np.arctan2(cosine, sine) / (2 * np.pi * 997.0) * 48_000
        impure = heard - sine * np.sin(angle) - cosine * np.cos(angle)
        assert np.hypot(sine, cosine) == pytest.approx(0.25, rel=0.002)
        assert abs(late_samples) < (15.0 if second < 15 else 1.0)
        assert 10 * np.log10(np.mean(impure**2) / np.mean(heard**2)) < -50


def test_a_microphones_drift_is_measured_and_told_every_ten_seconds() -> None:
    card = Card(pulses, ppm=-80.0, jitter_ms=1.0)
    lesson = opened(card)
    lesson.hear(card, 65.0)
    sound = lesson.end(card.now_ns)
    drifts = lesson.of(Drift)
    assert [drift.lesson_ns // SECOND_NS for drift in drifts] == [10, 20, 30, 40, 50, 60]
    assert drifts[-1].ppm == pytest.approx(-80.0, abs=5.0)
    assert abs(drifts[-1].offset_ms) < 0.3
    assert np.abs(off_ms(sound)).max() < 0.6


@pytest.mark.parametrize("seconds", [0.55, 5.0])
def test_samples_that_are_lost_leave_a_hole_of_their_size_and_nothing_moves(seconds: float) -> None:
    """Longer than sound is waited for, too: then silence grows tick by tick while the loss is not confirmed yet."""
    card = Card(pulses, ppm=100.0, jitter_ms=0.5)
    lesson = opened(card)
    lesson.hear(card, 6.0)
    lost_ns = card.now_ns
    card.lose(seconds)
    lesson.hear(card, 6.0)
    sound = lesson.end(card.now_ns)
    (hole,) = lesson.of(Gap)
    assert hole.cause is Cause.DEVICE
    assert hole.from_ns == pytest.approx(lost_ns - START_NS, abs=1e6)
    assert hole.to_ns == pytest.approx(lost_ns - START_NS + seconds * 1e9, abs=1e6)
    silent = sound[hole.from_ns * 48 // 1_000_000 + 1 : hole.to_ns * 48 // 1_000_000 - 1]
    assert not silent.any()
    assert np.abs(off_ms(sound)).max() < 0.5


def test_odd_time_stamps_alone_change_nothing() -> None:
    card = Card(pulses, ppm=100.0)
    lesson = opened(card)
    for number in range(500):
        block = card.block()
        odd_ns = {100: 70_000_000, 101: 300_000_000, 230: -50_000_000, 400: 2_000_000_000}.get(number, 0)
        lesson.line.push_block(SoundBlock(block.captured_ns + odd_ns, block.samples))
        lesson.pass_time(card.now_ns)
    sound = lesson.end(card.now_ns)
    assert not lesson.of(Gap)
    assert not lesson.of(Dropped)
    assert np.abs(off_ms(sound)).max() < 0.2


@pytest.mark.parametrize("stamped_on_arrival", [False, True])
def test_a_burst_after_a_stall_of_three_seconds_is_complete(stamped_on_arrival: bool) -> None:
    card = Card(pulses, jitter_ms=0.2)
    lesson = opened(card)
    lesson.hear(card, 5.0)
    held = [card.block() for _ in range(150)]
    arrival_ns = card.now_ns
    lesson.pass_time(arrival_ns)
    for block in held:
        lesson.line.push_block(SoundBlock(arrival_ns if stamped_on_arrival else block.captured_ns, block.samples))
    lesson.hear(card, 5.0)
    sound = lesson.end(card.now_ns)
    assert not lesson.of(Gap)
    assert len(pulse_times(sound)) == round(len(sound) / 48_000 / PULSE_S) - 1
    assert np.abs(off_ms(sound)).max() < 0.5


@pytest.mark.parametrize(
    ("promised_hz", "true_hz", "jitter_ms"),
    [(44_100, 48_000, 0.1), (48_000, 44_100, 8.0), (48_000, 32_000, 1.0), (48_000, 48_100, 5.0)],
)
def test_a_card_that_delivers_at_another_rate_than_it_promises_loses_nothing(
    promised_hz: int, true_hz: int, jitter_ms: float
) -> None:
    ppm = (true_hz / promised_hz - 1) * 1e6
    card = Card(pulses, form=SoundFormat(promised_hz, 1), ppm=ppm, jitter_ms=jitter_ms)
    lesson = opened(card)
    lesson.hear(card, 21.0)
    sound = lesson.end(card.now_ns)
    assert not lesson.of(Dropped)
    assert sum(gap.to_ns - gap.from_ns for gap in lesson.of(Gap)) < 50_000_000
    assert len(pulse_times(sound)) >= round(len(sound) / 48_000 / PULSE_S) - 1
    assert np.abs(off_ms(sound)).max() < 40.0
    assert lesson.of(Drift)[-1].ppm == pytest.approx(ppm, rel=0.02, abs=100.0)


def test_a_card_that_changes_its_rate_in_mid_lesson_is_followed() -> None:
    first = Card(pulses, jitter_ms=2.0)
    lesson = opened(first)
    lesson.hear(first, 10.0)
    second = Card(pulses, ppm=-81_250.0, jitter_ms=2.0, start_ns=first.now_ns)
    lesson.hear(second, 20.0)
    sound = lesson.end(second.now_ns)
    assert sum(gap.to_ns - gap.from_ns for gap in lesson.of(Gap)) < 300_000_000
    assert {gap.cause for gap in lesson.of(Gap)} == {Cause.DEVICE}
    assert np.abs(off_ms(sound[-10 * 48_000 :], (len(sound) / 48_000 - 10) % PULSE_S)).max() < 1.0
    assert lesson.of(Drift)[-1].ppm == pytest.approx(-81_250.0, abs=100.0)


def test_what_the_recorder_dropped_itself_is_told_as_overload() -> None:
    card = Card(pulses)
    lesson = opened(card)
    lesson.hear(card, 5.0)
    card.lose(1.0)
    lesson.line.on_blocks_dropped()
    lesson.hear(card, 5.0)
    lesson.end(card.now_ns)
    (hole,) = lesson.of(Gap)
    assert hole.cause is Cause.OVERLOAD


def test_stamps_that_jitter_more_than_a_loss_is_long_do_not_end_the_sound() -> None:
    """A busy sound server's: seconds are lost, and no three stamps in a row agree on how many."""
    card = Card(pulses)
    lesson = opened(card)
    lesson.hear(card, 10.0)
    card.lose(5.0)
    shaky = np.random.default_rng(1)
    for _ in range(20 * 50):
        block = card.block()
        odd_ns = int(shaky.choice([-150_000_000, 0, -75_000_000]))
        lesson.line.push_block(SoundBlock(block.captured_ns + odd_ns, block.samples), card.now_ns)
        lesson.pass_time(card.now_ns)
    lesson.end(card.now_ns)
    assert sum(gap.to_ns - gap.from_ns for gap in lesson.of(Gap)) < 7e9
    assert sum(event.count for event in lesson.events if isinstance(event, Dropped)) < 48_000


@pytest.mark.parametrize("odd_s", [60.0, -60.0])
def test_stamps_that_cannot_be_true_never_silence_a_microphone(odd_s: float) -> None:
    """For a while the stamps are a minute off: what follows is placed by its arrival, not for ever too late."""
    card = Card(pulses)
    lesson = opened(card)
    lesson.hear(card, 10.0)
    for number in range(30 * 50):
        block = card.block()
        odd_ns = int(odd_s * 1e9) if number < 10 * 50 else 0
        lesson.line.push_block(SoundBlock(block.captured_ns + odd_ns, block.samples), card.now_ns)
        lesson.pass_time(card.now_ns)
    sound = lesson.end(card.now_ns)
    assert len(sound) == (card.now_ns - START_NS) * 48 // 1_000_000
    assert sum(gap.to_ns - gap.from_ns for gap in lesson.of(Gap)) < 10e9
    assert sum(event.count for event in lesson.events if isinstance(event, Dropped)) < 10 * 48_000
    assert np.abs(off_ms(sound[-10 * 48_000 :], (len(sound) / 48_000 - 10) % PULSE_S)).max() < 1.0


def test_samples_that_are_all_too_late_are_told_while_it_lasts() -> None:
    card = Card(pulses)
    lesson = opened(card)
    lesson.hear(card, 5.0)
    for _ in range(5 * 50):
        block = card.block()
        lesson.line.push_block(SoundBlock(block.captured_ns - 8_000_000_000, block.samples))
        lesson.pass_time(card.now_ns)
    assert sum(event.count for event in lesson.events if isinstance(event, Dropped)) > 0


def test_what_comes_after_its_silence_is_dropped_and_told() -> None:
    card = Card(pulses, jitter_ms=0.2)
    lesson = opened(card)
    lesson.hear(card, 5.0)
    held = [card.block() for _ in range(300)]
    lesson.pass_time(card.now_ns)
    for block in held:
        lesson.line.push_block(block)
    lesson.hear(card, 5.0)
    sound = lesson.end(card.now_ns)
    (hole,) = lesson.of(Gap)
    (dropped,) = lesson.of(Dropped)
    assert (hole.from_ns, hole.to_ns) == (pytest.approx(5e9, abs=1e6), pytest.approx(7e9, abs=1e6))
    assert dropped.count == pytest.approx(2 * 48_000, abs=100)
    assert np.abs(off_ms(sound)).max() < 0.5


def test_a_pause_is_cut_out_to_the_sample_and_sound_stays_in_place() -> None:
    card = Card(pulses, ppm=100.0, jitter_ms=0.2)
    lesson = opened(card)
    lesson.hear(card, 5.0)
    paused_ns = card.now_ns + 7_777_777
    lesson.timeline.stop(paused_ns)
    lesson.hear(card, 3.0)
    assert lesson.line.reached_ns == pytest.approx(paused_ns - START_NS, abs=100_000)
    resumed_ns = card.now_ns + 3_333_333
    lesson.timeline.start(resumed_ns)
    lesson.hear(card, 5.0)
    sound = lesson.end(card.now_ns)
    pause_s = (resumed_ns - paused_ns) / 1e9
    assert len(sound) == ((card.now_ns - START_NS) - (resumed_ns - paused_ns)) * 48 // 1_000_000
    cut = (paused_ns - START_NS) * 48 // 1_000_000
    assert np.abs(off_ms(sound[:cut])).max() < 0.3
    assert np.abs(off_ms(sound[cut:], (cut / 48_000 + pause_s) % PULSE_S)).max() < 0.3
    assert not lesson.of(Gap)
    assert not lesson.of(Dropped)


def test_a_restart_in_mid_lesson_fills_what_is_missing_and_says_why() -> None:
    card = Card(pulses, start_ns=START_NS + 8 * SECOND_NS)
    lesson = opened(card, start_s=2.5)
    lesson.hear(card, 4.0)
    sound = lesson.end(START_NS + 12 * SECOND_NS)
    assert len(sound) == round(9.5 * 48_000)
    (hole,) = lesson.of(Gap)
    assert hole.cause is Cause.RESTART
    assert (hole.from_ns, hole.to_ns) == (2_500_000_000, pytest.approx(8e9, abs=1e6))
    assert np.abs(off_ms(sound, 0.5)).max() < 0.2


def test_a_microphone_that_is_replaced_by_another_kind_goes_on_in_place() -> None:
    first = Card(pulses, ppm=100.0)
    lesson = opened(first)
    lesson.hear(first, 4.0)
    gone_ns = first.now_ns
    second = Card(pulses, ppm=-100.0, form=SoundFormat(44_100, 2), start_ns=gone_ns + 7 * SECOND_NS)
    for later in range(7):
        lesson.pass_time(gone_ns + later * SECOND_NS)
    lesson.line.on_device_opened(second.form)
    lesson.hear(second, 4.0)
    sound = lesson.end(second.now_ns)
    (hole,) = lesson.of(Gap)
    assert hole.cause is Cause.DEVICE
    assert hole.from_ns == pytest.approx(gone_ns - START_NS, abs=1e6)
    assert hole.to_ns == pytest.approx(gone_ns - START_NS + 7 * SECOND_NS, abs=1e6)
    assert np.abs(off_ms(sound)).max() < 0.3


def test_a_microphone_that_never_comes_is_silence_told_minute_by_minute() -> None:
    lesson = Lesson()
    for second in range(150):
        lesson.pass_time(START_NS + second * SECOND_NS)
    assert [(hole.from_ns, hole.to_ns) for hole in lesson.of(Gap)] == [
        (0, 60 * SECOND_NS),
        (60 * SECOND_NS, 120 * SECOND_NS),
    ]
    sound = lesson.end(START_NS + 150 * SECOND_NS)
    assert len(sound) == 150 * 48_000
    assert not sound.any()
    assert lesson.of(Gap)[-1].to_ns == 150 * SECOND_NS


def test_from_a_microphone_that_is_not_there_nothing_is_waited_for() -> None:
    card = Card(pulses)
    lesson = opened(card)
    lesson.hear(card, 5.0)
    for tenth in range(50):
        now_ns = card.now_ns + tenth * SECOND_NS // 10
        lesson.line.tick(now_ns, "the card is not there")
        assert now_ns - START_NS - lesson.line.reached_ns < SECOND_NS
    lesson.end(card.now_ns + 5 * SECOND_NS)
    (hole,) = lesson.of(Gap)
    assert (hole.cause, hole.reason) == (Cause.DEVICE, "the card is not there")


def test_sound_beyond_the_end_is_cut_off() -> None:
    card = Card(pulses)
    lesson = opened(card)
    for _ in range(500):
        lesson.line.push_block(card.block())
    lesson.line.finish(lesson.timeline.stop(START_NS + 5_123_456_789))
    assert lesson.line.reached_ns == 5_123_456_789 * 48 // 1_000_000 * 1_000_000 // 48
    lesson.line.push_block(card.block())
    assert len(lesson.line.pop_samples()) == 5_123_456_789 * 48 // 1_000_000


def test_the_line_knows_when_all_sound_of_the_lesson_is_there() -> None:
    card = Card(pulses, ppm=100.0)
    lesson = opened(card)
    lesson.hear(card, 5.0)
    end_ns = card.now_ns + 5_000_001
    lesson_ns = lesson.timeline.stop(end_ns)
    assert not lesson.line.has_reached(lesson_ns)
    lesson.hear(card, 0.02)
    assert lesson.line.has_reached(lesson_ns)
    assert lesson.line.reached_ns <= lesson_ns
    assert len(lesson.end(end_ns)) == lesson_ns * 48 // 1_000_000
    assert not lesson.of(Gap)


STEPS = st.lists(
    st.tuples(st.sampled_from(["hear", "lose", "pause", "stall", "reopen"]), st.floats(0.15, 2.5)),
    min_size=1,
    max_size=7,
)


@settings(max_examples=25)
@given(steps=STEPS, ppm=st.floats(-200.0, 200.0), jitter_ms=st.floats(0.0, 2.0), seed=st.integers(0, 99))
def test_any_order_of_mishaps_keeps_length_and_place(
    steps: list[tuple[str, float]], ppm: float, jitter_ms: float, seed: int
) -> None:
    def card_from(start_ns: int) -> Card:
        form = SoundFormat(16_000, 1)
        return Card(pulses, form=form, ppm=ppm, jitter_ms=jitter_ms, seed=seed, start_ns=start_ns)

    card = card_from(START_NS)
    lesson = opened(card)
    pauses: list[tuple[int, int]] = []
    lesson.hear(card, 3.5)
    for what, seconds in steps:
        match what:
            case "lose":
                card.lose(seconds)
            case "pause":
                stopped_ns = card.now_ns
                at_ns = lesson.timeline.stop(stopped_ns)
                lesson.hear(card, seconds)
                lesson.timeline.start(card.now_ns)
                pauses.append((at_ns, card.now_ns - stopped_ns))
            case "stall":
                held = [card.block() for _ in range(int(seconds * 50))]
                lesson.pass_time(card.now_ns)
                for block in held:
                    lesson.line.push_block(block)
            case "reopen":
                card = card_from(card.now_ns + int(seconds * 1e9))
                lesson.line.on_device_opened(card.form)
        lesson.hear(card, 1.0)
    end_ns = card.now_ns
    sound = lesson.end(end_ns)
    assert len(sound) == (end_ns - START_NS - sum(length for _, length in pauses)) * 48 // 1_000_000
    holes = [(hole.from_ns / 1e9, hole.to_ns / 1e9) for hole in lesson.of(Gap)]
    for time_s in pulse_times(sound):
        edges = [edge for hole in holes for edge in hole] + [at_ns / 1e9 for at_ns, _ in pauses]
        if any(abs(time_s - edge) < 0.02 for edge in edges):
            continue  # A click that was cut in two has its middle elsewhere.
        taken_s = time_s + sum(length for at_ns, length in pauses if at_ns / 1e9 < time_s) / 1e9
        off_s = taken_s - round(taken_s / PULSE_S) * PULSE_S
        assert abs(off_s) < 0.0005 + jitter_ms * 1e-3


def test_what_a_late_microphone_delivers_stands_where_it_sounded_and_not_in_a_pause() -> None:
    latency_ns = 80_000_000
    timeline = LessonTimeline()
    timeline.start(START_NS)
    line = AudioAligner("lapel", LateDeviceTime(timeline, latency_ns))
    card = Card(pulses)
    line.on_device_opened(card.form)
    pieces = []
    while card.now_ns < START_NS + 4 * SECOND_NS:
        block = card.block()
        line.push_block(SoundBlock(block.captured_ns + latency_ns, block.samples), card.now_ns + latency_ns)
        line.tick(card.now_ns + latency_ns)
        while len(samples := line.pop_samples()):
            pieces.append(samples)
        if timeline.is_running and card.now_ns >= START_NS + 3 * SECOND_NS:
            timeline.stop(START_NS + 3 * SECOND_NS)
    line.finish(3 * SECOND_NS)
    while len(samples := line.pop_samples()):
        pieces.append(samples)
    sound = np.concatenate(pieces)
    assert len(sound) == 3 * 48_000
    assert pulse_times(sound) == pytest.approx(PULSE_S * np.arange(1, 12), abs=0.0005)
