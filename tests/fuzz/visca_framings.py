"""Fuzz targets: VISCA framing, Sony's header, and the command queue."""

from __future__ import annotations

import pickle

from parts import pieces

from drivers.ptz import sony_ip_header, visca_messages
from drivers.ptz.command_queue import CommandLane, CommandQueue, HeadNotAnswering, QueuedCommand
from drivers.ptz.visca_messages import Ack, Completion, ViscaFramer

MAX_KEPT_BYTES = 64
TICK_NS = 10_000_000
ARRIVED = bytes.fromhex("90 41 FF 90 51 FF")


def visca_stream(data: bytes) -> None:
    """Bytes from a serial line or a TCP connection: next to nothing is kept, and the reply behind them is found."""
    framer = ViscaFramer()
    empty = len(pickle.dumps(framer.__dict__))
    for piece in pieces(data):
        for packet in framer.push_bytes(piece):
            visca_messages.parse_reply(packet)
        assert len(pickle.dumps(framer.__dict__)) - empty < MAX_KEPT_BYTES
    replies = [visca_messages.parse_reply(packet) for packet in framer.push_bytes(ARRIVED)]
    assert replies[-2:] == [Ack(1, 1), Completion(1, 1)]


def sony_datagram(data: bytes) -> None:
    """A datagram is decoded as it was encoded, or left out."""
    datagram = sony_ip_header.decode(data)
    assert datagram is None or datagram.encode() == data


def visca_command_queue(data: bytes) -> None:
    """A head that says anything at all is told two things at a time, and nothing piles up."""
    queue = CommandQueue(1)
    framer = ViscaFramer()
    enqueued = 0
    try:
        for now, piece in enumerate(pieces(data)):
            for packet in framer.push_bytes(piece):
                if (reply := visca_messages.parse_reply(packet)) is not None:
                    queue.on_reply(reply, None, now * TICK_NS)
            lane = list(CommandLane)[piece[0] % len(CommandLane)]
            queue.enqueue(
                QueuedCommand(lane, visca_messages.recall(1), max_travel_ns=TICK_NS * (lane is CommandLane.RECALL))
            )
            enqueued += 1
            queue.next_packet(now * TICK_NS)
            assert len(queue._running) <= visca_messages.SOCKETS
            assert len(queue._waiting) <= 2 * len(CommandLane)
    except HeadNotAnswering:
        return
    assert len(queue.pop_finished()) <= enqueued


def seeds() -> dict[str, list[bytes]]:
    """Replies, and a datagram with one."""
    replies = [ARRIVED, bytes.fromhex("90 60 41 FF 90 50 00 01 02 03 FF 88 30 02 FF")]
    datagram = bytes.fromhex("01 11 00 03 00 00 00 07 90 41 FF")
    return {"visca_stream": replies, "sony_datagram": [datagram], "visca_command_queue": replies}
