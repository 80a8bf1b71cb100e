"""One open head: what it was last told to do, what it does by that, and who waits for it."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass

from drivers.errors import DeviceLost
from drivers.ptz import visca_messages
from drivers.ptz.command_queue import CommandLane, CommandQueue, Outcome, QueuedCommand
from drivers.samples import HeadState
from drivers.wake_pipe import WakePipe

_KEEP_ALIVE_NS = 2_000_000_000
_STOP_BODIES = {CommandLane.TURN: visca_messages.PAN_TILT_STOP, CommandLane.ZOOM: visca_messages.ZOOM_STOP}


@dataclass(slots=True)
class _PendingFuture:
    """Somebody waits until all of these have ended well; ``preset`` is where they lead, if anywhere."""

    future: Future[None]
    commands: list[QueuedCommand]
    preset: int | None = None


class HeadSession:
    """The state of one open head: its command queue, its position and the futures of callers. Not thread-safe.

    ``descriptors`` are what to wait for: the transport's, and the one that ``wake`` makes readable until
    ``drain_wakeups``. ``last_state`` is the state that was returned last.
    """

    def __init__(self, queue: CommandQueue, descriptor: int) -> None:
        self.queue = queue
        self.descriptor = descriptor
        self.is_closing = False
        self.is_lost = False
        self.last_state: HeadState | None = None
        self.is_refusing = False
        self.wakeup = WakePipe()
        self._commanded = dict(_STOP_BODIES)
        self._pending: dict[QueuedCommand, _PendingFuture] = {}
        self._recall_command: QueuedCommand | None = None
        self._preset: int | None = None
        self._hold_until_ns: int | None = None
        self._keep_alive_ns = time.monotonic_ns() + _KEEP_ALIVE_NS

    @property
    def is_driving(self) -> bool:
        """Whether it turns or zooms until told otherwise."""
        return self._hold_until_ns is not None

    def state(self) -> HeadState:
        """As far as the head was told and has answered."""
        destination = self._pending[self._recall_command].preset if self._recall_command is not None else None
        return HeadState(
            self._preset if destination is None else destination, moving=destination is not None or self.is_driving
        )

    def recall(self, preset: int, max_travel_ns: int, future: Future[None]) -> None:
        """Go to a preset; what turns or zooms is stopped first."""
        self._cancel_recall()
        if self.is_driving:
            self._stop_axes()
        command = QueuedCommand(CommandLane.RECALL, visca_messages.recall(preset), max_travel_ns)
        self._pending[command] = _PendingFuture(future, [command], preset)
        self._recall_command = command
        self._preset = None
        self.queue.enqueue(command)
        self.wakeup.wake()

    def drive(self, pan: float, tilt: float, zoom: float, hold_until_ns: int, future: Future[None]) -> bool:
        """Turn and zoom; whether there was anything to say, for what it does already is not said again."""
        self._cancel_recall()
        self._preset = None
        self._hold_until_ns = hold_until_ns
        bodies = {CommandLane.TURN: visca_messages.pan_tilt(pan, tilt), CommandLane.ZOOM: visca_messages.zoom(zoom)}
        commands = [self._enqueue(lane, body) for lane, body in bodies.items() if self._commanded[lane] != body]
        self._track(commands, future)
        self.wakeup.wake()
        return bool(commands)

    def stop(self, future: Future[None] | None = None) -> None:
        """Stand still, also where it is thought to: somebody may see that it does not."""
        if self._recall_command is not None or self.is_driving:
            self._preset = None
        self._cancel_recall()
        self._track(self._stop_axes(), future)
        self.wakeup.wake()

    def is_hold_expired(self, now_ns: int) -> bool:
        """Whether a drive lasts longer than anybody asked for."""
        return self._hold_until_ns is not None and now_ns >= self._hold_until_ns

    def keep_alive(self, now_ns: int) -> None:
        """Ask something now and then, so that a head which has gone is missed."""
        if now_ns >= self._keep_alive_ns:
            self._keep_alive_ns = now_ns + _KEEP_ALIVE_NS
            self.queue.enqueue(QueuedCommand(CommandLane.INQUIRY, visca_messages.VERSION))

    def next_due_ns(self) -> int:
        """When there is something to do if nothing is heard until then."""
        due_times = (self.queue.next_due_ns(), self._hold_until_ns, self._keep_alive_ns)
        return min(at_ns for at_ns in due_times if at_ns is not None)

    def pop_resolved(self) -> list[tuple[QueuedCommand, Future[None] | None]]:
        """The orders that have ended, each with who waits for it."""
        resolved: list[tuple[QueuedCommand, Future[None] | None]] = []
        for command in self.queue.pop_finished():
            pending = self._pending.pop(command, None)
            if command is self._recall_command and pending is not None:
                self._recall_command = None
                self._preset = pending.preset if command.outcome is Outcome.DONE else None
            if command.lane in _STOP_BODIES and command.outcome not in (Outcome.DONE, Outcome.SUPERSEDED):
                self._on_failed_axis_command(command)
            resolved.append((command, self._future_to_resolve(command, pending) if pending is not None else None))
        return resolved

    def _future_to_resolve(self, command: QueuedCommand, pending: _PendingFuture) -> Future[None] | None:
        """The promise that this order's end decides: it failed, or it was the last."""
        pending.commands.remove(command)
        if command.outcome is Outcome.DONE and pending.commands:
            return None
        for sibling in pending.commands:
            del self._pending[sibling]
        return pending.future

    def fail_all(self, error: DeviceLost) -> None:
        """Nobody will arrive any more."""
        pending_by_command, self._pending, self._recall_command = self._pending, {}, None
        for future in {pending.future for pending in pending_by_command.values()}:
            future.set_exception(error)

    def _stop_axes(self) -> list[QueuedCommand]:
        self._hold_until_ns = None
        return [self._enqueue(lane, body) for lane, body in _STOP_BODIES.items()]

    def _enqueue(self, lane: CommandLane, body: bytes) -> QueuedCommand:
        self._commanded[lane] = body
        command = QueuedCommand(lane, body)
        self.queue.enqueue(command)
        return command

    def _track(self, commands: list[QueuedCommand], future: Future[None] | None) -> None:
        if future is not None:
            pending = _PendingFuture(future, commands)
            self._pending |= dict.fromkeys(commands, pending)

    def _on_failed_axis_command(self, command: QueuedCommand) -> None:
        """What was told is not so: it may be said again, and a stop must be."""
        self._commanded[command.lane] = b""
        if command.outcome is Outcome.BUSY and command.body == _STOP_BODIES[command.lane]:
            self._enqueue(command.lane, command.body)

    def _cancel_recall(self) -> None:
        if self._recall_command is not None:
            self.queue.cancel(self._recall_command)
            self._recall_command = None
