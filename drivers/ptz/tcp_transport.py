"""VISCA as it is over a TCP connection, as many cameras speak it at port 5678 or 1259."""

from __future__ import annotations

import socket

from drivers.errors import DeviceLost, DeviceMissing
from drivers.ptz import visca_messages
from drivers.ptz.transport import ReceivedReply
from drivers.ptz.visca_messages import ViscaFramer

PORT = 5678
_AT_ONCE = 512
_CONNECT_S = 2.0
_SEND_S = 0.5


class TcpTransport:
    """See ``drivers.ptz.transport.HeadTransport``; the head is always the first one."""

    def __init__(self, role: str, host: str, port: int) -> None:
        self._role = role
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._framer = ViscaFramer()

    def open(self) -> int:
        """DeviceMissing where nobody answers."""
        self._framer = ViscaFramer()
        try:
            sock = socket.create_connection(self._address, _CONNECT_S)
        except OSError as error:
            reason = f"{self._place} does not answer: {error.strerror or 'no connection in time'}"
            raise DeviceMissing(self._role, reason) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(_SEND_S)
        self._socket = sock
        return sock.fileno()

    def send(self, packet: bytes, sequence: int) -> None:
        """Send it as it is. DeviceLost."""
        try:
            self._opened().sendall(packet)
        except OSError as error:
            raise self._lost() from error

    def receive(self) -> list[ReceivedReply]:
        """DeviceLost where the head has closed the connection."""
        try:
            data = self._opened().recv(_AT_ONCE)
        except OSError as error:
            raise self._lost() from error
        if not data:
            raise self._lost()
        replies = [visca_messages.parse_reply(packet) for packet in self._framer.push_bytes(data)]
        return [ReceivedReply(reply) for reply in replies if reply is not None]

    def close(self) -> None:
        """Let it go; again: nothing."""
        sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise DeviceLost(self._role, "the line is closed")
        return self._socket

    @property
    def _place(self) -> str:
        return f"{self._address[0]}:{self._address[1]} (TCP)"

    def _lost(self) -> DeviceLost:
        return DeviceLost(self._role, f"the connection to {self._place} broke off")
