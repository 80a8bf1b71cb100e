"""VISCA messages: published commands and replies, and garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ptz import sony_ip_header, visca_messages
from drivers.ptz.sony_ip_header import Datagram, PayloadKind
from drivers.ptz.visca_messages import (
    Ack,
    AddressSetReply,
    CommandError,
    Completion,
    ErrorCode,
    InquiryReply,
    Reply,
    ViscaFramer,
)

PUBLISHED = {
    "81 01 04 3F 02 05 FF": visca_messages.recall(5),
    "81 01 04 3F 01 05 FF": visca_messages.store(5),
    "81 01 06 01 18 01 02 03 FF": visca_messages.pan_tilt(1, 0),
    "81 01 06 01 01 17 03 01 FF": visca_messages.pan_tilt(0, 1),
    "81 01 06 01 0C 0C 01 02 FF": visca_messages.pan_tilt(-0.5, -0.5),
    "81 01 06 01 01 01 03 03 FF": visca_messages.pan_tilt(0, 0),
    "81 01 04 07 27 FF": visca_messages.zoom(1),
    "81 01 04 07 30 FF": visca_messages.zoom(-0.01),
    "81 01 04 07 00 FF": visca_messages.zoom(0),
    "81 09 00 02 FF": visca_messages.VERSION,
    "81 21 FF": visca_messages.cancel(1),
}


@pytest.mark.parametrize("packet", PUBLISHED)
def test_commands_are_as_published(packet: str) -> None:
    assert visca_messages.encode_packet(1, PUBLISHED[packet]) == bytes.fromhex(packet)


def test_the_stops_are_drives_at_no_speed() -> None:
    assert (visca_messages.pan_tilt(0, 0), visca_messages.zoom(0)) == (
        visca_messages.PAN_TILT_STOP,
        visca_messages.ZOOM_STOP,
    )


@pytest.mark.parametrize(
    ("packet", "meaning"),
    [
        ("90 41 FF", Ack(1, 1)),
        ("B0 52 FF", Completion(3, 2)),
        ("90 60 03 FF", CommandError(1, 0, ErrorCode.BUFFER_FULL)),
        ("90 62 41 FF", CommandError(1, 2, ErrorCode.NOT_EXECUTABLE)),
        ("90 50 00 20 05 11 01 00 02 FF", InquiryReply(1, bytes.fromhex("00 20 05 11 01 00 02"))),
        ("88 30 03 FF", AddressSetReply(2)),
        ("90 60 77 FF", None),
        ("81 01 04 00 02 FF", None),
        ("FF", None),
    ],
)
def test_what_a_head_says_is_understood(packet: str, meaning: Reply | None) -> None:
    assert visca_messages.parse_reply(bytes.fromhex(packet)) == meaning


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_how_bytes_arrive_makes_no_difference_and_nothing_piles_up(pieces: list[bytes]) -> None:
    at_once, bit_by_bit = ViscaFramer(), ViscaFramer()
    packets = at_once.push_bytes(b"".join(pieces))
    assert [packet for piece in pieces for packet in bit_by_bit.push_bytes(piece)] == packets
    assert all(
        len(packet) <= visca_messages.MAX_PACKET_BYTES and packet.endswith(visca_messages.END) for packet in packets
    )
    for packet in packets:
        visca_messages.parse_reply(packet)
    bit_by_bit.push_bytes(bytes(10_000))
    (longest,) = bit_by_bit.push_bytes(visca_messages.END)
    assert len(longest) == visca_messages.MAX_PACKET_BYTES


@given(st.binary(max_size=200), st.sampled_from(["90 41 FF", "90 52 FF", "90 60 02 FF", "90 61 41 FF"]))
def test_the_reply_after_garbage_is_understood(garbage: bytes, packet: str) -> None:
    reply = bytes.fromhex(packet)
    *_, last = ViscaFramer().push_bytes(garbage + reply)
    assert visca_messages.parse_reply(last) == visca_messages.parse_reply(reply)


@given(st.binary(min_size=1, max_size=16), st.integers(0, 1 << 33))
def test_a_datagram_is_what_was_put_into_it(packet: bytes, sequence: int) -> None:
    sent = sony_ip_header.datagram_for(packet, sequence)
    assert sent.kind is (PayloadKind.INQUIRY if packet[1:2] == b"\x09" else PayloadKind.COMMAND)
    assert sony_ip_header.decode(sent.encode()) == Datagram(sent.kind, sequence % (1 << 32), packet)


@given(st.binary(max_size=40))
def test_any_datagram_is_decoded_or_left_out(data: bytes) -> None:
    found = sony_ip_header.decode(data)
    assert found is None or found.encode() == data


def test_the_reset_is_what_is_published() -> None:
    assert sony_ip_header.RESET.encode() == bytes.fromhex("02 00 00 01 00 00 00 01 01")
