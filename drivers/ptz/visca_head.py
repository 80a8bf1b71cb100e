"""A PTZ head that speaks VISCA, over whichever line it hangs on."""

from __future__ import annotations

import logging
import select
import threading
import time
from concurrent.futures import Future

from drivers.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused, DeviceStalled, Superseded
from drivers.ptz import visca_messages
from drivers.ptz.command_queue import CommandLane, CommandQueue, NoAnswer, Outcome, QueuedCommand
from drivers.ptz.head_session import HeadSession
from drivers.ptz.transport import HeadTransport, ReceivedReply
from drivers.ptz.visca_messages import Counted
from drivers.samples import HeadModel, HeadState

log = logging.getLogger(__name__)

SHORTEST_HOLD_S = 0.3
_LOOK_NS = 1_000_000_000
_CLOSE_S = 1.0
_SILENT = "the head does not answer: is it on, and is this its address?"

_WHY = {
    Outcome.REFUSED: "the head cannot do this now: is it switched on, and its menu closed?",
    Outcome.NOT_KNOWN: "the head does not know this command",
    Outcome.BUSY: "the head is busy with what others tell it",
}


class ViscaHead:
    """See ``drivers.protocols.Ptz``.

    ``hold_s`` is how long a drive lasts that is not renewed, ``arrive_s`` how long the longest way may take.
    """

    def __init__(self, role: str, wire: HeadTransport, address: int, hold_s: float, arrive_s: float) -> None:
        self._role = role
        self._wire = wire
        self._address = address
        self._hold_ns = round(hold_s * 1e9)
        self._arrive_s = arrive_s
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._talk: HeadSession | None = None

    def open(self) -> HeadModel:
        """Ask what head it is, and have it stand still, for somebody may have left it driving.

        DeviceMissing, DeviceUnfit.
        """
        with self._reading:
            try:
                talk = HeadSession(CommandQueue(self._address), self._wire.open())
            except DeviceError:
                self._wire.close()
                raise
            try:
                version = self._asked(talk, visca_messages.VERSION)
            except DeviceLost as error:
                raise DeviceMissing(self._role, error.reason) from error
            talk.still()
            with self._lock:
                self._talk = talk
            return _model(version)

    def recall(self, preset: int) -> Future[None]:
        """Go to a preset, 0 to 15, whatever it does now; any later order takes its place."""
        if not 0 <= preset <= visca_messages.MOST_PRESET:
            raise ValueError(f"a preset is a number from 0 to {visca_messages.MOST_PRESET}, not {preset}")
        arrival = _promise()
        with self._lock:
            talk = self._talk
            if talk is not None:
                talk.recall(preset, round(self._arrive_s * 1e9), arrival)
        if talk is None:
            arrival.set_exception(DeviceLost(self._role, "the head is not open"))
        return arrival

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        """Turn and zoom at these shares of full speed for ``hold_s`` or until the next order; all 0: still."""
        if not all(-1 <= part <= 1 for part in (pan, tilt, zoom)):
            raise ValueError(f"a speed is a share of full speed from -1 to 1: {pan}, {tilt}, {zoom}")
        taken = _promise()
        said = True
        with self._lock:
            talk = self._talk
            if talk is not None and pan == tilt == zoom == 0:
                talk.still(taken)
            elif talk is not None:
                said = talk.drive(pan, tilt, zoom, time.monotonic_ns() + self._hold_ns, taken)
        if talk is None:
            taken.set_exception(DeviceLost(self._role, "the head is not open"))
        elif not said:
            taken.set_result(None)
        return taken

    def read(self, timeout_s: float) -> HeadState:
        """Talk with the head until its state changes or the time is over. DeviceStalled, DeviceLost."""
        with self._reading:
            talk = self._talk
            if talk is None:
                raise DeviceLost(self._role, "the head is closed")
            deadline_ns = time.monotonic_ns() + round(timeout_s * 1e9)
            while (state := self._state(talk)) == talk.shown and time.monotonic_ns() < deadline_ns:
                self._turn(talk, deadline_ns)
            if talk.conversation.overdue:
                raise DeviceStalled(self._role, "the head does not answer at once")
            talk.shown = state
            return state

    def close(self) -> None:
        """Stop a drive, and end a read in progress; again: nothing."""
        with self._lock:
            talk, self._talk = self._talk, None
            if talk is None:
                return
            talk.closing = True
            talk.wake()
        if not self._reading.acquire(timeout=_CLOSE_S):
            log.warning("%s: the head's line hangs and is left behind", self._role)
            return
        try:
            if talk.driving and not talk.lost:
                self._say_farewell(talk)
            self._lose(talk, DeviceLost(self._role, "the head was closed"))
        finally:
            self._reading.release()

    def _state(self, talk: HeadSession) -> HeadState:
        with self._lock:
            return talk.state()

    def _asked(self, talk: HeadSession, body: bytes) -> bytes:
        """What the head answers; nothing where it answers that it does not know. DeviceLost."""
        order = QueuedCommand(CommandLane.ASK, body)
        talk.conversation.ask(order)
        while order.outcome is None:
            self._turn(talk, time.monotonic_ns() + _LOOK_NS)
        return order.answer

    def _turn(self, talk: HeadSession, until_ns: int) -> None:
        """Send what is due, wait for what comes, and tell who waited for it."""
        try:
            self._send_due(talk)
            heard = self._listen(talk, until_ns)
        except NoAnswer as error:
            raise self._lose(talk, DeviceLost(self._role, _SILENT)) from error
        except DeviceLost as error:
            raise self._lose(talk, error) from error
        with self._lock:
            for one in heard:
                # Whatever else hangs on the chain is heard too.
                if not isinstance(one.reply, Counted) and one.reply.sender == self._address:
                    talk.conversation.heard(one.reply, one.number, time.monotonic_ns())
            settled = talk.settle()
        for order, promise in settled:
            if promise is not None:
                self._keep(promise, order)
            if order.lane in (CommandLane.TURN, CommandLane.ZOOM):
                self._note(talk, order)
        if talk.closing:
            raise self._lose(talk, DeviceLost(self._role, "the head was closed"))

    def _send_due(self, talk: HeadSession) -> None:
        with self._lock:
            now_ns = time.monotonic_ns()
            if talk.unattended(now_ns):
                log.warning("%s: nobody renewed the drive, so the head is stopped", self._role)
                talk.still()
            talk.beat(now_ns)
            sending = talk.conversation.next(now_ns)
        if sending is not None:
            self._wire.send(sending.packet, sending.number)

    def _listen(self, talk: HeadSession, until_ns: int) -> list[ReceivedReply]:
        with self._lock:
            until_ns = min(until_ns, talk.next_ns())
        wait_s = max(0, until_ns - time.monotonic_ns()) / 1e9
        ready, _, _ = select.select(talk.descriptors, [], [], wait_s)
        talk.rest()
        return self._wire.receive() if talk.line in ready else []

    def _keep(self, promise: Future[None], order: QueuedCommand) -> None:
        """Tell who waits."""
        match order.outcome:
            case Outcome.DONE:
                promise.set_result(None)
            case Outcome.SUPERSEDED:
                promise.set_exception(Superseded(self._role, "another order came first"))
            case Outcome.ENDLESS:
                reason = f"the head did not say within {self._arrive_s:g} s that it arrived"
                promise.set_exception(DeviceStalled(self._role, reason))
            case Outcome.REFUSED | Outcome.NOT_KNOWN | Outcome.BUSY as outcome:
                promise.set_exception(DeviceRefused(self._role, _WHY[outcome]))

    def _note(self, talk: HeadSession, order: QueuedCommand) -> None:
        """Seldom does anybody wait for the end of a drive; one that is refused is worth a word, once."""
        match order.outcome:
            case Outcome.DONE:
                talk.refusing = False
            case Outcome.REFUSED | Outcome.NOT_KNOWN | Outcome.BUSY as outcome:
                level = logging.DEBUG if talk.refusing else logging.WARNING
                log.log(level, "%s: the order to %s is lost: %s", self._role, order.lane.value, _WHY[outcome])
                talk.refusing = True

    def _lose(self, talk: HeadSession, error: DeviceLost) -> DeviceLost:
        """Let everything of this open go; again: nothing."""
        with self._lock:
            if self._talk is talk:
                self._talk = None
        if not talk.lost:
            talk.lost = True
            self._wire.close()
            talk.close()
            talk.give_up(error)
        return error

    def _say_farewell(self, talk: HeadSession) -> None:
        """Nobody waits for the answers; it is lost or it is not."""
        try:
            for body in (visca_messages.PAN_TILT_STOP, visca_messages.ZOOM_STOP):
                sending = talk.conversation.unasked(body)
                self._wire.send(sending.packet, sending.number)
        except DeviceLost as error:
            log.warning("%s: closed while it was driven, and not stopped: %s", self._role, error.reason)


def _promise() -> Future[None]:
    """Not to be cancelled: what is told to a head is not untold by whoever waits no more."""
    made: Future[None] = Future()
    made.set_running_or_notify_cancel()
    return made


def _model(version: bytes) -> HeadModel:
    """Two bytes each of vendor, model and revision, as far as the head told them."""
    padded = version[:6].ljust(6, b"\0")
    vendor, model, revision = (int.from_bytes(padded[at : at + 2]) for at in (0, 2, 4))
    return HeadModel(vendor, model, revision)
