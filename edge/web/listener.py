"""The listening sockets and what is accepted from them: so many connections, each for so long without a request.

A connection is counted before its TLS handshake, which is what a flood would have the box do.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from edge.web.access.client_address import client_address
from edge.web.connection_count import ConnectionCount

log = logging.getLogger(__name__)

MOST, MOST_OF_ONE = 512, 256
HANDSHAKE_S = 10.0
FIRST_REQUEST_S = 15.0
# Whoever takes nothing for so long has gone, or wants to hold the connection (tcp(7), TCP_USER_TIMEOUT).
UNREAD_MS = 60_000
# The second limit is that between two requests; the sizes are in bytes.
PROTOCOL_LIMITS: dict[str, Any] = {
    "keepalive_timeout": 30.0,
    "max_line_size": 4096,
    "max_field_size": 4096,
    "lingering_time": 2.0,
}
_BACKLOG = 128
_FIRST_PASSED = 3
_PAUSE_S = 0.5

Factory = Callable[[], asyncio.Protocol]


@dataclass(frozen=True, slots=True)
class Sockets:
    """The two sockets that pages are served on."""

    https: socket.socket
    http: socket.socket

    def close(self) -> None:
        """Listen no longer."""
        self.https.close()
        self.http.close()


def sockets(https_port: int, http_port: int) -> Sockets:
    """The sockets that systemd passes (sd_listen_fds(3)), that for HTTPS first, else those of these ports.

    Raises:
        OSError: A port is taken, or not for this user.
    """
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "2":
        return Sockets(_passed(_FIRST_PASSED), _passed(_FIRST_PASSED + 1))
    https = _bound(https_port)
    try:
        return Sockets(https, _bound(http_port))
    except OSError:
        https.close()
        raise


def _passed(descriptor: int) -> socket.socket:
    passed = socket.socket(fileno=descriptor)
    passed.setblocking(False)
    return passed


def _bound(port: int) -> socket.socket:
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    bound = socket.create_server(("", port), family=family, backlog=_BACKLOG, dualstack_ipv6=both)
    bound.setblocking(False)
    return bound


async def accept(listening: socket.socket, factory: Factory, context: ssl.SSLContext | None) -> None:
    """Accept connections until cancelled; those that are there go on. Each gets a protocol of ``factory``."""
    loop = asyncio.get_running_loop()
    connections = ConnectionCount(MOST, MOST_OF_ONE)
    beginning: set[asyncio.Task[None]] = set()
    try:
        while True:
            try:
                connection, (peer, *_) = await loop.sock_accept(listening)
            except OSError as error:  # no file descriptor is left, or the caller has gone already
                log.warning("a connection is not accepted: %s", error)
                await asyncio.sleep(_PAUSE_S)
                continue
            address = client_address(peer)
            if not connections.add(address):
                connection.close()
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
            protocol = GuardedProtocol(factory(), partial(connections.remove, address))
            task = loop.create_task(_begin(connection, protocol, context))
            beginning.add(task)
            task.add_done_callback(beginning.discard)
    finally:
        for task in list(beginning):
            task.cancel()


async def _begin(connection: socket.socket, protocol: GuardedProtocol, context: ssl.SSLContext | None) -> None:
    """Shake hands, if there is a context; a caller who does not is let go."""
    try:
        await asyncio.get_running_loop().connect_accepted_socket(
            lambda: protocol,
            connection,
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_S if context is not None else None,
        )
    except (OSError, TimeoutError):
        protocol.release()
        connection.close()


class GuardedProtocol(asyncio.Protocol):
    """A protocol that is let go if no request has come in time, and counted until it has gone."""

    def __init__(self, inner: asyncio.Protocol, release: Callable[[], None]) -> None:
        self._inner = inner
        self._release: Callable[[], None] | None = release
        self._late: asyncio.TimerHandle | None = None
        self.on_lost: list[Callable[[], None]] = []

    def release(self) -> None:
        """Count it no longer; more than once is no error."""
        if self._release is not None:
            self._release()
            self._release = None

    def has_request(self) -> None:
        """A whole request has come: from now on the limits between two requests apply."""
        if self._late is not None:
            self._late.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._late = asyncio.get_running_loop().call_later(FIRST_REQUEST_S, transport.abort)
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.has_request()
        self.release()
        self._inner.connection_lost(exc)
        for call in self.on_lost:
            call()
        self.on_lost.clear()

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


def when_lost(transport: asyncio.Transport | None, call: Callable[[], None]) -> None:
    """Call ``call`` when the connection is gone: a handler that waits for something else would not notice."""
    if transport is not None and isinstance(guard := transport.get_protocol(), GuardedProtocol):
        guard.on_lost.append(call)


def request_has_come(transport: asyncio.Transport | None) -> None:
    """Tell the connection's guard that a whole request has come over it."""
    if transport is not None and isinstance(guard := transport.get_protocol(), GuardedProtocol):
        guard.has_request()
