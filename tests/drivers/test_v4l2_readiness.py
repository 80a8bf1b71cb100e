"""A capture waits for its descriptor and looks no oftener than pictures come; a pseudo-terminal stands for the node."""

from __future__ import annotations

import errno
import os
import threading
import time
import tty
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from waiting import pass_time

from drivers.camera import v4l2_capture_session
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.camera.v4l2_capture_session import CaptureSession
from drivers.camera.v4l2_modes import CaptureMode
from drivers.camera.v4l2_readiness import PictureReadiness, descriptors_of

PERIOD_S = 0.04
MODE = CaptureMode("MJPG", 64, 48, Fraction(25))


@pytest.fixture
def node() -> Iterator[tuple[int, int, Path]]:
    """Our end of a device, the descriptor of whoever holds it open meanwhile, and its path."""
    far, near = os.openpty()
    tty.setraw(near)
    yield far, near, Path(os.ttyname(near))
    os.close(near)
    os.close(far)


def test_a_picture_costs_one_wait(node: tuple[int, int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    far, _near, path = node
    jpeg = JpegEncoder(MODE.width, MODE.height, "420", 80).encode(np.full(64 * 48 * 3 // 2, 90, np.uint8))
    looks = 0
    opened = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
    os.close(opened)

    def demux(_stream: object) -> Iterator[av.Packet]:
        nonlocal looks
        looks += 1
        try:
            os.read(opened, 1)
        except BlockingIOError:
            raise av.BlockingIOError(errno.EAGAIN, "nothing there") from None
        packet = av.Packet(jpeg)
        packet.pts, packet.time_base = time.monotonic_ns() // 1000, Fraction(1, 1_000_000)
        yield packet

    def open_input(*_: object) -> SimpleNamespace:
        nonlocal opened
        opened = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        stream = SimpleNamespace(codec_context=SimpleNamespace(name="mjpeg", width=64, height=48), average_rate=25)
        streams = SimpleNamespace(video=[stream])
        return SimpleNamespace(streams=streams, demux=demux, close=lambda: os.close(opened))

    def send() -> None:
        for _ in range(4):
            pass_time(PERIOD_S)
            os.write(far, b"!")

    monkeypatch.setattr(v4l2_capture_session, "_open_input", open_input)
    session = CaptureSession("teacher", path, MODE, 1.0)
    camera = threading.Thread(target=send)
    camera.start()
    assert all(session.next_picture(5.0) is not None for _ in range(4))
    camera.join()
    assert session.next_picture(0.01) is None
    session.close()
    # In vain before the wait, and with success after it.
    assert looks <= 2 * 4 + 3


def test_what_cannot_tell_does_not_hold_anybody_up(node: tuple[int, int, Path]) -> None:
    far, near, path = node
    assert not PictureReadiness(None).wait(60)
    assert near in descriptors_of(path)
    assert descriptors_of(path.with_name("gone")) == set()
    assert PictureReadiness(near).wait(0.01), "nothing has come, but nothing is wrong"
    gone = os.open(path, os.O_RDWR | os.O_NOCTTY)
    readiness = PictureReadiness(gone)
    os.close(gone)
    assert not readiness.wait(60)
    assert far
