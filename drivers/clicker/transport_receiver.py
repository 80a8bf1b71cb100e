"""A clicker receiver over any transport and framing: handshake, reading, and sending commands between reads."""

from __future__ import annotations

import logging
import math
import select
import time
from collections import deque
from collections.abc import Sequence
from threading import Lock

from drivers.clicker.framing import CommandPacket, CommandReply, Decoded, Framing, check_command
from drivers.clicker.transport import ReceiverTransport
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.samples import AskQuestion, AssignNumber, ReceiverCapabilities, ReceiverCommand, ReceiverEvent, StopAsking
from drivers.wake_pipe import WakePipe

log = logging.getLogger(__name__)

REPLY_TIMEOUT_S = 2.0
IDLE_FLUSH_NS = 50_000_000
"""Longer than a USB serial adapter holds bytes back (16 ms), so that no message is torn."""


class TransportReceiver:
    """See ``drivers.protocols.ClickerReceiver``; one thread opens and reads, any thread may send and close."""

    def __init__(self, role: str, transport: ReceiverTransport, framing: Framing) -> None:
        self._role = role
        self._transport = transport
        self._framing = framing
        self._connection: _Connection | None = None
        self._lock = Lock()

    def open(self) -> ReceiverCapabilities:
        """Open the transport and perform the handshake; the base has ``REPLY_TIMEOUT_S`` for each reply."""
        self.close()
        connection = _Connection(self._role, self._transport, self._framing)
        with self._lock:
            self._connection = connection
        try:
            for step in self._framing.handshake():
                connection.queue_packet(step.packet)
                self._await_reply(connection, step.reply)
        except DeviceLost as error:
            self.close()
            raise DeviceMissing(self._role, error.reason) from error
        except DeviceMissing:
            self.close()
            raise
        return self._framing.format

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        connection = self._connection
        if connection is None:
            raise DeviceLost(self._role, "the receiver is closed")
        deadline_ns = time.monotonic_ns() + int(timeout_s * 1e9)
        while True:
            if connection.events:
                events = list(connection.events)
                connection.events.clear()
                return events
            if time.monotonic_ns() >= deadline_ns:
                return []
            for reply in connection.poll_once(deadline_ns):
                if not reply.accepted:
                    log.warning("%s: the base refuses the command %02x", self._role, reply.code)

    def send(self, command: ReceiverCommand) -> None:
        with self._lock:
            if self._connection is None:
                raise DeviceLost(self._role, "the receiver is not connected")
            try:
                check_command(command, self._framing.format)
            except ValueError as error:
                raise DeviceMisconfigured(self._role, str(error)) from error
            self._connection.queue_command(command)

    def close(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _await_reply(self, connection: _Connection, code: int) -> None:
        deadline_ns = time.monotonic_ns() + int(REPLY_TIMEOUT_S * 1e9)
        while time.monotonic_ns() < deadline_ns:
            for reply in connection.poll_once(deadline_ns):
                if reply.code == code and reply.accepted:
                    return
        raise DeviceMissing(self._role, "the port is there, and no base of this type answers on it")


class _Connection:
    """One connection, from the opening of the transport to its close; ``poll_once`` is called by one thread only."""

    def __init__(self, role: str, transport: ReceiverTransport, framing: Framing) -> None:
        self.events: deque[ReceiverEvent] = deque()
        self._role = role
        self._transport = transport
        self._framing = framing
        self._commands: deque[ReceiverCommand] = deque()
        self._packets: deque[CommandPacket] = deque()
        self._question_is_open = False
        self._next_write_ns = 0
        self._flush_at_ns: int | None = None
        self._is_closed = False
        self._poll_lock = Lock()
        self._descriptor = transport.open()
        self._wakeup = WakePipe()
        self._poll = select.poll()
        for descriptor in (self._descriptor, self._wakeup.fileno()):
            self._poll.register(descriptor, select.POLLIN)

    def queue_command(self, command: ReceiverCommand) -> None:
        """Queue a command, from any thread, until the connection is closed."""
        self._commands.append(command)
        self._wakeup.wake()

    def queue_packet(self, packet: CommandPacket) -> None:
        """Queue a packet for the next ``poll_once``, from its thread."""
        self._packets.append(packet)

    def close(self) -> None:
        """Interrupt ``poll_once`` and close the transport."""
        self._is_closed = True
        self._wakeup.wake()
        with self._poll_lock:
            self._transport.close()
            self._wakeup.close()

    def poll_once(self, deadline_ns: int) -> list[CommandReply]:
        """Write what is due, wait once for bytes, a command or the deadline, and return the replies that came."""
        with self._poll_lock:
            if self._is_closed:
                raise DeviceLost(self._role, "the receiver was closed")
            try:
                return self._split_replies(self._receive(deadline_ns))
            except OSError as error:
                raise DeviceLost(self._role, f"the base is gone ({error.strerror or error})") from error

    def _receive(self, deadline_ns: int) -> Sequence[Decoded]:
        until_ns = min(deadline_ns, self._write_next(time.monotonic_ns()), self._flush_at_ns or deadline_ns)
        ready = self._wait(until_ns)
        now_ns = time.monotonic_ns()
        if self._wakeup.fileno() in ready:
            self._wakeup.drain()
        if self._descriptor in ready:
            self._flush_at_ns = now_ns + IDLE_FLUSH_NS
            return self._framing.push_bytes(self._transport.read(), now_ns)
        if self._flush_at_ns is not None and now_ns >= self._flush_at_ns:
            self._flush_at_ns = None
            return self._framing.flush(now_ns)
        return []

    def _write_next(self, now_ns: int) -> float:
        """Write one packet unless the base still needs its pause; return when the next one is due."""
        if now_ns >= self._next_write_ns:
            if not self._packets and self._commands:
                self._packets.extend(self._next_packets(self._commands[0]))
            if self._packets:
                packet = self._packets.popleft()
                self._transport.write(packet.data)
                self._next_write_ns = now_ns + packet.pause_ms * 1_000_000
        return self._next_write_ns if self._packets or self._commands else math.inf

    def _next_packets(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """Return the packets to write next; a question that is still open is stopped first, pause included."""
        if isinstance(command, AskQuestion) and self._question_is_open:
            command = StopAsking()
        else:
            self._commands.popleft()
        if not isinstance(command, AssignNumber):
            self._question_is_open = isinstance(command, AskQuestion)
        return self._framing.encode(command)

    def _wait(self, until_ns: float) -> set[int]:
        wait_ms = max(0.0, (until_ns - time.monotonic_ns()) / 1e6)
        return {descriptor for descriptor, _ in self._poll.poll(math.ceil(wait_ms))}

    def _split_replies(self, decoded: Sequence[Decoded]) -> list[CommandReply]:
        self.events.extend(one for one in decoded if not isinstance(one, CommandReply))
        return [one for one in decoded if isinstance(one, CommandReply)]
