"""What is remembered of a device: never longer or more than allowed, never a gap, nothing that a lesson has."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from drivers.samples import AccessUnit, JpegPicture
from pipelines.capture.preroll_buffer import MIN_VIDEO_BYTES, VideoPrerollBuffer
from pipelines.capture.ring_buffer import RingBuffer

LENGTH_NS, MAX_BYTES = 100, 50


@dataclass(frozen=True)
class Sample:
    captured_ns: int
    size: int


def ring() -> RingBuffer[Sample]:
    return RingBuffer(LENGTH_NS, MAX_BYTES, lambda sample: sample.size)


@given(steps=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30), st.booleans()), max_size=60))
def test_the_last_moments_and_no_more_are_remembered(steps: list[tuple[int, int, bool]]) -> None:
    """A sample comes after so long, of that size; a lesson may have it."""
    buffer, samples = ring(), []
    now_ns = 0
    for after_ns, size, taken in steps:
        now_ns += after_ns
        samples = [] if taken else [*samples, Sample(now_ns, size)]
        buffer.push(Sample(now_ns, size), is_delivered=taken)
        kept = buffer.snapshot()
        assert kept == samples[len(samples) - len(kept) :]
        assert buffer.oldest_ns == (kept[0].captured_ns if kept else None)
        if len(kept) > 1:
            assert now_ns - kept[0].captured_ns <= LENGTH_NS
            assert sum(sample.size for sample in kept) <= MAX_BYTES
        if len(kept) < len(samples):
            more = samples[len(samples) - len(kept) - 1 :]
            too_long = now_ns - more[0].captured_ns > LENGTH_NS
            assert too_long or sum(sample.size for sample in more) > MAX_BYTES


def test_a_camera_is_remembered_whatever_it_sends() -> None:
    buffer = VideoPrerollBuffer(500_000_000)
    key = AccessUnit(1, b"key", True)
    buffer.push(key, is_delivered=False)
    assert buffer.snapshot() == [key]
    buffer.clear()
    assert (buffer.snapshot(), buffer.oldest_ns) == ([], None)
    pictures = [JpegPicture(number, bytes(MIN_VIDEO_BYTES // 3)) for number in range(1, 6)]
    for picture in pictures:
        buffer.push(picture, is_delivered=False)
    assert buffer.snapshot() == pictures[-3:]
    assert buffer.oldest_ns == 3
