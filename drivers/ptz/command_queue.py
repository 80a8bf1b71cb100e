"""The order in which a head is told things, and what becomes of each; pure, time is passed in.

One packet at a time waits for its answer, and at most two commands are carried out: a head has two sockets. What
is not answered is sent again, with the same number. Where a newer order replaces one that was not sent yet, the
older is never sent, so nothing piles up however fast somebody drives.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from drivers.ptz import visca_messages
from drivers.ptz.visca_messages import Ack, CommandFailure, Completion, Counted, InquiryReply, Reason, Reply

ANSWER_NS = 250_000_000
TRIES = 5
FULL_WAIT_NS = 100_000_000
MOST_FULL = 30
MOST_ROUNDS = 2
# What does not travel is done as soon as it is acknowledged; a lost completion must not hold its socket for long.
QUICK_NS = 1_000_000_000


class NoAnswer(Exception):
    """The head was told the same thing again and again and said nothing."""


class CommandLane(Enum):
    """Orders of one lane replace each other."""

    TURN = "turn"
    ZOOM = "zoom"
    RECALL = "recall"
    ASK = "ask"


class Outcome(Enum):
    """What became of an order."""

    DONE = "done"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    NOT_KNOWN = "not known"
    BUSY = "busy"
    ENDLESS = "endless"


@dataclass(slots=True, eq=False)
class QueuedCommand:
    """Something that a head is to do or to tell.

    ``travels_ns`` is how long a journey may take until its completion; 0 where there is no journey.
    ``outcome`` and, for what was asked, ``answer`` are there once it has ended.
    """

    lane: CommandLane
    body: bytes
    travels_ns: int = 0
    outcome: Outcome | None = None
    answer: bytes = b""
    number: int = 0
    socket: int = 0
    due_ns: int = 0
    withdrawn: bool = False
    rounds: int = 0
    garbled: int = 0
    refused_full: int = 0


@dataclass(slots=True)
class _Flight:
    """The packet that waits for its answer: an order, or the cancelling of one."""

    order: QueuedCommand
    packet: bytes
    number: int
    again_ns: int
    cancels: bool = False
    tries: int = 1


@dataclass(frozen=True, slots=True)
class OutgoingPacket:
    """A packet to send now, and its number."""

    packet: bytes
    number: int


class CommandQueue:
    """With one head at ``address``."""

    def __init__(self, address: int) -> None:
        self._address = address
        self._waiting: deque[QueuedCommand] = deque()
        self._running: list[QueuedCommand] = []
        self._flight: _Flight | None = None
        self._ended: list[QueuedCommand] = []
        self._number = 0
        self._not_before_ns = 0

    @property
    def overdue(self) -> bool:
        """Whether something was said again, in vain; once may be the line's fault."""
        return self._flight is not None and self._flight.tries > 2

    def ask(self, order: QueuedCommand) -> None:
        """Have it sent in its turn, in the place of one of its lane that was not sent yet."""
        self._drop_waiting(order.lane)
        self._waiting.append(order)

    def withdraw(self, order: QueuedCommand) -> None:
        """It is wanted no more: not sent, or cancelled."""
        if order in self._waiting:
            self._end(order, Outcome.SUPERSEDED)
        order.withdrawn = True

    def unasked(self, body: bytes) -> OutgoingPacket:
        """Something to send whose answer is not waited for."""
        self._number += 1
        return OutgoingPacket(visca_messages.packet(self._address, body), self._number)

    def take_ended(self) -> list[QueuedCommand]:
        """The orders that have ended since the last call, each with its outcome."""
        ended, self._ended = self._ended, []
        return ended

    def next(self, now_ns: int) -> OutgoingPacket | None:
        """What to send now, if anything. NoAnswer."""
        self._look_at_journeys(now_ns)
        flight = self._flight
        if flight is None:
            return self._begin(now_ns)
        if now_ns < flight.again_ns:
            return None
        if flight.tries < TRIES:
            flight.tries += 1
            flight.again_ns = now_ns + ANSWER_NS
            return OutgoingPacket(flight.packet, flight.number)
        if not flight.cancels:
            raise NoAnswer
        self._end(flight.order, Outcome.SUPERSEDED)
        return self._begin(now_ns)

    def next_ns(self) -> int | None:
        """When ``next`` may have something if nothing is heard until then."""
        times = [order.due_ns for order in self._running]
        if self._flight is not None:
            times.append(self._flight.again_ns)
        elif self._waiting and len(self._running) < visca_messages.SOCKETS:
            times.append(self._not_before_ns)
        return min(times, default=None)

    def heard(self, reply: Reply, number: int | None, now_ns: int) -> None:
        """The head said something; ``number`` is that of the packet it answers, where the line has numbers."""
        flight = self._flight
        answered = flight if flight is not None and number in (None, flight.number) else None
        command = answered.order if answered and not answered.cancels and not _asks(answered.order) else None
        match reply:
            case Ack(socket=socket):
                if command is not None:
                    self._accepted(command, socket, now_ns)
            case Completion(socket=socket):
                done = self._in_socket(socket, number)
                # Without numbers it may as well be the completion of an older one; then it is told again.
                if done is None and number is not None:
                    done = command
                if done is not None:
                    self._end(done, Outcome.DONE)
            case InquiryReply(data=data):
                if answered is not None and _asks(answered.order):
                    answered.order.answer = data
                    self._end(answered.order, Outcome.DONE)
            case CommandFailure():
                self._failed(reply, number, answered, now_ns)
            case Counted():
                pass

    def _begin(self, now_ns: int) -> OutgoingPacket | None:
        for order in self._running:
            if order.withdrawn:
                return self._send(order, visca_messages.cancel(order.socket), now_ns, cancels=True)
        if now_ns < self._not_before_ns:
            return None
        for order in self._waiting:
            if _asks(order) or len(self._running) < visca_messages.SOCKETS:
                self._waiting.remove(order)
                return self._send(order, order.body, now_ns, cancels=False)
        return None

    def _send(self, order: QueuedCommand, body: bytes, now_ns: int, *, cancels: bool) -> OutgoingPacket:
        self._number += 1
        if not cancels:
            order.number = self._number
        packet = visca_messages.packet(self._address, body)
        self._flight = _Flight(order, packet, self._number, now_ns + ANSWER_NS, cancels)
        return OutgoingPacket(packet, self._number)

    def _accepted(self, order: QueuedCommand, socket: int, now_ns: int) -> None:
        self._flight = None
        for before in [one for one in self._running if one.socket == socket]:
            self._end(before, Outcome.DONE)  # its socket is in use again: only its completion was lost
        order.socket = socket
        order.due_ns = now_ns + (order.travels_ns or QUICK_NS)
        self._running.append(order)

    def _failed(self, failure: CommandFailure, number: int | None, answered: _Flight | None, now_ns: int) -> None:
        running = self._in_socket(failure.socket, number)
        cancelling = self._flight if self._flight is not None and self._flight.cancels else None
        match failure.reason:
            case Reason.CANCELLED | Reason.NO_SOCKET:
                order = cancelling.order if cancelling is not None else running
                if order is not None:
                    self._end(order, Outcome.SUPERSEDED)
            case Reason.NOT_EXECUTABLE:
                order = running or (answered.order if answered is not None else None)
                if order is not None:
                    self._end(order, Outcome.SUPERSEDED if order.withdrawn else Outcome.REFUSED)
            case Reason.BUFFER_FULL if answered is not None:
                answered.order.refused_full += 1
                self._not_before_ns = now_ns + FULL_WAIT_NS
                self._once_more(answered, answered.order.refused_full, MOST_FULL, Outcome.BUSY)
            case Reason.LENGTH | Reason.SYNTAX if answered is not None:
                answered.order.garbled += 1
                self._once_more(answered, answered.order.garbled, TRIES, Outcome.NOT_KNOWN)
            case _:
                pass

    def _once_more(self, flight: _Flight, times: int, most: int, otherwise: Outcome) -> None:
        """It may have been a bad moment of head or line: the order waits in front, as long as it is wanted."""
        order = flight.order
        self._flight = None
        if flight.cancels:
            if times >= most:
                self._end(order, Outcome.SUPERSEDED)
            return
        replaced = any(other.lane is order.lane for other in self._waiting)
        if order.withdrawn or replaced:
            self._end(order, Outcome.SUPERSEDED)
        elif times >= most:
            self._end(order, otherwise)
        else:
            self._waiting.appendleft(order)

    def _look_at_journeys(self, now_ns: int) -> None:
        for order in [one for one in self._running if one.due_ns <= now_ns]:
            order.rounds += 1
            if not order.travels_ns:
                self._end(order, Outcome.DONE)
            elif order.withdrawn:
                self._end(order, Outcome.SUPERSEDED)
            elif order.rounds < MOST_ROUNDS:
                self._running.remove(order)  # a completion may be lost: told again, a head that is there says so
                self._waiting.appendleft(order)
            else:
                self._end(order, Outcome.ENDLESS)

    def _in_socket(self, socket: int, number: int | None) -> QueuedCommand | None:
        for order in self._running:
            if order.socket == socket and number in (None, order.number):
                return order
        return None

    def _drop_waiting(self, lane: CommandLane) -> None:
        for order in [one for one in self._waiting if one.lane is lane]:
            self._end(order, Outcome.SUPERSEDED)

    def _end(self, order: QueuedCommand, outcome: Outcome) -> None:
        if order in self._waiting:
            self._waiting.remove(order)
        if order in self._running:
            self._running.remove(order)
        if self._flight is not None and self._flight.order is order:
            self._flight = None
        order.outcome = outcome
        self._ended.append(order)


def _asks(order: QueuedCommand) -> bool:
    return order.lane is CommandLane.ASK
