"""Transport of plain VISCA over UDP, usually port 1259, and the UDP socket that Sony's variant uses too."""

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


class UdpSocket:
    """A UDP socket that is connected to one head."""

    def __init__(self, role: str, host: str, port: int) -> None:
        self._socket = HeadSocket(role, host, port, "UDP")

    def open(self) -> int:
        """Return the file descriptor.

        Raises:
            DeviceMissing: The host is unknown or unreachable.
        """
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.connect(self._socket.address)
        except OSError as error:
            sock.close()
            raise DeviceMissing(self._socket.role, f"{self._socket.name} is not reached: {error.strerror}") from error
        sock.setblocking(False)
        return self._socket.hold(sock)

    def send(self, data: bytes) -> None:
        """Send one datagram; one that finds no buffer space is dropped, as any datagram may be.

        Raises:
            DeviceLost: Nothing listens there.
        """
        try:
            self._socket.require_open().send(data)
        except BlockingIOError:
            return
        except OSError as error:
            raise self._lost(error) from error

    def receive(self) -> list[bytes]:
        """Return the datagrams that have come. Raises as ``send``."""
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


class UdpTransport:
    """See ``drivers.ptz.transport.HeadTransport``; a head in the network always has address 1."""

    def __init__(self, role: str, host: str, port: int) -> None:
        self._socket = UdpSocket(role, host, port)

    def open(self) -> int:
        return self._socket.open()

    def send(self, packet: bytes, sequence: int) -> None:
        self._socket.send(packet)

    def receive(self) -> list[ReceivedReply]:
        """Return the replies; a datagram holds one or more whole packets."""
        packets = [packet for datagram in self._socket.receive() for packet in ViscaFramer().push_bytes(datagram)]
        replies = [visca_messages.parse_reply(packet) for packet in packets]
        return [ReceivedReply(reply) for reply in replies if reply is not None]

    def close(self) -> None:
        self._socket.close()
