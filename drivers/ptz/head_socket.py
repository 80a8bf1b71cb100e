"""A network socket to a PTZ head, from its opening to its close."""

from __future__ import annotations

import socket

from drivers.errors import DeviceLost


class HeadSocket:
    """Holds the socket to ``host`` and ``port``; ``name`` is what messages call it."""

    def __init__(self, role: str, host: str, port: int, protocol: str) -> None:
        self.role = role
        self.address = (host, port)
        self.name = f"{host}:{port} ({protocol})"
        self._socket: socket.socket | None = None

    def hold(self, sock: socket.socket) -> int:
        """Keep an open socket; return its file descriptor."""
        self._socket = sock
        return sock.fileno()

    def require_open(self) -> socket.socket:
        """Return the open socket; DeviceLost where it is closed."""
        if self._socket is None:
            raise DeviceLost(self.role, "the line is closed")
        return self._socket

    def close(self) -> None:
        """Close the socket; does nothing where it is closed."""
        sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()
