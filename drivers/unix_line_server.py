"""A Unix socket server for a line protocol with many clients, run by one thread."""

from __future__ import annotations

import os
import selectors
import socket
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, Thread

from drivers.wake_pipe import WakePipe

JOIN_TIMEOUT_S = 2.0
MAX_LINE_BYTES = 256
MAX_BACKLOG_BYTES = 64 * 1024


class UnixLineServer:
    """Serves ``path`` with mode 0660; a socket that was left behind there is replaced.

    ``on_connect`` returns the lines for a new client, ``on_line`` the reply to a line, and ``on_tick`` lines for all
    clients together with the seconds until it wants to be called again (None: at the next ``wake``). All three are
    called by the server's thread, so each client sees its lines in order. A client that does not read is disconnected;
    what one said before it hung up is still heard.
    """

    def __init__(
        self,
        path: Path,
        on_connect: Callable[[], Sequence[str]],
        on_line: Callable[[str], Sequence[str]],
        on_tick: Callable[[], tuple[Sequence[str], float | None]],
    ) -> None:
        self._path = path
        self._on_connect = on_connect
        self._on_line = on_line
        self._on_tick = on_tick
        self._selector = selectors.DefaultSelector()
        self._clients: dict[socket.socket, _Client] = {}
        self._wake_lock = Lock()
        self._is_closing = False
        self._thread: Thread | None = None

    def open(self) -> None:
        """Listen and start the thread; OSError where the folder does not allow it."""
        self._listener = _listen(self._path)
        self._inode = self._path.stat().st_ino
        self._wakeup = WakePipe()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wakeup, selectors.EVENT_READ)
        self._thread = Thread(target=self._run, name=self._path.name)
        self._thread.start()

    def wake(self) -> None:
        """Have ``on_tick`` called soon; from any thread."""
        with self._wake_lock:
            if self._thread is not None:
                self._wakeup.wake()

    def close(self) -> None:
        """Send the last lines, disconnect the clients and remove the socket."""
        self._is_closing = True
        self.wake()
        with self._wake_lock:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.join(JOIN_TIMEOUT_S)
        for client in self._clients.values():
            client.connection.close()
        for end in (self._listener, self._wakeup, self._selector):
            end.close()
        if self._path.exists() and self._path.stat().st_ino == self._inode:
            self._path.unlink()

    def _run(self) -> None:
        while True:
            wait_s = self._broadcast()
            if self._is_closing:
                return
            for key, events in self._selector.select(wait_s):
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._wakeup:
                    self._wakeup.drain()
                elif key.fileobj in self._clients:
                    self._serve(key.data, events)

    def _broadcast(self) -> float | None:
        lines, wait_s = self._on_tick()
        for client in list(self._clients.values()):
            self._send(client, lines)
        return wait_s

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):  # it thought better of it
            return
        connection.setblocking(False)
        self._broadcast()  # so that the greeting is of this moment
        client = _Client(connection)
        self._clients[connection] = client
        self._selector.register(connection, selectors.EVENT_READ, client)
        self._send(client, self._on_connect())

    def _serve(self, client: _Client, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._send(client, [])
        if not events & selectors.EVENT_READ or client.connection not in self._clients:
            return
        try:
            data = client.connection.recv(4096)
        except OSError:
            data = b""
        for line in client.lines(data):
            self._send(client, self._on_line(line))
        if not data:
            self._disconnect(client)
        elif len(client.received) > MAX_LINE_BYTES:
            self._send(client, ["error this line is too long"])
            self._disconnect(client)

    def _send(self, client: _Client, lines: Sequence[str]) -> None:
        if client.connection not in self._clients or client.is_gone:
            return
        client.unsent += "".join(f"{line}\n" for line in lines).encode()
        try:
            while client.unsent:
                del client.unsent[: client.connection.send(client.unsent)]
        except BlockingIOError:
            pass  # the selector says when there is room again
        except OSError:  # it listens no more; its last lines may lie here unread, and the end comes after them
            client.is_gone = True
            client.unsent.clear()
        if len(client.unsent) > MAX_BACKLOG_BYTES:
            self._disconnect(client)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.unsent else 0)
        self._selector.modify(client.connection, wanted, client)

    def _disconnect(self, client: _Client) -> None:
        if self._clients.pop(client.connection, None) is not None:
            self._selector.unregister(client.connection)
            client.connection.close()


class _Client:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = bytearray()
        self.unsent = bytearray()
        self.is_gone = False

    def lines(self, data: bytes) -> list[str]:
        """Return the lines that ``data`` completes."""
        self.received += data
        *whole, rest = self.received.split(b"\n")
        self.received = rest
        return [line.decode(errors="replace").strip() for line in whole]


def _listen(path: Path) -> socket.socket:
    # Bound under another name and renamed, so that nobody meets it with the wrong mode or a gap after the old one.
    new = path.with_suffix(".new")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        if new.exists() and stat.S_ISSOCK(new.stat().st_mode):
            new.unlink()
        listener.bind(str(new))
        os.chmod(new, 0o660)
        listener.listen(128)
        new.replace(path)
    except OSError:
        listener.close()
        raise
    return listener
