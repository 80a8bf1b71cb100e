"""What must hold of VISCA's framings, and of the conversation with a head, whatever a fuzzer makes up."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator

from drivers.ptz import sony_header, visca
from drivers.ptz.conversation import Conversation, Lane, NoAnswer, Order
from drivers.ptz.visca import Ack, Completion, Framer

MOST_KEPT = 64
TICK_NS = 10_000_000
ARRIVED = bytes.fromhex("90 41 FF 90 51 FF")


def visca_stream(data: bytes) -> None:
    """Bytes from a serial line or a TCP connection: next to nothing is kept, and the reply behind them is found."""
    framer = Framer()
    empty = len(pickle.dumps(framer.__dict__))
    for piece in _pieces(data):
        for packet in framer.feed(piece):
            visca.reply(packet)
        assert len(pickle.dumps(framer.__dict__)) - empty < MOST_KEPT
    replies = [visca.reply(packet) for packet in framer.feed(ARRIVED)]
    assert replies[-2:] == [Ack(1, 1), Completion(1, 1)]


def sony_datagram(data: bytes) -> None:
    """A datagram is decoded as it was encoded, or left out."""
    found = sony_header.decode(data)
    assert found is None or found.encode() == data


def visca_conversation(data: bytes) -> None:
    """A head that says anything at all is told two things at a time, and nothing piles up."""
    conversation = Conversation(1)
    framer = Framer()
    asked = 0
    try:
        for now, piece in enumerate(_pieces(data)):
            for packet in framer.feed(piece):
                if (reply := visca.reply(packet)) is not None:
                    conversation.heard(reply, None, now * TICK_NS)
            lane = list(Lane)[piece[0] % len(Lane)]
            conversation.ask(Order(lane, visca.recall(1), travels_ns=TICK_NS * (lane is Lane.RECALL)))
            asked += 1
            conversation.next(now * TICK_NS)
            assert len(conversation._running) <= visca.SOCKETS
            assert len(conversation._waiting) <= 2 * len(Lane)
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
