"""Sony's VISCA over IP: UDP, each packet behind a header with a number, begun with a reset."""

from __future__ import annotations

import select
import time

from drivers.errors import DeviceLost, DeviceMissing
from drivers.ptz import sony_ip_header, visca_messages
from drivers.ptz.sony_ip_header import RESET, WAS_RESET, Datagram, PayloadKind
from drivers.ptz.transport import ReceivedReply
from drivers.ptz.udp_transport import UdpSocket
from drivers.ptz.visca_messages import ViscaFramer

PORT = 52381
_RESET_S = 0.25
_RESET_TRIES = 5


class SonyIpTransport:
    """See ``drivers.ptz.transport.HeadTransport``; the head is always the first one."""

    def __init__(self, role: str, host: str, port: int) -> None:
        self._role = role
        self._socket = UdpSocket(role, host, port)

    def open(self) -> int:
        """Have the head count from the beginning. DeviceMissing where it does not say that it does."""
        descriptor = self._socket.open()
        try:
            for _ in range(_RESET_TRIES):
                self._socket.send(RESET.encode())
                if self._was_reset(descriptor):
                    return descriptor
        except DeviceLost as error:
            raise DeviceMissing(self._role, error.reason) from error
        raise DeviceMissing(self._role, "nobody answers: is the head on, and set to VISCA over IP?")

    def send(self, packet: bytes, number: int) -> None:
        """Send it with its number. DeviceLost."""
        self._socket.send(sony_ip_header.carrying(packet, number).encode())

    def receive(self) -> list[ReceivedReply]:
        """Replies with their numbers. DeviceLost where the head no longer counts as we do."""
        heard: list[ReceivedReply] = []
        for datagram in self._datagrams():
            if datagram.kind is PayloadKind.CONTROL_REPLY and datagram.payload != WAS_RESET:
                raise DeviceLost(self._role, "the head counts otherwise: does another controller talk to it?")
            if datagram.kind is PayloadKind.REPLY:
                replies = [visca_messages.reply(packet) for packet in ViscaFramer().feed(datagram.payload)]
                heard += [ReceivedReply(reply, datagram.number) for reply in replies if reply is not None]
        return heard

    def close(self) -> None:
        """Let it go; again: nothing."""
        self._socket.close()

    def _datagrams(self) -> list[Datagram]:
        decoded = [sony_ip_header.decode(data) for data in self._socket.receive()]
        return [datagram for datagram in decoded if datagram is not None]

    def _was_reset(self, descriptor: int) -> bool:
        deadline = time.monotonic() + _RESET_S
        while (left_s := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([descriptor], [], [], left_s)
            if ready and any(one.kind is PayloadKind.CONTROL_REPLY for one in self._datagrams()):
                return True
        return False
