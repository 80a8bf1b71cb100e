"""The device's end of the connections to a simulated head: pty, UDP and TCP, with Sony's header or without."""

from __future__ import annotations

import contextlib
import os
import socket
import tty
from typing import Protocol

from drivers.ptz import sony_ip_header, visca_messages
from drivers.ptz.simulation.device import DeviceReply
from drivers.ptz.sony_ip_header import RESET_ACK, Datagram, PayloadKind
from drivers.ptz.visca_messages import ViscaFramer

_READ_BYTES = 2048
_LOOPBACK = "127.0.0.1"


class DeviceTransport(Protocol):
    """One connection, open from its construction; ``receive`` raises OSError once the controller has gone."""

    address: str
    """Where the controller finds it: the path of a port, or a port number."""

    def descriptors(self) -> list[int]:
        """Return the file descriptors to wait for."""

    def receive(self, descriptor: int) -> list[bytes]:
        """Return the chunks or datagrams that have come at a readable descriptor."""

    def send(self, data: bytes) -> None:
        """Send bytes to whoever sent last; what nobody reads is lost."""

    def close(self) -> None:
        """Disconnect both ends."""


class PtyDeviceTransport:
    """A pseudo-terminal whose slave the controller opens as its serial port."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.address = os.ttyname(self._slave)

    def descriptors(self) -> list[int]:
        return [self._master]

    def receive(self, descriptor: int) -> list[bytes]:
        return [os.read(descriptor, _READ_BYTES)]

    def send(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def close(self) -> None:
        os.close(self._slave)
        os.close(self._master)


class UdpDeviceTransport:
    """A UDP port on the loopback network."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((_LOOPBACK, 0))
        self._socket.setblocking(False)
        self._peer: tuple[str, int] | None = None
        self.address = str(self._socket.getsockname()[1])

    def descriptors(self) -> list[int]:
        return [self._socket.fileno()]

    def receive(self, descriptor: int) -> list[bytes]:
        data, self._peer = self._socket.recvfrom(_READ_BYTES)
        return [data]

    def send(self, data: bytes) -> None:
        if self._peer is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(data, self._peer)

    def close(self) -> None:
        self._socket.close()


class TcpDeviceTransport:
    """A TCP port on the loopback network with one connection, which a newer one replaces."""

    def __init__(self) -> None:
        self._listener = socket.create_server((_LOOPBACK, 0))
        self._connection: socket.socket | None = None
        self.address = str(self._listener.getsockname()[1])

    def descriptors(self) -> list[int]:
        connected = [self._connection.fileno()] if self._connection is not None else []
        return [self._listener.fileno(), *connected]

    def receive(self, descriptor: int) -> list[bytes]:
        if descriptor == self._listener.fileno():
            self._hang_up()
            self._connection, _ = self._listener.accept()
            return []
        data = b""
        if self._connection is not None:
            with contextlib.suppress(ConnectionError):  # who left may have reset the connection
                data = self._connection.recv(_READ_BYTES)
        if not data:
            self._hang_up()
        return [data] if data else []

    def send(self, data: bytes) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.sendall(data)

    def close(self) -> None:
        self._hang_up()
        self._listener.close()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class Codec(Protocol):
    """The encoding of VISCA packets in what the transport carries."""

    def decode(self, data: bytes) -> list[tuple[bytes, int | None]]:
        """Return the packets in received data, each with its sequence number if it has one."""

    def encode(self, reply: DeviceReply) -> bytes:
        """Return a reply as bytes to send."""


class PlainCodec:
    """Packets without header and sequence number."""

    def __init__(self) -> None:
        self._framer = ViscaFramer()

    def decode(self, data: bytes) -> list[tuple[bytes, int | None]]:
        return [(packet, None) for packet in self._framer.push_bytes(data)]

    def encode(self, reply: DeviceReply) -> bytes:
        return reply.packet


class SonyHeaderCodec:
    """Packets behind Sony's header, one a datagram."""

    def decode(self, data: bytes) -> list[tuple[bytes, int | None]]:
        """Return the packet; a reset becomes IF_Clear without a sequence number."""
        datagram = sony_ip_header.decode(data)
        if datagram is None:
            return []
        if datagram.kind is PayloadKind.CONTROL:
            return [(visca_messages.CLEAR_ALL, None)]
        return [(datagram.payload, datagram.sequence)]

    def encode(self, reply: DeviceReply) -> bytes:
        """Return a reply with the number that it answers; one without a number acknowledges a reset."""
        if reply.sequence is None:
            return Datagram(PayloadKind.CONTROL_REPLY, 0, RESET_ACK).encode()
        return Datagram(PayloadKind.REPLY, reply.sequence, reply.packet).encode()
