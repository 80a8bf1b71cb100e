"""The kernel's timestamps are used until one is implausible."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera import v4l2_capture_session
from drivers.camera.capture_timestamps import CaptureTimestamps
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.camera.v4l2_capture_session import CaptureSession
from drivers.camera.v4l2_modes import CaptureMode
from drivers.samples import JpegPicture

SECOND = 1_000_000_000
NOW = 50 * SECOND


def test_a_fresh_stamp_is_the_capture_time() -> None:
    times = CaptureTimestamps()
    assert times.captured_ns(NOW - 20_000_000, NOW) == NOW - 20_000_000
    assert times.is_trusted


def test_wall_clock_time_is_not_believed_and_arrival_counts() -> None:
    times = CaptureTimestamps()
    assert times.captured_ns(1_790_000_000 * SECOND, NOW) == NOW
    assert not times.is_trusted
    assert times.captured_ns(NOW + SECOND, NOW + 2 * SECOND) == NOW + 2 * SECOND


def test_a_clock_that_woke_in_1970_is_found_out_when_it_learns_the_date() -> None:
    times = CaptureTimestamps()
    assert times.captured_ns(NOW - 100_000_000, NOW) == NOW - 100_000_000
    assert times.captured_ns(1_790_000_000 * SECOND, NOW + SECOND) == NOW + SECOND
    assert not times.is_trusted


def test_pictures_that_waited_in_the_kernel_keep_their_time() -> None:
    times = CaptureTimestamps()
    times.captured_ns(NOW, NOW)
    assert times.captured_ns(NOW + SECOND, NOW + 9 * SECOND) == NOW + SECOND
    assert times.is_trusted


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(-(2**60), 2**60)), st.integers(0, SECOND)), max_size=20))
def test_times_only_go_forward_and_never_beyond_now(pictures: list[tuple[int | None, int]]) -> None:
    times, now_ns, before_ns = CaptureTimestamps(), NOW, 0
    for offset_ns, pause_ns in pictures:
        now_ns += pause_ns + len(pictures)
        at_ns = times.captured_ns(None if offset_ns is None else now_ns + offset_ns, now_ns)
        assert before_ns < at_ns <= now_ns
        before_ns = at_ns


@pytest.mark.parametrize(("order", "shown"), [([0, 1, 3, 2, 4], [0, 1, 3, 4]), ([0, 3, 1, 2, 4], [0, 3, 4])])
def test_a_picture_that_a_later_one_has_overtaken_is_not_shown_after_it(
    order: list[int], shown: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # uvcvideo hands out what several processors have copied.
    mode = CaptureMode("MJPG", 64, 48, Fraction(25))
    jpeg = JpegEncoder(mode.width, mode.height, "420", 80)
    pictures = [jpeg.encode(np.full(64 * 48 * 3 // 2, number * 50, np.uint8)) for number in range(5)]
    begin_us = time.monotonic_ns() // 1000 - 500_000

    def demux(_stream: object) -> Iterator[av.Packet]:
        for number in order:
            packet = av.Packet(pictures[number])
            # The jitter of a stamp is less than half a period.
            packet.pts, packet.time_base = begin_us + number * 40_000 - 15_000 * (number == 4), Fraction(1, 1_000_000)
            yield packet

    stream = SimpleNamespace(codec_context=SimpleNamespace(name="mjpeg", width=64, height=48), average_rate=mode.fps)
    packets = demux(stream)
    container = SimpleNamespace(
        streams=SimpleNamespace(video=[stream]), demux=lambda _stream: packets, close=lambda: None
    )
    monkeypatch.setattr(v4l2_capture_session, "_open_input", lambda *_: container)
    session = CaptureSession("teacher", Path("/dev/video0"), mode, 1.0)
    got = [session.next_picture(1.0) for _ in shown]
    session.close()
    assert [pictures.index(one.data) for one in got if isinstance(one, JpegPicture)] == shown
    at_ns = [one.captured_ns for one in got if one]
    assert at_ns == sorted(at_ns)
