"""Transport of plain VISCA over TCP, usually port 5678 or 1259."""

from __future__ import annotations

import socket

from drivers.errors import DeviceLost, DeviceMissing
from drivers.ptz import visca_messages
from drivers.ptz.head_socket import HeadSocket
from drivers.ptz.transport import ReceivedReply
from drivers.ptz.visca_messages import ViscaFramer

PORT = 5678
_AT_ONCE = 512
_CONNECT_S = 2.0
_SEND_S = 0.5


class TcpTransport:
    """See ``drivers.ptz.transport.HeadTransport``; a head in the network is told what is for address 1."""

    is_shared = False

    def __init__(self, role: str, host: str, port: int) -> None:
        self._socket = HeadSocket(role, host, port, "TCP")
        self._framer = ViscaFramer()

    def open(self) -> int:
        self._framer = ViscaFramer()
        try:
            sock = socket.create_connection(self._socket.address, _CONNECT_S)
        except OSError as error:
            reason = f"{self._socket.name} does not answer: {error.strerror or 'no connection in time'}"
            raise DeviceMissing(self._socket.role, reason) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(_SEND_S)
        return self._socket.hold(sock)

    def send(self, packet: bytes, sequence: int) -> None:
        try:
            self._socket.require_open().sendall(packet)
        except OSError as error:
            raise self._lost() from error

    def receive(self) -> list[ReceivedReply]:
        try:
            data = self._socket.require_open().recv(_AT_ONCE)
        except OSError as error:
            raise self._lost() from error
        if not data:
            raise self._lost()
        replies = [visca_messages.parse_reply(packet) for packet in self._framer.push_bytes(data)]
        return [ReceivedReply(reply) for reply in replies if reply is not None]

    def close(self) -> None:
        self._socket.close()

    def _lost(self) -> DeviceLost:
        return DeviceLost(self._socket.role, f"the connection to {self._socket.name} broke off")
