"""A PTZ head that is controlled by VISCA, over any transport."""

from __future__ import annotations

import logging
import select
import threading
import time
from concurrent.futures import Future

from drivers.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused, DeviceStalled, Superseded
from drivers.ptz import visca_messages
from drivers.ptz.command_queue import CommandLane, CommandQueue, HeadNotAnswering, Outcome, QueuedCommand
from drivers.ptz.head_session import HeadSession
from drivers.ptz.transport import HeadTransport, ReceivedReply
from drivers.ptz.visca_messages import AddressSetReply, Reply
from drivers.samples import HeadModel, HeadState

log = logging.getLogger(__name__)

MIN_HOLD_S = 0.3
_POLL_NS = 1_000_000_000
_CLOSE_S = 1.0
_NO_REPLY = "the head does not answer: is it on, and is this its address?"

_REFUSAL_REASONS = {
    Outcome.REFUSED: "the head cannot do this now: is it switched on, and its menu closed?",
    Outcome.UNKNOWN_COMMAND: "the head does not know this command",
    Outcome.BUSY: "the head is busy with what others tell it",
}


class ViscaHead:
    """See ``drivers.protocols.PtzDevice``.

    ``hold_s`` is how long a drive lasts that is not renewed; ``arrive_s`` how long the longest movement may take.
    """

    def __init__(self, role: str, transport: HeadTransport, address: int, hold_s: float, arrive_s: float) -> None:
        self._role = role
        self._transport = transport
        self._address = address
        self._hold_ns = round(hold_s * 1e9)
        self._arrive_s = arrive_s
        self._read_lock = threading.Lock()
        self._lock = threading.Lock()
        self._session: HeadSession | None = None

    def open(self) -> HeadModel:
        """Connect, inquire the version and stop the head, since another controller may have left it driving."""
        with self._read_lock:
            try:
                session = HeadSession(CommandQueue(self._address), self._transport.open())
            except DeviceError:
                self._transport.close()
                raise
            try:
                version = self._inquire(session, visca_messages.VERSION)
            except DeviceLost as error:
                raise DeviceMissing(self._role, error.reason) from error
            session.stop()
            with self._lock:
                self._session = session
            return _parse_model(version)

    def recall(self, preset: int) -> Future[None]:
        _check_preset(preset)
        future = _uncancellable_future()
        with self._lock:
            session = self._session
            if session is not None:
                session.recall(preset, round(self._arrive_s * 1e9), future)
        if session is None:
            future.set_exception(DeviceLost(self._role, "the head is not open"))
        return future

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        if not all(-1 <= part <= 1 for part in (pan, tilt, zoom)):
            raise ValueError(f"a speed is a share of full speed from -1 to 1: {pan}, {tilt}, {zoom}")
        future = _uncancellable_future()
        is_sent = True
        with self._lock:
            session = self._session
            if session is not None and pan == tilt == zoom == 0:
                session.stop(future)
            elif session is not None:
                is_sent = session.drive(pan, tilt, zoom, time.monotonic_ns() + self._hold_ns, future)
        if session is None:
            future.set_exception(DeviceLost(self._role, "the head is not open"))
        elif not is_sent:
            future.set_result(None)
        return future

    def store(self, preset: int) -> Future[None]:
        _check_preset(preset)
        future = _uncancellable_future()
        is_still = True
        with self._lock:
            session = self._session
            if session is not None:
                is_still = session.store(preset, future)
        if session is None:
            future.set_exception(DeviceLost(self._role, "the head is not open"))
        elif not is_still:
            future.set_exception(DeviceRefused(self._role, "the head moves: store its position when it stands still"))
        return future

    def read(self, timeout_s: float) -> HeadState:
        with self._read_lock:
            session = self._session
            if session is None:
                raise DeviceLost(self._role, "the head is closed")
            deadline_ns = time.monotonic_ns() + round(timeout_s * 1e9)
            while (state := self._current_state(session)) == session.last_state and time.monotonic_ns() < deadline_ns:
                self._poll_once(session, deadline_ns)
            if session.queue.is_overdue:
                raise DeviceStalled(self._role, "the head does not answer at once")
            session.last_state = state
            return state

    def close(self) -> None:
        with self._lock:
            session, self._session = self._session, None
            if session is None:
                return
            session.is_closing = True
            session.wakeup.wake()
        if not self._read_lock.acquire(timeout=_CLOSE_S):
            log.warning("%s: the head's line hangs and is left behind", self._role)
            return
        try:
            if session.is_driving and not session.is_lost:
                self._send_stop(session)
            self._close_session(session, DeviceLost(self._role, "the head was closed"))
        finally:
            self._read_lock.release()

    def _current_state(self, session: HeadSession) -> HeadState:
        with self._lock:
            return session.state()

    def _inquire(self, session: HeadSession, body: bytes) -> bytes:
        """Return the answer to an inquiry; empty if the head does not know it."""
        command = QueuedCommand(CommandLane.INQUIRY, body)
        session.queue.enqueue(command)
        while command.outcome is None:
            self._poll_once(session, time.monotonic_ns() + _POLL_NS)
        return command.answer

    def _poll_once(self, session: HeadSession, until_ns: int) -> None:
        """Send what is due, wait for replies until ``until_ns`` at the latest, and resolve futures."""
        try:
            self._send_due(session)
            replies = self._receive(session, until_ns)
        except HeadNotAnswering as error:
            raise self._close_session(session, DeviceLost(self._role, _NO_REPLY)) from error
        except DeviceLost as error:
            raise self._close_session(session, error) from error
        with self._lock:
            for received in replies:
                if self._is_ours(received.reply):
                    session.queue.on_reply(received.reply, received.sequence, time.monotonic_ns())
            resolved = session.pop_resolved()
        for command, future in resolved:
            if future is not None:
                self._resolve(future, command)
            if command.lane in (CommandLane.TURN, CommandLane.ZOOM):
                self._log_refusal(session, command)
        if session.is_closing:
            raise self._close_session(session, DeviceLost(self._role, "the head was closed"))

    def _is_ours(self, reply: Reply) -> bool:
        """Whether it comes from this head: whatever else hangs on a chain is heard too."""
        if isinstance(reply, AddressSetReply):
            return False
        return not self._transport.is_shared or reply.sender == self._address

    def _send_due(self, session: HeadSession) -> None:
        with self._lock:
            now_ns = time.monotonic_ns()
            if session.is_hold_expired(now_ns):
                log.warning("%s: nobody renewed the drive, so the head is stopped", self._role)
                session.stop()
            session.keep_alive(now_ns)
            outgoing = session.queue.next_packet(now_ns)
        if outgoing is not None:
            self._transport.send(outgoing.packet, outgoing.sequence)

    def _receive(self, session: HeadSession, until_ns: int) -> list[ReceivedReply]:
        with self._lock:
            until_ns = min(until_ns, session.next_due_ns())
        wait_s = max(0, until_ns - time.monotonic_ns()) / 1e9
        ready, _, _ = select.select([session.descriptor, session.wakeup.fileno()], [], [], wait_s)
        session.wakeup.drain()
        return self._transport.receive() if session.descriptor in ready else []

    def _resolve(self, future: Future[None], command: QueuedCommand) -> None:
        match command.outcome:
            case Outcome.DONE:
                future.set_result(None)
            case Outcome.SUPERSEDED:
                future.set_exception(Superseded(self._role, "another order came first"))
            case Outcome.TIMED_OUT:
                reason = f"the head did not say within {self._arrive_s:g} s that it arrived"
                future.set_exception(DeviceStalled(self._role, reason))
            case Outcome.REFUSED | Outcome.UNKNOWN_COMMAND | Outcome.BUSY as outcome:
                future.set_exception(DeviceRefused(self._role, _REFUSAL_REASONS[outcome]))

    def _log_refusal(self, session: HeadSession, command: QueuedCommand) -> None:
        """Log the first of a row of refused drives: seldom does anybody wait for a drive's future."""
        match command.outcome:
            case Outcome.DONE:
                session.is_refusing = False
            case Outcome.REFUSED | Outcome.UNKNOWN_COMMAND | Outcome.BUSY as outcome:
                level = logging.DEBUG if session.is_refusing else logging.WARNING
                log.log(
                    level, "%s: the order to %s is lost: %s", self._role, command.lane.value, _REFUSAL_REASONS[outcome]
                )
                session.is_refusing = True

    def _close_session(self, session: HeadSession, error: DeviceLost) -> DeviceLost:
        """Close the session and fail its futures; idempotent."""
        with self._lock:
            if self._session is session:
                self._session = None
        if not session.is_lost:
            session.is_lost = True
            self._transport.close()
            session.wakeup.close()
            session.fail_all(error)
        return error

    def _send_stop(self, session: HeadSession) -> None:
        try:
            for body in (visca_messages.PAN_TILT_STOP, visca_messages.ZOOM_STOP):
                outgoing = session.queue.unacknowledged(body)
                self._transport.send(outgoing.packet, outgoing.sequence)
        except DeviceLost as error:
            log.warning("%s: closed while it was driven, and not stopped: %s", self._role, error.reason)


def _check_preset(preset: int) -> None:
    if not 0 <= preset <= visca_messages.MAX_PRESET:
        raise ValueError(f"a preset is a number from 0 to {visca_messages.MAX_PRESET}, not {preset}")


def _uncancellable_future() -> Future[None]:
    """Return a running future: a command that was sent is not undone by a caller that no longer waits."""
    future: Future[None] = Future()
    future.set_running_or_notify_cancel()
    return future


def _parse_model(version: bytes) -> HeadModel:
    """Decode the answer to the version inquiry: two bytes each of vendor, model and revision, missing ones 0."""
    padded = version[:6].ljust(6, b"\0")
    vendor, model, revision = (int.from_bytes(padded[at : at + 2]) for at in (0, 2, 4))
    return HeadModel(vendor, model, revision)
