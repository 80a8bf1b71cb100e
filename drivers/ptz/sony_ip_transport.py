"""Transport of Sony's VISCA over IP: UDP port 52381, with sequence numbers, begun with a reset."""

from __future__ import annotations

import select
import time

from drivers.errors import DeviceLost, DeviceMissing
from drivers.ptz import sony_ip_header, visca_messages
from drivers.ptz.sony_ip_header import RESET, RESET_ACK, Datagram, PayloadKind
from drivers.ptz.transport import ReceivedReply
from drivers.ptz.udp_transport import UdpTransport
from drivers.ptz.visca_messages import ViscaFramer

PORT = 52381
_RESET_TIMEOUT_S = 0.25
_RESET_SENDS = 5


class SonyIpTransport:
    """See ``drivers.ptz.transport.HeadTransport``; a head in the network is told what is for address 1."""

    is_shared = False

    def __init__(self, role: str, host: str, port: int) -> None:
        self._role = role
        self._udp = UdpTransport(role, host, port)

    def open(self) -> int:
        """Reset the head's sequence number; DeviceMissing if it does not acknowledge."""
        descriptor = self._udp.open()
        try:
            for _ in range(_RESET_SENDS):
                self._udp.send_datagram(RESET.encode())
                if self._await_reset_ack(descriptor):
                    return descriptor
        except DeviceLost as error:
            raise DeviceMissing(self._role, error.reason) from error
        raise DeviceMissing(self._role, "nobody answers: is the head on, and set to VISCA over IP?")

    def send(self, packet: bytes, sequence: int) -> None:
        self._udp.send_datagram(sony_ip_header.datagram_for(packet, sequence).encode())

    def receive(self) -> list[ReceivedReply]:
        """Return replies with sequence numbers; DeviceLost if the head rejects a number."""
        received: list[ReceivedReply] = []
        for datagram in self._datagrams():
            if datagram.kind is PayloadKind.CONTROL_REPLY and datagram.payload != RESET_ACK:
                raise DeviceLost(self._role, "the head counts otherwise: does another controller talk to it?")
            if datagram.kind is PayloadKind.REPLY:
                replies = [visca_messages.parse_reply(packet) for packet in ViscaFramer().push_bytes(datagram.payload)]
                received += [ReceivedReply(reply, datagram.sequence) for reply in replies if reply is not None]
        return received

    def close(self) -> None:
        self._udp.close()

    def _datagrams(self) -> list[Datagram]:
        decoded = [sony_ip_header.decode(data) for data in self._udp.receive_datagrams()]
        return [datagram for datagram in decoded if datagram is not None]

    def _await_reset_ack(self, descriptor: int) -> bool:
        deadline = time.monotonic() + _RESET_TIMEOUT_S
        while (left_s := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([descriptor], [], [], left_s)
            if ready and any(datagram.kind is PayloadKind.CONTROL_REPLY for datagram in self._datagrams()):
                return True
        return False
