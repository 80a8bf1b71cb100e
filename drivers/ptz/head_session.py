"""The session with one open head: what it was last commanded, its state, and the futures of those who wait."""

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
    """A future that is done when all of its commands have succeeded; ``preset`` is the one they are about, if any."""

    future: Future[None]
    commands: list[QueuedCommand]
    preset: int | None = None


class HeadSession:
    """The state between one open and its close; the caller sees to it that one thread at a time calls.

    ``wakeup`` interrupts the thread that waits for the transport; ``last_state`` is the state returned last.
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
        """Whether it pans, tilts or zooms until it is told to stop."""
        return self._hold_until_ns is not None

    def state(self) -> HeadState:
        """Return the state as far as it follows from commands and replies."""
        destination = self._pending[self._recall_command].preset if self._recall_command is not None else None
        return HeadState(
            self._preset if destination is None else destination, moving=destination is not None or self.is_driving
        )

    def recall(self, preset: int, max_travel_ns: int, future: Future[None]) -> None:
        """Move to a preset; a drive is stopped first."""
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
        """Pan, tilt and zoom; return whether anything is sent, since what it already does is not commanded again."""
        self._cancel_recall()
        self._preset = None
        self._hold_until_ns = hold_until_ns
        bodies = {CommandLane.TURN: visca_messages.pan_tilt(pan, tilt), CommandLane.ZOOM: visca_messages.zoom(zoom)}
        commands = [self._enqueue(lane, body) for lane, body in bodies.items() if self._commanded[lane] != body]
        self._track(commands, future)
        self.wakeup.wake()
        return bool(commands)

    def stop(self, future: Future[None] | None = None) -> None:
        """Stop all movement; sent even if it should stand still, because somebody may see that it does not."""
        if self._recall_command is not None or self.is_driving:
            self._preset = None
        self._cancel_recall()
        self._track(self._stop_axes(), future)
        self.wakeup.wake()

    def store(self, preset: int, future: Future[None]) -> bool:
        """Store the present position as a preset; return False, and send nothing, while it moves."""
        if self.state().moving:
            return False
        command = QueuedCommand(CommandLane.STORE, visca_messages.store(preset))
        self._pending[command] = _PendingFuture(future, [command], preset)
        self.queue.enqueue(command)
        self.wakeup.wake()
        return True

    def is_hold_expired(self, now_ns: int) -> bool:
        """Return whether a drive has not been renewed in time."""
        return self._hold_until_ns is not None and now_ns >= self._hold_until_ns

    def keep_alive(self, now_ns: int) -> None:
        """Send an inquiry every two seconds, so that a head that has gone is noticed."""
        if now_ns >= self._keep_alive_ns:
            self._keep_alive_ns = now_ns + _KEEP_ALIVE_NS
            self.queue.enqueue(QueuedCommand(CommandLane.INQUIRY, visca_messages.VERSION))

    def next_due_ns(self) -> int:
        """Return when there is something to do if no reply comes before."""
        due_times = (self.queue.next_due_ns(), self._hold_until_ns, self._keep_alive_ns)
        return min(at_ns for at_ns in due_times if at_ns is not None)

    def pop_resolved(self) -> list[tuple[QueuedCommand, Future[None] | None]]:
        """Return the commands that have ended, each with the future that this resolves, if any."""
        resolved: list[tuple[QueuedCommand, Future[None] | None]] = []
        for command in self.queue.pop_finished():
            pending = self._pending.pop(command, None)
            if command is self._recall_command and pending is not None:
                self._recall_command = None
                self._preset = pending.preset if command.outcome is Outcome.DONE else None
            elif command.lane is CommandLane.STORE and pending is not None and command.outcome is Outcome.DONE:
                self._preset = self._preset if self.state().moving else pending.preset
            if command.lane in _STOP_BODIES and command.outcome not in (Outcome.DONE, Outcome.SUPERSEDED):
                self._on_failed_axis_command(command)
            resolved.append((command, self._future_to_resolve(command, pending) if pending is not None else None))
        return resolved

    def _future_to_resolve(self, command: QueuedCommand, pending: _PendingFuture) -> Future[None] | None:
        """Return the future that the end of this command decides: it failed, or it was the last one."""
        pending.commands.remove(command)
        if command.outcome is Outcome.DONE and pending.commands:
            return None
        for sibling in pending.commands:
            del self._pending[sibling]
        return pending.future

    def fail_all(self, error: DeviceLost) -> None:
        """Fail every pending future."""
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
        """Forget what was commanded, so that it may be sent again; resend at once a stop that met a busy head."""
        self._commanded[command.lane] = b""
        if command.outcome is Outcome.BUSY and command.body == _STOP_BODIES[command.lane]:
            self._enqueue(command.lane, command.body)

    def _cancel_recall(self) -> None:
        if self._recall_command is not None:
            self.queue.cancel(self._recall_command)
            self._recall_command = None
