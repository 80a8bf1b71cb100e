"""V4L2 structures, compared with what the C compiler makes of linux/videodev2.h."""

from __future__ import annotations

import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera import v4l2_structs as structs


@pytest.mark.parametrize(
    ("request_number", "number"),
    [  # printed by a C program on x86-64; arm and arm64 have the same
        (structs.QUERYCAP, 0x80685600),
        (structs.ENUM_FMT, 0xC0405602),
        (structs.ENUMINPUT, 0xC050561A),
        (structs.G_CTRL, 0xC008561B),
        (structs.S_CTRL, 0xC008561C),
        (structs.QUERYCTRL, 0xC0445624),
        (structs.QUERYMENU, 0xC02C5625),
        (structs.G_INPUT, 0x80045626),
        (structs.ENUM_FRAMESIZES, 0xC02C564A),
        (structs.ENUM_FRAMEINTERVALS, 0xC034564B),
    ],
)
def test_the_requests_are_the_kernels(request_number: int, number: int) -> None:
    assert request_number == number


def can_capture(of_device: int, of_node: int) -> bool:
    answer = struct.pack("=16s32s32s3I12x", b"uvcvideo", b"HD Camera", b"usb-1", 0x060100, of_device, of_node)
    return structs.can_capture(answer)


def test_a_node_for_metadata_captures_nothing_though_its_device_does() -> None:
    assert can_capture(0x84A00001, 0x04200001)
    assert not can_capture(0x84A00001, 0x04A00000)
    assert can_capture(0x04000001, 0)


def test_formats_and_sizes_are_read() -> None:
    assert structs.fourcc(struct.pack("=3I32s4sI12x", 0, 1, 1, b"Motion-JPEG", b"MJPG", 0)) == "MJPG"
    discrete = structs.sizes(struct.pack("=I4sI6I8x", 0, b"MJPG", 1, 1280, 720, 0, 0, 0, 0))
    assert (discrete.width.nearest(1920), discrete.height.nearest(1080)) == (1280, 720)
    stepwise = structs.sizes(struct.pack("=I4sI6I8x", 0, b"YUYV", 3, 32, 2592, 16, 32, 1944, 2))
    assert (stepwise.width.nearest(1920), stepwise.height.nearest(1081)) == (1920, 1080)


def test_rates_are_the_turned_over_intervals() -> None:
    def decode_rates(kind: int, *values: int) -> structs.FrameRateRange | None:
        return structs.rates(struct.pack("=I4sIII6I8x", 0, b"MJPG", 640, 480, kind, *values))

    assert decode_rates(1, 1001, 30000, 0, 0, 0, 0) == structs.FrameRateRange(
        Fraction(30000, 1001), Fraction(30000, 1001)
    )
    assert decode_rates(2, 1, 60, 1, 5, 1, 1) == structs.FrameRateRange(Fraction(5), Fraction(60))
    assert decode_rates(1, 0, 30, 0, 0, 0, 0) is None


@pytest.mark.parametrize(("status", "signal"), [(0, True), (2, False), (0x100, False), (1, False), (0x10, True)])
def test_an_input_without_signal_says_so(status: int, signal: bool) -> None:
    assert structs.has_signal(struct.pack("=I32s3IQ2I16x", 0, b"HDMI", 2, 0, 0, 0, status, 0)) is signal


def test_a_control_has_limits_and_may_be_only_for_reading() -> None:
    def decode_control(flags: int) -> structs.Control:
        return structs.control(struct.pack("=2I32s4iI8x", 0x9A0902, 1, b"Exposure", 3, 2047, 1, -1, flags))

    assert decode_control(0) == structs.Control("Exposure", 3, 2047, 1, True)
    assert not decode_control(4).settable


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 64), st.integers(-100, 4000))
def test_the_nearest_value_is_one_the_camera_has(low: int, more: int, step: int, wanted: int) -> None:
    span = structs.StepRange(low, low + more, step)
    nearest = span.nearest(wanted)
    allowed = range(low, low + more + 1, max(step, 1))
    assert nearest in allowed
    assert abs(nearest - wanted) == min(abs(value - wanted) for value in allowed)
