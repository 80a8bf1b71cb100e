"""The lines that a simulated head can hang on: a pty, UDP with Sony's header or without, and TCP."""

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
    """One line, opened when it is made; OSError in ``receive`` where the near side has gone."""

    address: str
    """Where the near side finds it: the path of a port, or the number of one."""

    def descriptors(self) -> list[int]:
        """What to wait for."""

    def receive(self, descriptor: int) -> list[bytes]:
        """What has come there, as it came."""

    def send(self, data: bytes) -> None:
        """Send it to whoever spoke last."""

    def close(self) -> None:
        """Pull it out."""


class PtyDeviceTransport:
    """A serial port: whoever opens ``address`` is on the other side."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.address = os.ttyname(self._slave)

    def descriptors(self) -> list[int]:
        """The pty's far side."""
        return [self._master]

    def receive(self, descriptor: int) -> list[bytes]:
        """A piece of the stream."""
        return [os.read(descriptor, _READ_BYTES)]

    def send(self, data: bytes) -> None:
        """What nobody reads is lost."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def close(self) -> None:
        """Both sides hang up."""
        os.close(self._slave)
        os.close(self._master)


class UdpDeviceTransport:
    """A UDP port of its own."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((_LOOPBACK, 0))
        self._socket.setblocking(False)
        self._peer: tuple[str, int] | None = None
        self.address = str(self._socket.getsockname()[1])

    def descriptors(self) -> list[int]:
        """The port."""
        return [self._socket.fileno()]

    def receive(self, descriptor: int) -> list[bytes]:
        """A datagram."""
        data, self._peer = self._socket.recvfrom(_READ_BYTES)
        return [data]

    def send(self, data: bytes) -> None:
        """Nobody there is no matter."""
        if self._peer is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(data, self._peer)

    def close(self) -> None:
        """Nobody listens any more."""
        self._socket.close()


class TcpDeviceTransport:
    """A TCP port with one connection; a newer one takes its place."""

    def __init__(self) -> None:
        self._listener = socket.create_server((_LOOPBACK, 0))
        self._connection: socket.socket | None = None
        self.address = str(self._listener.getsockname()[1])

    def descriptors(self) -> list[int]:
        """The listener, and the connection if there is one."""
        connected = [self._connection.fileno()] if self._connection is not None else []
        return [self._listener.fileno(), *connected]

    def receive(self, descriptor: int) -> list[bytes]:
        """A piece of the stream; nothing where somebody connects or leaves."""
        if descriptor == self._listener.fileno():
            self._hang_up()
            self._connection, _ = self._listener.accept()
            return []
        data = self._connection.recv(_READ_BYTES) if self._connection is not None else b""
        if not data:
            self._hang_up()
        return [data] if data else []

    def send(self, data: bytes) -> None:
        """Nobody there is no matter."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.sendall(data)

    def close(self) -> None:
        """Hang up, and listen no more."""
        self._hang_up()
        self._listener.close()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class Codec(Protocol):
    """How packets lie in what goes over the line."""

    def decode(self, data: bytes) -> list[tuple[bytes, int | None]]:
        """The packets in what has come, each with its number."""

    def encode(self, reply: DeviceReply) -> bytes:
        """A packet as it goes."""


class PlainCodec:
    """As they are, one after the other."""

    def __init__(self) -> None:
        self._framer = ViscaFramer()

    def decode(self, data: bytes) -> list[tuple[bytes, int | None]]:
        """Without numbers."""
        return [(packet, None) for packet in self._framer.push_bytes(data)]

    def encode(self, reply: DeviceReply) -> bytes:
        """As it is."""
        return reply.packet


class SonyHeaderCodec:
    """Each behind Sony's header."""

    def decode(self, data: bytes) -> list[tuple[bytes, int | None]]:
        """One at most; a reset is a clearing without a number."""
        datagram = sony_ip_header.decode(data)
        if datagram is None:
            return []
        if datagram.kind is PayloadKind.CONTROL:
            return [(visca_messages.CLEAR_ALL, None)]
        return [(datagram.payload, datagram.sequence)]

    def encode(self, reply: DeviceReply) -> bytes:
        """A reply with the number that it answers; without one it is the answer to a reset."""
        if reply.sequence is None:
            return Datagram(PayloadKind.CONTROL_REPLY, 0, RESET_ACK).encode()
        return Datagram(PayloadKind.REPLY, reply.sequence, reply.packet).encode()
