"""Transport of plain VISCA over UDP, usually port 1259, and the datagrams under Sony's variant."""

from __future__ import annotations

import socket

from drivers.errors import DeviceLost, DeviceMissing
from drivers.ptz import visca_messages
from drivers.ptz.head_socket import HeadSocket
from drivers.ptz.transport import ReceivedReply
from drivers.ptz.visca_messages import ViscaFramer

PORT = 1259
_LARGEST = 2048
_MOST_AT_ONCE = 64


class UdpTransport:
    """See ``drivers.ptz.transport.HeadTransport``; a head in the network is told what is for address 1."""

    is_shared = False

    def __init__(self, role: str, host: str, port: int) -> None:
        self._socket = HeadSocket(role, host, port, "UDP")

    def open(self) -> int:
        """Return the file descriptor; DeviceMissing where the host is unknown or unreachable."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.connect(self._socket.address)
        except OSError as error:
            sock.close()
            raise DeviceMissing(self._socket.role, f"{self._socket.name} is not reached: {error.strerror}") from error
        sock.setblocking(False)
        return self._socket.hold(sock)

    def send(self, packet: bytes, sequence: int) -> None:
        self.send_datagram(packet)

    def send_datagram(self, data: bytes) -> None:
        """Send one datagram; one that finds no buffer space is dropped, as any datagram may be."""
        try:
            self._socket.require_open().send(data)
        except BlockingIOError:
            return
        except OSError as error:
            raise self._lost(error) from error

    def receive(self) -> list[ReceivedReply]:
        """Return the replies; a datagram holds one or more whole packets."""
        packets = [packet for datagram in self.receive_datagrams() for packet in ViscaFramer().push_bytes(datagram)]
        replies = [visca_messages.parse_reply(packet) for packet in packets]
        return [ReceivedReply(reply) for reply in replies if reply is not None]

    def receive_datagrams(self) -> list[bytes]:
        """Return the datagrams that have come; DeviceLost where nothing listens there."""
        datagrams: list[bytes] = []
        try:
            while len(datagrams) < _MOST_AT_ONCE:
                datagrams.append(self._socket.require_open().recv(_LARGEST))
        except BlockingIOError:
            return datagrams
        except OSError as error:
            raise self._lost(error) from error
        return datagrams

    def close(self) -> None:
        self._socket.close()

    def _lost(self, error: OSError) -> DeviceLost:
        return DeviceLost(self._socket.role, f"{self._socket.name} does not take VISCA: {error.strerror}")
