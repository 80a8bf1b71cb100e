"""A VISCA serial port shared by the heads of a daisy chain: opened by the first, closed by the last."""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from contextlib import suppress

import serial

from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.open_serial_port import open_serial_port
from drivers.ptz import visca_messages
from drivers.ptz.visca_messages import AddressSetReply, ViscaFramer
from drivers.wake_pipe import WakePipe

log = logging.getLogger(__name__)

_READ_BYTES = 512
_WRITE_TIMEOUT_S = 0.5
_ADDRESS_SET_TIMEOUT_S = 0.3
_ADDRESS_SET_SENDS = 2
_CLEAR_PAUSE_S = 0.05
_JOIN_TIMEOUT_S = 1.0

_chains: dict[str, SerialDaisyChain] = {}
_port_locks: dict[str, threading.Lock] = {}


class SerialDaisyChain:
    """The port and a thread that passes every packet to every subscriber, through a socket each.

    A subscriber's socket ends when the port is lost.
    """

    def __init__(self, role: str, path: str, baud: int) -> None:
        """Open the port; raises as ``open_serial_port``."""
        self.path = path
        self.real_path = os.path.realpath(path)
        self.baud = baud
        self.is_lost = False
        self.head_count: int | None = None
        self._port = open_serial_port(role, path, baud, _WRITE_TIMEOUT_S)
        self._addresses_set = threading.Event()
        self._lock = threading.Lock()
        self._subscribers: dict[socket.socket, socket.socket] = {}
        self._wakeup = WakePipe()
        # A daemon, because a port whose driver hangs has to be left behind.
        self._thread = threading.Thread(target=self._run, name=f"visca-{path}", daemon=True)
        self._thread.start()

    def assign_addresses(self, role: str, *, clear: bool) -> None:
        """Broadcast AddressSet, and IF_Clear with ``clear``; raises as ``send``.

        ``head_count`` stays None where no head replies: one with address switches may not.
        """
        self._addresses_set.clear()
        for _ in range(_ADDRESS_SET_SENDS):
            self.send(role, visca_messages.ADDRESS_SET)
            if self._addresses_set.wait(_ADDRESS_SET_TIMEOUT_S):
                break
        if clear:
            self.send(role, visca_messages.CLEAR_ALL)
            time.sleep(_CLEAR_PAUSE_S)

    def subscribe(self) -> socket.socket:
        """Return a socket that receives packets, one at a time, and ``b""`` once the port is lost."""
        reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (reader, writer):
            end.setblocking(False)
        with self._lock:
            self._subscribers[reader] = writer
            if self.is_lost:
                writer.close()
        return reader

    def unsubscribe(self, reader: socket.socket) -> bool:
        """Close a subscriber's socket; return whether it was the last."""
        with self._lock:
            writer = self._subscribers.pop(reader, None)
            has_subscribers = bool(self._subscribers)
        for end in (reader, writer):
            if end is not None:
                end.close()
        return not has_subscribers

    def send(self, role: str, packet: bytes) -> None:
        """Write one packet.

        Raises:
            DeviceLost: The port has gone.
        """
        try:
            with self._lock:
                self._port.write(packet)
        except (serial.SerialException, OSError) as error:
            raise DeviceLost(role, f"{self.path} takes no more: was it unplugged?") from error

    def close(self) -> None:
        """Close the port; idempotent."""
        self._wakeup.wake()
        self._thread.join(_JOIN_TIMEOUT_S)
        if self._thread.is_alive():
            log.warning("%s: the port hangs and is left behind", self.path)
            return
        self._port.close()
        self._wakeup.close()

    def _run(self) -> None:
        framer = ViscaFramer()
        try:
            while True:
                ready, _, _ = select.select([self._port.fileno(), self._wakeup.fileno()], [], [])
                if self._wakeup.fileno() in ready:
                    return
                for packet in framer.push_bytes(self._port.read(_READ_BYTES)):
                    self._dispatch(packet)
        except (serial.SerialException, OSError) as error:
            log.debug("%s: %s", self.path, error)
        finally:
            with self._lock:
                self.is_lost = True
                for writer in self._subscribers.values():
                    writer.close()

    def _dispatch(self, packet: bytes) -> None:
        reply = visca_messages.parse_reply(packet)
        if isinstance(reply, AddressSetReply):
            self.head_count = reply.head_count
            self._addresses_set.set()
            return
        with self._lock:
            for writer in self._subscribers.values():
                with suppress(BlockingIOError):  # one that does not listen misses what any line may lose
                    writer.send(packet)


def join_chain(role: str, path: str, baud: int) -> tuple[SerialDaisyChain, socket.socket]:
    """Return the chain at a port, with addresses assigned anew, and the socket that receives its packets.

    Raises as ``open_serial_port``; DeviceMisconfigured also where it is open at another baud rate.
    """
    real_path = os.path.realpath(path)
    with _port_lock(real_path):
        chain = _chains.get(real_path)
        if chain is not None and not chain.is_lost and chain.baud != baud:
            raise DeviceMisconfigured(
                role, f"{path} is open at {chain.baud} baud, not {baud}: say the same for all its heads"
            )
        first = chain is None or chain.is_lost
        if chain is None or chain.is_lost:
            chain = _chains[real_path] = SerialDaisyChain(role, path, baud)
        reader = chain.subscribe()
        try:
            chain.assign_addresses(role, clear=first)
        except DeviceLost as error:
            _leave(chain, reader)
            raise DeviceMissing(role, error.reason) from error
        return chain, reader


def leave_chain(chain: SerialDaisyChain, reader: socket.socket) -> None:
    """Unsubscribe from a chain; the last subscriber closes its port."""
    with _port_lock(chain.real_path):
        _leave(chain, reader)


def _leave(chain: SerialDaisyChain, reader: socket.socket) -> None:
    if chain.unsubscribe(reader):
        if _chains.get(chain.real_path) is chain:
            del _chains[chain.real_path]
        chain.close()


def _port_lock(real_path: str) -> threading.Lock:
    """Return the lock under which heads join and leave a port; a port that hangs blocks its own heads alone."""
    return _port_locks.setdefault(real_path, threading.Lock())
