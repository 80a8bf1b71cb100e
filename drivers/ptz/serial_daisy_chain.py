"""A serial port and the heads that hang on it one behind the other: opened by the first, closed by the last."""

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
from drivers.ptz.visca_messages import Counted, ViscaFramer

log = logging.getLogger(__name__)

_AT_ONCE = 512
_WRITE_S = 0.5
_COUNT_S = 0.3
_COUNT_TRIES = 2
_CLEAR_S = 0.05
_JOIN_S = 1.0

_chains: dict[str, SerialDaisyChain] = {}
_doors: dict[str, threading.Lock] = {}


class SerialDaisyChain:
    """Everyone who has joined hears every packet, through a socket of its own that ends when the port is gone."""

    def __init__(self, role: str, path: str, baud: int) -> None:
        """Open the port. DeviceMissing, DeviceUnfit."""
        self.path = path
        self.place = os.path.realpath(path)
        self.baud = baud
        self.lost = False
        self.heads: int | None = None
        self._port = open_serial_port(role, path, baud, _WRITE_S)
        self._counted = threading.Event()
        self._lock = threading.Lock()
        self._members: dict[socket.socket, socket.socket] = {}
        self._woken, self._waker = socket.socketpair()
        # A daemon, because a port whose driver hangs has to be left behind.
        self._thread = threading.Thread(target=self._run, name=f"visca-{path}", daemon=True)
        self._thread.start()

    def number(self, role: str, *, clear: bool) -> None:
        """Give the heads their addresses, and clear what was under way.

        A head whose address is set by switches may not answer: then ``heads`` stays None. DeviceLost.
        """
        self._counted.clear()
        for _ in range(_COUNT_TRIES):
            self.send(role, visca_messages.ADDRESS_SET)
            if self._counted.wait(_COUNT_S):
                break
        if clear:
            self.send(role, visca_messages.CLEAR_ALL)
            time.sleep(_CLEAR_S)

    def join(self) -> socket.socket:
        """Where packets come from now on, one at a time; nothing (``b""``) once the port is gone."""
        ear, mouth = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ear, mouth):
            end.setblocking(False)
        with self._lock:
            self._members[ear] = mouth
            if self.lost:
                mouth.close()
        return ear

    def leave(self, ear: socket.socket) -> bool:
        """Hear no more; whether nobody is left."""
        with self._lock:
            mouth = self._members.pop(ear, None)
            left = bool(self._members)
        for end in (ear, mouth):
            if end is not None:
                end.close()
        return not left

    def send(self, role: str, packet: bytes) -> None:
        """Write a packet, whole. DeviceLost."""
        try:
            with self._lock:
                self._port.write(packet)
        except (serial.SerialException, OSError) as error:
            raise DeviceLost(role, f"{self.path} takes no more: was it unplugged?") from error

    def close(self) -> None:
        """Let the port go; again: nothing."""
        self._waker.close()
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            log.warning("%s: the port hangs and is left behind", self.path)
            return
        self._port.close()
        self._woken.close()

    def _run(self) -> None:
        framer = ViscaFramer()
        try:
            while True:
                ready, _, _ = select.select([self._port.fileno(), self._woken.fileno()], [], [])
                if self._woken.fileno() in ready:
                    return
                for packet in framer.feed(self._port.read(_AT_ONCE)):
                    self._pass_on(packet)
        except (serial.SerialException, OSError) as error:
            log.debug("%s: %s", self.path, error)
        finally:
            with self._lock:
                self.lost = True
                for mouth in self._members.values():
                    mouth.close()

    def _pass_on(self, packet: bytes) -> None:
        reply = visca_messages.reply(packet)
        if isinstance(reply, Counted):
            self.heads = reply.heads
            self._counted.set()
            return
        with self._lock:
            for mouth in self._members.values():
                with suppress(BlockingIOError):  # one that does not listen misses what any line may lose
                    mouth.send(packet)


def enter(role: str, path: str, baud: int) -> tuple[SerialDaisyChain, socket.socket]:
    """The chain at a port, numbered anew, and where its packets come from. DeviceMissing, DeviceUnfit."""
    place = os.path.realpath(path)
    with _door(place):
        chain = _chains.get(place)
        if chain is not None and not chain.lost and chain.baud != baud:
            raise DeviceMisconfigured(
                role, f"{path} is open at {chain.baud} baud, not {baud}: say the same for all its heads"
            )
        first = chain is None or chain.lost
        if chain is None or chain.lost:
            chain = _chains[place] = SerialDaisyChain(role, path, baud)
        ear = chain.join()
        try:
            chain.number(role, clear=first)
        except DeviceLost as error:
            _leave(chain, ear)
            raise DeviceMissing(role, error.reason) from error
        return chain, ear


def leave(chain: SerialDaisyChain, ear: socket.socket) -> None:
    """Hear no more of a chain; the last one closes its port."""
    with _door(chain.place):
        _leave(chain, ear)


def _leave(chain: SerialDaisyChain, ear: socket.socket) -> None:
    if chain.leave(ear):
        if _chains.get(chain.place) is chain:
            del _chains[chain.place]
        chain.close()


def _door(place: str) -> threading.Lock:
    """Through which one head at a time enters and leaves; a port that hangs holds up its own heads alone."""
    return _doors.setdefault(place, threading.Lock())
