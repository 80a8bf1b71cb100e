"""USB bandwidth is reckoned as the specification's tables have it, and the fewest moves make room."""

from __future__ import annotations

import pytest

from pipelines.measuring.usb_budget import (
    UsbMove,
    UsbSegment,
    UsbStream,
    moves,
    periodic_share,
    segment_loads,
    transaction_ns,
)

NEAR, FAR = UsbSegment("usb1", 480.0), UsbSegment("usb3", 480.0, has_free_port=True)
HUB = UsbSegment("1-1", 12.0)


def _webcam(device: str, payload: int, transactions: int, segment: str = "usb1") -> UsbStream:
    return UsbStream(device, segment, payload, transactions, 125.0)


@pytest.mark.parametrize(
    ("payload", "most"),
    # Universal Serial Bus Specification 2.0, table 5-5: the most high-speed isochronous transfers of so many bytes in a
    # whole microframe. It is without bit stuffing, which takes up to a sixth more.
    [(1024, 7), (512, 13), (64, 73)],
)
def test_the_bus_time_of_a_transaction_is_that_of_the_specification(payload: int, most: int) -> None:
    assert 125_000 / (most + 1) < transaction_ns(payload, 480.0) <= 125_000 / most * 7 / 6


def test_a_full_speed_microphone_takes_what_table_5_4_says() -> None:
    # 1023 bytes a frame, the most there is, take 69 % of it without bit stuffing.
    assert transaction_ns(1023, 12.0) / 1e6 == pytest.approx(0.69 * 7 / 6, rel=0.05)


@pytest.mark.parametrize(("speed", "share"), [(480.0, 0.8), (12.0, 0.9), (5000.0, 0.9)])
def test_periodic_transfers_have_their_share(speed: float, share: float) -> None:
    assert periodic_share(speed) == share


def test_two_webcams_that_ask_for_the_most_do_not_fit_on_one_bus() -> None:
    alone, both = (
        segment_loads([NEAR], [_webcam(f"camera {n}", 1020, 3) for n in range(count)])[0] for count in (1, 2)
    )
    assert not alone.is_over
    assert both.is_over
    print(f"one {alone.share:.3f}, two {both.share:.3f} of what may be reserved")
    # 3 · (38·8·2.083 + 2.083·⌊3.167 + 7·8·1020/6⌋) ns of 100 µs, reckoned by hand.
    assert alone.share == pytest.approx(0.6140, abs=0.0005)


def test_the_smallest_that_makes_room_moves_to_a_bus_with_a_port() -> None:
    streams = [_webcam("teacher", 1020, 3), _webcam("students", 944, 2), _webcam("screen", 800, 1)]
    assert moves([NEAR, FAR], streams) == [UsbMove("screen", "usb1", "usb3")]
    assert moves([NEAR, FAR], [streams[0], streams[1]]) == []


def test_several_move_where_one_is_not_enough_and_none_fills_the_target() -> None:
    streams = [_webcam(f"camera {n}", 1020, 3) for n in range(3)]
    first, second = moves([NEAR, FAR], streams)
    assert first.target == "usb3"
    assert second.target == "", "the second has no place: usb3 is as full as usb1 then"


def test_nothing_moves_to_a_slower_segment_or_one_without_ports() -> None:
    streams = [_webcam("teacher", 1020, 3), _webcam("students", 1020, 3)]
    assert moves([NEAR, HUB, UsbSegment("usb2", 5000.0, has_free_port=True)], streams) == [
        UsbMove("teacher", "usb1", "")
    ]


def test_devices_of_a_translator_are_reckoned_apart_from_their_bus() -> None:
    streams = [UsbStream(f"microphone {n}", "1-1", 400, 1, 1000.0) for n in range(3)]
    loads = {load.segment.name: load for load in segment_loads([NEAR, HUB], [*streams, _webcam("teacher", 1020, 3)])}
    assert loads["1-1"].is_over
    assert not loads["usb1"].is_over
