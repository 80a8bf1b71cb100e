"""One open head: what it was last told to do, what it does by that, and who waits for it."""

from __future__ import annotations

import socket
import time
from concurrent.futures import Future
from dataclasses import dataclass

from drivers.errors import DeviceLost
from drivers.ptz import visca_messages
from drivers.ptz.command_queue import CommandLane, CommandQueue, Outcome, QueuedCommand
from drivers.samples import HeadState

_BEAT_NS = 2_000_000_000
_STOPS = {CommandLane.TURN: visca_messages.PAN_TILT_STOP, CommandLane.ZOOM: visca_messages.ZOOM_STOP}


@dataclass(slots=True)
class _Wait:
    """Somebody waits until all of these have ended well; ``preset`` is where they lead, if anywhere."""

    promise: Future[None]
    orders: list[QueuedCommand]
    preset: int | None = None


class HeadSession:
    """What lives from one open to its close. Its user sees to it that one thread at a time calls.

    ``descriptors`` are what to wait for: the line, and the waker that ``rest`` empties. ``shown`` is the state
    that was last given away.
    """

    def __init__(self, conversation: CommandQueue, line: int) -> None:
        self.conversation = conversation
        self.line = line
        self.closing = False
        self.lost = False
        self.shown: HeadState | None = None
        self.refusing = False
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)
        self.descriptors = [line, self._woken.fileno()]
        self._told = dict(_STOPS)
        self._waits: dict[QueuedCommand, _Wait] = {}
        self._recalled: QueuedCommand | None = None
        self._preset: int | None = None
        self._hold_until_ns: int | None = None
        self._beat_ns = time.monotonic_ns() + _BEAT_NS

    @property
    def driving(self) -> bool:
        """Whether it turns or zooms until told otherwise."""
        return self._hold_until_ns is not None

    def state(self) -> HeadState:
        """As far as the head was told and has answered."""
        going = self._waits[self._recalled].preset if self._recalled is not None else None
        return HeadState(self._preset if going is None else going, moving=going is not None or self.driving)

    def recall(self, preset: int, travels_ns: int, arrival: Future[None]) -> None:
        """Go to a preset; what turns or zooms is stopped first."""
        self._forget_recall()
        if self.driving:
            self._halt()
        order = QueuedCommand(CommandLane.RECALL, visca_messages.recall(preset), travels_ns)
        self._waits[order] = _Wait(arrival, [order], preset)
        self._recalled = order
        self._preset = None
        self.conversation.ask(order)
        self.wake()

    def drive(self, pan: float, tilt: float, zoom: float, hold_until_ns: int, taken: Future[None]) -> bool:
        """Turn and zoom; whether there was anything to say, for what it does already is not said again."""
        self._forget_recall()
        self._preset = None
        self._hold_until_ns = hold_until_ns
        wanted = {CommandLane.TURN: visca_messages.pan_tilt(pan, tilt), CommandLane.ZOOM: visca_messages.zoom(zoom)}
        orders = [self._say(lane, body) for lane, body in wanted.items() if self._told[lane] != body]
        self._wait(orders, taken)
        self.wake()
        return bool(orders)

    def still(self, taken: Future[None] | None = None) -> None:
        """Stand still, also where it is thought to: somebody may see that it does not."""
        if self._recalled is not None or self.driving:
            self._preset = None
        self._forget_recall()
        self._wait(self._halt(), taken)
        self.wake()

    def unattended(self, now_ns: int) -> bool:
        """Whether a drive lasts longer than anybody asked for."""
        return self._hold_until_ns is not None and now_ns >= self._hold_until_ns

    def beat(self, now_ns: int) -> None:
        """Ask something now and then, so that a head which has gone is missed."""
        if now_ns >= self._beat_ns:
            self._beat_ns = now_ns + _BEAT_NS
            self.conversation.ask(QueuedCommand(CommandLane.ASK, visca_messages.VERSION))

    def next_ns(self) -> int:
        """When there is something to do if nothing is heard until then."""
        times = (self.conversation.next_ns(), self._hold_until_ns, self._beat_ns)
        return min(at_ns for at_ns in times if at_ns is not None)

    def settle(self) -> list[tuple[QueuedCommand, Future[None] | None]]:
        """The orders that have ended, each with who waits for it."""
        settled: list[tuple[QueuedCommand, Future[None] | None]] = []
        for order in self.conversation.take_ended():
            wait = self._waits.pop(order, None)
            if order is self._recalled and wait is not None:
                self._recalled = None
                self._preset = wait.preset if order.outcome is Outcome.DONE else None
            if order.lane in _STOPS and order.outcome not in (Outcome.DONE, Outcome.SUPERSEDED):
                self._missed(order)
            settled.append((order, self._kept(order, wait) if wait is not None else None))
        return settled

    def _kept(self, order: QueuedCommand, wait: _Wait) -> Future[None] | None:
        """The promise that this order's end decides: it failed, or it was the last."""
        wait.orders.remove(order)
        if order.outcome is Outcome.DONE and wait.orders:
            return None
        for other in wait.orders:
            del self._waits[other]
        return wait.promise

    def give_up(self, error: DeviceLost) -> None:
        """Nobody will arrive any more."""
        waits, self._waits, self._recalled = self._waits, {}, None
        for promise in {wait.promise for wait in waits.values()}:
            promise.set_exception(error)

    def wake(self) -> None:
        """Have the thread that reads look at what there is to send."""
        try:
            self._waker.send(b"!")
        except BlockingIOError:
            return  # it is full of wake-ups that were not yet seen

    def rest(self) -> None:
        """Be woken anew."""
        try:
            self._woken.recv(4096)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Let the waker go."""
        self._woken.close()
        self._waker.close()

    def _halt(self) -> list[QueuedCommand]:
        self._hold_until_ns = None
        return [self._say(lane, body) for lane, body in _STOPS.items()]

    def _say(self, lane: CommandLane, body: bytes) -> QueuedCommand:
        self._told[lane] = body
        order = QueuedCommand(lane, body)
        self.conversation.ask(order)
        return order

    def _wait(self, orders: list[QueuedCommand], promise: Future[None] | None) -> None:
        if promise is not None:
            wait = _Wait(promise, orders)
            self._waits |= dict.fromkeys(orders, wait)

    def _missed(self, order: QueuedCommand) -> None:
        """What was told is not so: it may be said again, and a stop must be."""
        self._told[order.lane] = b""
        if order.outcome is Outcome.BUSY and order.body == _STOPS[order.lane]:
            self._say(order.lane, order.body)

    def _forget_recall(self) -> None:
        if self._recalled is not None:
            self.conversation.withdraw(self._recalled)
            self._recalled = None
