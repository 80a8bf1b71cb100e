"""A simulated base: a thread that speaks a base's language at the far end of a cable."""

from __future__ import annotations

import json
import logging
import os
import select
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from drivers.clicker.simulation.link_faults import MessageFate, MessageFaults
from drivers.clicker.simulation.protocols import BaseProtocol
from drivers.clicker.simulation.simulated_class import SimulatedClass, SimulatedPress
from drivers.clicker.simulation.transports import SimulatedTransport
from drivers.samples import AskQuestion, QuestionKind, TeacherKey

log = logging.getLogger(__name__)

JOIN_S = 2.0
LOOK_S = 0.02


class TruthLog:
    """What really happened, appended to a file as JSON lines; without a file nowhere. OSError at once or never."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        if file is not None:
            file.touch()

    def write(self, event: str, **what: Any) -> None:
        """One line, stamped now."""
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"event": event, "written_ns": time.monotonic_ns(), **what}) + "\n")


class SimulatedBase:
    """Plugged in from ``start`` until ``close``, or until ``away`` says that it was pulled out.

    ``away`` and ``silent`` are asked 50 times a second; while ``silent`` no message gets through. ``told`` is
    called from the base's thread with every question that is opened and, with None, ended.
    """

    def __init__(
        self,
        link: SimulatedTransport,
        speech: BaseProtocol,
        students: SimulatedClass,
        noise: MessageFaults,
        truth: TruthLog,
        *,
        away: Callable[[], bool],
        silent: Callable[[], bool],
        told: Callable[[AskQuestion | None], None],
    ) -> None:
        self._link = link
        self._speech = speech
        self._students = students
        self._noise = noise
        self._truth = truth
        self._away = away
        self._silent = silent
        self._told = told
        self._asked: AskQuestion | None = None
        self._asked_ns = 0
        self._kind = QuestionKind.SINGLE
        self._last_said = b""
        self._wanted: deque[tuple[str, str] | TeacherKey] = deque()
        self._closing = False
        self._lock = Lock()
        self._woken, self._waker = os.pipe()
        self._thread: Thread | None = Thread(target=self._run, name="simulated-clicker-base")

    def start(self) -> None:
        """Begin to listen and to answer."""
        if self._thread is not None:
            self._thread.start()

    def press(self, device: str, text: str) -> None:
        """Have a clicker pressed now, whether a question is open or not; from any thread."""
        self._want((device, text))

    def press_key(self, key: TeacherKey) -> None:
        """Have a key of the teacher's keypad pressed now; from any thread."""
        self._want(key)

    def close(self) -> None:
        """Pull the cable out and end the thread; again: nothing."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            self._closing = True
            os.write(self._waker, b"!")
        thread.join(JOIN_S)
        os.close(self._woken)
        os.close(self._waker)

    def _want(self, wanted: tuple[str, str] | TeacherKey) -> None:
        with self._lock:
            if self._thread is not None:
                self._wanted.append(wanted)
                os.write(self._waker, b"!")

    def _run(self) -> None:
        self._truth.write("plugged")
        waiting = select.poll()
        for descriptor in (self._link.fileno(), self._woken):
            waiting.register(descriptor, select.POLLIN)
        while not self._closing and not self._away():
            for descriptor, _ in waiting.poll(self._wait_ms()):
                if descriptor == self._woken:
                    os.read(self._woken, 4096)
                else:
                    self._obey(self._link.receive())
            self._do_wanted()
            if self._asked is not None:
                for press in self._students.due(time.monotonic_ns()):
                    self._answer(press)
        if not self._closing:  # the cable goes in the middle of a message
            self._link.send(self._last_said[: len(self._last_said) // 2])
        self._link.close()
        self._truth.write("unplugged")

    def _wait_ms(self) -> float:
        next_ns = self._students.next_ns() if self._asked is not None else None
        if next_ns is None:
            return LOOK_S * 1e3
        return min(LOOK_S, max(0.0, (next_ns - time.monotonic_ns()) / 1e9)) * 1e3

    def _obey(self, data: bytes) -> None:
        for order in self._speech.hear(data):
            if order.reply:
                self._link.send(order.reply)
            if order.stops:
                self._stop()
            if order.asks is not None:
                self._ask(order.asks)

    def _ask(self, ask: AskQuestion) -> None:
        self._asked, self._asked_ns, self._kind = ask, time.monotonic_ns(), ask.kind
        self._students.asked(ask, self._asked_ns)
        self._truth.write("asked", question=self._students.question, kind=ask.kind, at_ns=self._asked_ns)
        self._told(ask)

    def _stop(self) -> None:
        self._students.stopped()
        if self._asked is not None:
            self._truth.write("stopped", question=self._students.question)
            self._told(None)
        self._asked = None

    def _do_wanted(self) -> None:
        while self._wanted:
            wanted = self._wanted.popleft()
            if isinstance(wanted, TeacherKey):
                self._truth.write("key", key=wanted)
                if not self._silent():
                    self._link.send(self._speech.key(wanted))
            else:
                self._answer(self._students.press(*wanted, time.monotonic_ns()))

    def _answer(self, press: SimulatedPress) -> None:
        since_ms = (time.monotonic_ns() - self._asked_ns) // 1_000_000
        try:
            message = self._speech.answer(press, self._kind, self._students.question, since_ms)
        except ValueError as error:
            log.warning("a simulated clicker cannot press %r: %s", press.text, error)
            return
        self._last_said = message
        copies: Sequence[tuple[bytes, MessageFate]] = [(b"", MessageFate.LOST)]
        if not self._silent():
            copies = self._noise.carry(message, self._speech.damaged)
        for copy, fate in copies:
            sent_ns = time.monotonic_ns()
            if not copy or not self._link.send(copy):
                fate = MessageFate.LOST
            self._truth.write(
                "answer",
                press=press.number,
                question=self._students.question,
                device=press.device,
                form=press.form,
                text=press.text,
                pressed_ns=press.at_ns,
                sent_ns=sent_ns,
                fate=fate,
            )
