"""The simulated base station: a thread that receives commands and sends the answers of a simulated class."""

from __future__ import annotations

import logging
import select
import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock, Thread

from drivers.clicker.simulation.link_faults import MessageFate, MessageFaults
from drivers.clicker.simulation.protocols import BaseProtocol
from drivers.clicker.simulation.simulated_class import SimulatedClass, SimulatedPress
from drivers.clicker.simulation.transports import SimulatedTransport
from drivers.samples import AskQuestion, QuestionKind, TeacherKey
from drivers.truth_log import TruthLog
from drivers.wake_pipe import WakePipe

log = logging.getLogger(__name__)

JOIN_TIMEOUT_S = 2.0
POLL_S = 0.02


class SimulatedBase:
    """A base that is connected from ``start`` until ``close`` or until ``is_unplugged`` is true.

    ``is_unplugged`` and ``is_silent`` are polled 50 times a second; while ``is_silent`` no message gets through.
    ``on_question`` is called from the base's thread with each question that is started, and with None when it ends.
    """

    def __init__(
        self,
        transport: SimulatedTransport,
        protocol: BaseProtocol,
        simulated_class: SimulatedClass,
        faults: MessageFaults,
        truth_log: TruthLog,
        *,
        is_unplugged: Callable[[], bool],
        is_silent: Callable[[], bool],
        on_question: Callable[[AskQuestion | None], None],
    ) -> None:
        self._transport = transport
        self._protocol = protocol
        self._class = simulated_class
        self._faults = faults
        self._truth_log = truth_log
        self._is_unplugged = is_unplugged
        self._is_silent = is_silent
        self._on_question = on_question
        self._question: AskQuestion | None = None
        self._question_ns = 0
        self._kind = QuestionKind.SINGLE
        self._last_message = b""
        self._queued: deque[tuple[str, str] | TeacherKey] = deque()
        self._is_closing = False
        self._lock = Lock()
        self._wakeup = WakePipe()
        self._thread: Thread | None = Thread(target=self._run, name="simulated-clicker-base")

    def start(self) -> None:
        if self._thread is not None:
            self._thread.start()

    def press(self, device: str, text: str) -> None:
        """Press a clicker now, whether a question is open or not; from any thread."""
        self._queue((device, text))

    def press_key(self, key: TeacherKey) -> None:
        """Press a key of the teacher's keypad now; from any thread."""
        self._queue(key)

    def close(self) -> None:
        """Disconnect and end the thread; idempotent."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            self._is_closing = True
            self._wakeup.wake()
        thread.join(JOIN_TIMEOUT_S)
        self._wakeup.close()

    def _queue(self, press: tuple[str, str] | TeacherKey) -> None:
        with self._lock:
            if self._thread is not None:
                self._queued.append(press)
                self._wakeup.wake()

    def _run(self) -> None:
        self._log("plugged")
        poll = select.poll()
        for descriptor in (self._transport.fileno(), self._wakeup.fileno()):
            poll.register(descriptor, select.POLLIN)
        while not self._is_closing and not self._is_unplugged():
            for descriptor, _ in poll.poll(self._wait_ms()):
                if descriptor == self._wakeup.fileno():
                    self._wakeup.drain()
                else:
                    self._handle_bytes(self._transport.receive())
            self._send_queued()
            if self._question is not None:
                for press in self._class.pop_due(time.monotonic_ns()):
                    self._send_answer(press)
        if not self._is_closing:  # the cable goes in the middle of a message
            self._transport.send(self._last_message[: len(self._last_message) // 2])
        self._transport.close()
        self._log("unplugged")

    def _wait_ms(self) -> float:
        next_ns = self._class.next_ns() if self._question is not None else None
        if next_ns is None:
            return POLL_S * 1e3
        return min(POLL_S, max(0.0, (next_ns - time.monotonic_ns()) / 1e9)) * 1e3

    def _handle_bytes(self, data: bytes) -> None:
        for command in self._protocol.decode(data):
            if command.reply:
                self._transport.send(command.reply)
            if command.stops_question:
                self._close_question()
            if command.question is not None:
                self._open_question(command.question)

    def _open_question(self, question: AskQuestion) -> None:
        self._question, self._question_ns, self._kind = question, time.monotonic_ns(), question.kind
        self._class.open_question(question, self._question_ns)
        self._log("asked", question=self._class.question, kind=question.kind, at_ns=self._question_ns)
        self._on_question(question)

    def _close_question(self) -> None:
        self._class.close_question()
        if self._question is not None:
            self._log("stopped", question=self._class.question)
            self._on_question(None)
        self._question = None

    def _send_queued(self) -> None:
        while self._queued:
            press = self._queued.popleft()
            if isinstance(press, TeacherKey):
                self._log("key", key=press)
                if not self._is_silent():
                    self._transport.send(self._protocol.encode_key(press))
            else:
                self._send_answer(self._class.press(*press, time.monotonic_ns()))

    def _send_answer(self, press: SimulatedPress) -> None:
        since_ms = (time.monotonic_ns() - self._question_ns) // 1_000_000
        try:
            message = self._protocol.encode_answer(press, self._kind, self._class.question, since_ms)
        except ValueError as error:
            log.warning("a simulated clicker cannot press %r: %s", press.text, error)
            return
        self._last_message = message
        copies: Sequence[tuple[bytes, MessageFate]] = [(b"", MessageFate.LOST)]
        if not self._is_silent():
            copies = self._faults.apply(message, self._protocol.corrupt)
        for copy, fate in copies:
            sent_ns = time.monotonic_ns()
            if not copy or not self._transport.send(copy):
                fate = MessageFate.LOST
            self._log(
                "answer",
                press=press.number,
                question=self._class.question,
                device=press.device,
                form=press.form,
                text=press.text,
                pressed_ns=press.at_ns,
                sent_ns=sent_ns,
                fate=fate,
            )

    def _log(self, event: str, **what: object) -> None:
        self._truth_log.write({"event": event, "written_ns": time.monotonic_ns(), **what})
