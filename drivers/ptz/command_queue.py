"""The VISCA command queue of one head: order, resending, sockets and outcome of each command; no I/O, no clock.

One packet at a time waits for its reply, and at most two commands are carried out, since a head has two sockets. A
packet that is not answered is sent again with the same sequence number. A command that was not sent yet is replaced by
a newer one of its lane, so nothing piles up however fast somebody drives.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from drivers.errors import DriverError
from drivers.ptz import visca_messages
from drivers.ptz.visca_messages import Ack, AddressSetReply, CommandError, Completion, ErrorCode, InquiryReply, Reply

REPLY_TIMEOUT_NS = 250_000_000
MAX_SENDS = 5
BUFFER_FULL_DELAY_NS = 100_000_000
MAX_BUFFER_FULL = 30
MAX_RECALL_ATTEMPTS = 2
# What does not travel is done as soon as it is acknowledged; a lost completion must not hold its socket for long.
QUICK_NS = 1_000_000_000


class HeadNotAnswering(DriverError):
    """A packet was sent as often as allowed and never answered."""


class CommandLane(Enum):
    """What a command is about; a newer command replaces one of the same lane."""

    TURN = "turn"
    ZOOM = "zoom"
    RECALL = "recall"
    STORE = "store"
    INQUIRY = "ask"


class Outcome(Enum):
    """How a command ended."""

    DONE = "done"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    UNKNOWN_COMMAND = "not known"
    BUSY = "busy"
    TIMED_OUT = "endless"


@dataclass(slots=True, eq=False)
class QueuedCommand:
    """A command or inquiry to a head.

    ``max_travel_ns`` is the longest time until the completion of a movement; 0 for commands that move nothing.
    ``outcome`` and, for an inquiry, ``answer`` are set when it has ended.
    """

    lane: CommandLane
    body: bytes
    max_travel_ns: int = 0
    outcome: Outcome | None = None
    answer: bytes = b""
    sequence: int = 0
    socket: int = 0
    deadline_ns: int = 0
    is_withdrawn: bool = False
    attempts: int = 0
    syntax_errors: int = 0
    buffer_full_replies: int = 0


@dataclass(slots=True)
class _InFlight:
    """The packet that waits for its reply: a command, or the cancellation of one."""

    command: QueuedCommand
    packet: bytes
    sequence: int
    resend_ns: int
    is_cancel: bool = False
    sends: int = 1


@dataclass(frozen=True, slots=True)
class OutgoingPacket:
    """A packet to send now, and its sequence number."""

    packet: bytes
    sequence: int


class CommandQueue:
    """The queue to the head at ``address``; every time is passed in, in nanoseconds."""

    def __init__(self, address: int) -> None:
        self._address = address
        self._waiting: deque[QueuedCommand] = deque()
        self._running: list[QueuedCommand] = []
        self._in_flight: _InFlight | None = None
        self._finished: list[QueuedCommand] = []
        self._sequence = 0
        self._not_before_ns = 0

    @property
    def is_overdue(self) -> bool:
        """Whether a packet was sent again in vain; a first resend may be the line's fault."""
        return self._in_flight is not None and self._in_flight.sends > 2

    def enqueue(self, command: QueuedCommand) -> None:
        """Add a command, in place of one of its lane that was not sent yet."""
        self._supersede_waiting(command.lane)
        self._waiting.append(command)

    def cancel(self, command: QueuedCommand) -> None:
        """Drop a command that was not sent yet, or cancel it at the head."""
        if command in self._waiting:
            self._finish(command, Outcome.SUPERSEDED)
        command.is_withdrawn = True

    def unacknowledged(self, body: bytes) -> OutgoingPacket:
        """Return a packet whose reply nobody waits for."""
        self._sequence += 1
        return OutgoingPacket(visca_messages.encode_packet(self._address, body), self._sequence)

    def pop_finished(self) -> list[QueuedCommand]:
        """Return the commands that have ended since the last call, each with its outcome."""
        finished, self._finished = self._finished, []
        return finished

    def next_packet(self, now_ns: int) -> OutgoingPacket | None:
        """Return the packet to send now, if any.

        Raises:
            HeadNotAnswering: A command was sent ``MAX_SENDS`` times without a reply.
        """
        self._expire_running(now_ns)
        in_flight = self._in_flight
        if in_flight is None:
            return self._send_next(now_ns)
        if now_ns < in_flight.resend_ns:
            return None
        if in_flight.sends < MAX_SENDS:
            in_flight.sends += 1
            in_flight.resend_ns = now_ns + REPLY_TIMEOUT_NS
            return OutgoingPacket(in_flight.packet, in_flight.sequence)
        if not in_flight.is_cancel:
            raise HeadNotAnswering
        self._finish(in_flight.command, Outcome.SUPERSEDED)
        return self._send_next(now_ns)

    def next_due_ns(self) -> int | None:
        """Return when ``next_packet`` may have a packet if no reply comes before."""
        deadlines = [command.deadline_ns for command in self._running]
        if self._in_flight is not None:
            deadlines.append(self._in_flight.resend_ns)
        elif self._waiting and len(self._running) < visca_messages.SOCKETS:
            deadlines.append(self._not_before_ns)
        return min(deadlines, default=None)

    def on_reply(self, reply: Reply, sequence: int | None, now_ns: int) -> None:
        """Handle a reply; ``sequence`` is that of the packet it answers, on a transport with sequence numbers."""
        in_flight = self._in_flight
        answered = in_flight if in_flight is not None and sequence in (None, in_flight.sequence) else None
        command = (
            answered.command if answered and not answered.is_cancel and not _is_inquiry(answered.command) else None
        )
        match reply:
            case Ack(socket=socket):
                if command is not None:
                    self._on_ack(command, socket, now_ns)
            case Completion(socket=socket):
                completed = self._find_running(socket, sequence)
                # Without numbers it may as well be the completion of an older one; then it is told again.
                if completed is None and sequence is not None:
                    completed = command
                if completed is not None:
                    self._finish(completed, Outcome.DONE)
            case InquiryReply(data=data):
                if answered is not None and _is_inquiry(answered.command):
                    answered.command.answer = data
                    self._finish(answered.command, Outcome.DONE)
            case CommandError():
                self._on_error(reply, sequence, answered, now_ns)
            case AddressSetReply():
                pass

    def _send_next(self, now_ns: int) -> OutgoingPacket | None:
        for command in self._running:
            if command.is_withdrawn:
                return self._send(command, visca_messages.cancel(command.socket), now_ns, is_cancel=True)
        if now_ns < self._not_before_ns:
            return None
        for command in self._waiting:
            if _is_inquiry(command) or len(self._running) < visca_messages.SOCKETS:
                self._waiting.remove(command)
                return self._send(command, command.body, now_ns, is_cancel=False)
        return None

    def _send(self, command: QueuedCommand, body: bytes, now_ns: int, *, is_cancel: bool) -> OutgoingPacket:
        self._sequence += 1
        if not is_cancel:
            command.sequence = self._sequence
        packet = visca_messages.encode_packet(self._address, body)
        self._in_flight = _InFlight(command, packet, self._sequence, now_ns + REPLY_TIMEOUT_NS, is_cancel)
        return OutgoingPacket(packet, self._sequence)

    def _on_ack(self, command: QueuedCommand, socket: int, now_ns: int) -> None:
        self._in_flight = None
        for earlier in [running for running in self._running if running.socket == socket]:
            self._finish(earlier, Outcome.DONE)  # its socket is in use again: only its completion was lost
        command.socket = socket
        command.deadline_ns = now_ns + (command.max_travel_ns or QUICK_NS)
        self._running.append(command)

    def _on_error(self, error: CommandError, sequence: int | None, answered: _InFlight | None, now_ns: int) -> None:
        running_command = self._find_running(error.socket, sequence)
        cancel_in_flight = self._in_flight if self._in_flight is not None and self._in_flight.is_cancel else None
        match error.error_code:
            case ErrorCode.CANCELLED | ErrorCode.NO_SUCH_SOCKET:
                command = cancel_in_flight.command if cancel_in_flight is not None else running_command
                if command is not None:
                    self._finish(command, Outcome.SUPERSEDED)
            case ErrorCode.NOT_EXECUTABLE:
                command = running_command or (answered.command if answered is not None else None)
                if command is not None:
                    self._finish(command, Outcome.SUPERSEDED if command.is_withdrawn else Outcome.REFUSED)
            case ErrorCode.BUFFER_FULL if answered is not None:
                answered.command.buffer_full_replies += 1
                self._not_before_ns = now_ns + BUFFER_FULL_DELAY_NS
                self._retry_or_finish(answered, answered.command.buffer_full_replies, MAX_BUFFER_FULL, Outcome.BUSY)
            case ErrorCode.LENGTH | ErrorCode.SYNTAX if answered is not None:
                answered.command.syntax_errors += 1
                self._retry_or_finish(answered, answered.command.syntax_errors, MAX_SENDS, Outcome.UNKNOWN_COMMAND)
            case _:
                pass

    def _retry_or_finish(self, in_flight: _InFlight, deadlines: int, limit: int, outcome_at_limit: Outcome) -> None:
        """Send a command again, first in line, while it is wanted: the failure may have been momentary."""
        command = in_flight.command
        self._in_flight = None
        if in_flight.is_cancel:
            if deadlines >= limit:
                self._finish(command, Outcome.SUPERSEDED)
            return
        replaced = any(other.lane is command.lane for other in self._waiting)
        if command.is_withdrawn or replaced:
            self._finish(command, Outcome.SUPERSEDED)
        elif deadlines >= limit:
            self._finish(command, outcome_at_limit)
        else:
            self._waiting.appendleft(command)

    def _expire_running(self, now_ns: int) -> None:
        for command in [running for running in self._running if running.deadline_ns <= now_ns]:
            command.attempts += 1
            if not command.max_travel_ns:
                self._finish(command, Outcome.DONE)
            elif command.is_withdrawn:
                self._finish(command, Outcome.SUPERSEDED)
            elif command.attempts < MAX_RECALL_ATTEMPTS:
                self._running.remove(command)  # a completion may be lost: told again, a head that is there says so
                self._waiting.appendleft(command)
            else:
                self._finish(command, Outcome.TIMED_OUT)

    def _find_running(self, socket: int, sequence: int | None) -> QueuedCommand | None:
        for command in self._running:
            if command.socket == socket and sequence in (None, command.sequence):
                return command
        return None

    def _supersede_waiting(self, lane: CommandLane) -> None:
        for command in [running for running in self._waiting if running.lane is lane]:
            self._finish(command, Outcome.SUPERSEDED)

    def _finish(self, command: QueuedCommand, outcome: Outcome) -> None:
        if command in self._waiting:
            self._waiting.remove(command)
        if command in self._running:
            self._running.remove(command)
        if self._in_flight is not None and self._in_flight.command is command:
            self._in_flight = None
        command.outcome = outcome
        self._finished.append(command)


def _is_inquiry(command: QueuedCommand) -> bool:
    return command.lane is CommandLane.INQUIRY
