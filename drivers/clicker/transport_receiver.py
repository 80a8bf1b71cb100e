"""A base at the end of a port: greeted, read, and told commands between two reads."""

from __future__ import annotations

import logging
import math
import os
import select
import time
from collections import deque
from collections.abc import Sequence
from threading import Lock

from drivers.clicker.framing import CommandPacket, CommandReply, Framing, Heard, refuse
from drivers.clicker.transport import Transport
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.samples import AskQuestion, ReceiverCommand, ReceiverEvent, ReceiverFormat, SetDevice, StopAsking

log = logging.getLogger(__name__)

REPLY_S = 2.0
QUIET_NS = 50_000_000
"""Longer than a USB to serial adapter holds bytes back (16 ms), so that no message is torn."""


class TransportReceiver:
    """See ``drivers.protocols.Receiver``; one thread opens and reads, any may send and close."""

    def __init__(self, role: str, port: Transport, framing: Framing) -> None:
        self._role = role
        self._port = port
        self._framing = framing
        self._line: _Line | None = None
        self._lock = Lock()

    def open(self) -> ReceiverFormat:
        """Open the port and greet the base, which has ``REPLY_S`` for each answer. DeviceMissing, DeviceUnfit."""
        self.close()
        line = _Line(self._role, self._port, self._framing)
        with self._lock:
            self._line = line
        try:
            for step in self._framing.greet():
                line.say(step.packet)
                self._await(line, step.reply)
        except DeviceLost as error:
            self.close()
            raise DeviceMissing(self._role, error.reason) from error
        except DeviceMissing:
            self.close()
            raise
        return self._framing.format

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        """See ``Receiver``."""
        line = self._line
        if line is None:
            raise DeviceLost(self._role, "the receiver is closed")
        deadline_ns = time.monotonic_ns() + int(timeout_s * 1e9)
        while True:
            if line.events:
                events = list(line.events)
                line.events.clear()
                return events
            if time.monotonic_ns() >= deadline_ns:
                return []
            for reply in line.turn(deadline_ns):
                if not reply.good:
                    log.warning("%s: the base refuses the command %02x", self._role, reply.code)

    def send(self, command: ReceiverCommand) -> None:
        """See ``Receiver``."""
        with self._lock:
            if self._line is None:
                raise DeviceLost(self._role, "the receiver is not connected")
            try:
                refuse(command, self._framing.format)
            except ValueError as error:
                raise DeviceMisconfigured(self._role, str(error)) from error
            self._line.queue(command)

    def close(self) -> None:
        """See ``Receiver``."""
        with self._lock:
            line, self._line = self._line, None
        if line is not None:
            line.close()

    def _await(self, line: _Line, code: int) -> None:
        deadline_ns = time.monotonic_ns() + int(REPLY_S * 1e9)
        while time.monotonic_ns() < deadline_ns:
            for reply in line.turn(deadline_ns):
                if reply.code == code and reply.good:
                    return
        raise DeviceMissing(self._role, "the port is there, and no base of this type answers on it")


class _Line:
    """One connection, from the opening of the port to its close; ``turn`` is called by one thread only."""

    def __init__(self, role: str, port: Transport, framing: Framing) -> None:
        self.events: deque[ReceiverEvent] = deque()
        self._role = role
        self._port = port
        self._framing = framing
        self._commands: deque[ReceiverCommand] = deque()
        self._packets: deque[CommandPacket] = deque()
        self._asking = False
        self._rested_ns = 0
        self._quiet_ns: int | None = None
        self._closed = False
        self._turning = Lock()
        self._descriptor = port.open()
        self._woken, self._waker = os.pipe()
        self._poll = select.poll()
        for descriptor in (self._descriptor, self._woken):
            self._poll.register(descriptor, select.POLLIN)

    def queue(self, command: ReceiverCommand) -> None:
        """Have a command carried out in its turn; from any thread, until the line is closed."""
        self._commands.append(command)
        os.write(self._waker, b"!")

    def say(self, packet: CommandPacket) -> None:
        """Have a packet written at the next turn, by the thread that turns."""
        self._packets.append(packet)

    def close(self) -> None:
        """End the turn in progress and let the port go."""
        self._closed = True
        os.write(self._waker, b"!")
        with self._turning:
            self._port.close()
            os.close(self._woken)
            os.close(self._waker)

    def turn(self, deadline_ns: int) -> list[CommandReply]:
        """Write what is due and wait once, for bytes, a command or the deadline; the replies among what came."""
        with self._turning:
            if self._closed:
                raise DeviceLost(self._role, "the receiver was closed")
            try:
                return self._sort(self._heard(deadline_ns))
            except OSError as error:
                raise DeviceLost(self._role, f"the base is gone ({error.strerror or error})") from error

    def _heard(self, deadline_ns: int) -> Sequence[Heard]:
        until_ns = min(deadline_ns, self._write_due(time.monotonic_ns()), self._quiet_ns or deadline_ns)
        ready = self._wait(until_ns)
        now_ns = time.monotonic_ns()
        if self._woken in ready:
            os.read(self._woken, 4096)
        if self._descriptor in ready:
            self._quiet_ns = now_ns + QUIET_NS
            return self._framing.feed(self._port.read(), now_ns)
        if self._quiet_ns is not None and now_ns >= self._quiet_ns:
            self._quiet_ns = None
            return self._framing.settle(now_ns)
        return []

    def _write_due(self, now_ns: int) -> float:
        """Write one packet if the base has rested from the last; when the next one is due."""
        if now_ns >= self._rested_ns:
            if not self._packets and self._commands:
                self._packets.extend(self._packets_of(self._commands[0]))
            if self._packets:
                packet = self._packets.popleft()
                self._port.write(packet.data)
                self._rested_ns = now_ns + packet.rest_ms * 1_000_000
        return self._rested_ns if self._packets or self._commands else math.inf

    def _packets_of(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """What to write next; a question that is still open is ended first, and rested from, like any other."""
        if isinstance(command, AskQuestion) and self._asking:
            command = StopAsking()
        else:
            self._commands.popleft()
        if not isinstance(command, SetDevice):
            self._asking = isinstance(command, AskQuestion)
        return self._framing.encode(command)

    def _wait(self, until_ns: float) -> set[int]:
        wait_ms = max(0.0, (until_ns - time.monotonic_ns()) / 1e6)
        return {descriptor for descriptor, _ in self._poll.poll(math.ceil(wait_ms))}

    def _sort(self, heard: Sequence[Heard]) -> list[CommandReply]:
        self.events.extend(one for one in heard if not isinstance(one, CommandReply))
        return [one for one in heard if isinstance(one, CommandReply)]
