"""What must hold of VISCA's framings, and of the conversation with a head, whatever a fuzzer makes up."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator

from drivers.ptz import sony_ip_header, visca_messages
from drivers.ptz.command_queue import CommandLane, CommandQueue, NoAnswer, QueuedCommand
from drivers.ptz.visca_messages import Ack, Completion, ViscaFramer

MOST_KEPT = 64
TICK_NS = 10_000_000
ARRIVED = bytes.fromhex("90 41 FF 90 51 FF")


def visca_stream(data: bytes) -> None:
    """Bytes from a serial line or a TCP connection: next to nothing is kept, and the reply behind them is found."""
    framer = ViscaFramer()
    empty = len(pickle.dumps(framer.__dict__))
    for piece in _pieces(data):
        for packet in framer.feed(piece):
            visca_messages.reply(packet)
        assert len(pickle.dumps(framer.__dict__)) - empty < MOST_KEPT
    replies = [visca_messages.reply(packet) for packet in framer.feed(ARRIVED)]
    assert replies[-2:] == [Ack(1, 1), Completion(1, 1)]


def sony_datagram(data: bytes) -> None:
    """A datagram is decoded as it was encoded, or left out."""
    found = sony_ip_header.decode(data)
    assert found is None or found.encode() == data


def visca_conversation(data: bytes) -> None:
    """A head that says anything at all is told two things at a time, and nothing piles up."""
    conversation = CommandQueue(1)
    framer = ViscaFramer()
    asked = 0
    try:
        for now, piece in enumerate(_pieces(data)):
            for packet in framer.feed(piece):
                if (reply := visca_messages.reply(packet)) is not None:
                    conversation.heard(reply, None, now * TICK_NS)
            lane = list(CommandLane)[piece[0] % len(CommandLane)]
            conversation.ask(
                QueuedCommand(lane, visca_messages.recall(1), travels_ns=TICK_NS * (lane is CommandLane.RECALL))
            )
            asked += 1
            conversation.next(now * TICK_NS)
            assert len(conversation._running) <= visca_messages.SOCKETS
            assert len(conversation._waiting) <= 2 * len(CommandLane)
    except NoAnswer:
        return
    assert len(conversation.take_ended()) <= asked


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (visca_stream, sony_datagram, visca_conversation)
}


def _pieces(data: bytes) -> Iterator[bytes]:
    """The data cut up as its own bytes say."""
    at = 0
    while at < len(data):
        size = data[at] % 17 + 1
        yield data[at : at + size]
        at += size
