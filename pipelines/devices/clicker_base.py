"""Supervise the room's clicker base: open questions again after a reconnect, and listen to presses between polls."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock

from drivers.errors import DeviceLost, DeviceMisconfigured
from drivers.protocols import ClickerReceiver
from drivers.samples import (
    AskQuestion,
    AssignNumber,
    ClickerAnswer,
    QuestionKind,
    ReceiverCapabilities,
    ReceiverEvent,
    StopAsking,
)
from pipelines.devices.device_state import DeviceCondition
from pipelines.devices.device_supervisor import DeviceSupervisor

log = logging.getLogger(__name__)

ROLE = "clickers"
"""The role of the base, which is the only one of its kind."""

EventListener = Callable[[Sequence[ReceiverEvent]], None]

_MAX_PRESSES = 64
_LISTEN_NS = 5_000_000_000


class ClickerBase:
    """One clicker receiver in its role, read by a thread of its own; every method may be called by any thread.

    ``on_events`` gets the events in order, as soon as they come, on the reading thread; it must not block.
    Receivers are silent by nature, so the supervisor never calls this one stalled. Between polls the base can listen
    to any press, so that clickers are bound to students; see ``presses_since``. ``make`` is None in a room without
    clickers: then nothing is ever opened.
    """

    def __init__(
        self,
        role: str,
        make: Callable[[], ClickerReceiver] | None,
        on_events: EventListener,
        on_change: Callable[[str, DeviceCondition[ReceiverCapabilities]], None],
    ) -> None:
        self._role = role
        self._make = make
        self._on_events = on_events
        self._lock = Lock()
        self._receiver: ClickerReceiver | None = None
        self._question: AskQuestion | None = None
        self._listen_until_ns: int | None = None
        self._presses: deque[tuple[int, str]] = deque(maxlen=_MAX_PRESSES)
        self._supervisor = DeviceSupervisor(role, self._make_device, on_change)
        self._supervisor.attach(self._deliver)

    @property
    def is_installed(self) -> bool:
        """Whether the room has clickers at all."""
        return self._make is not None

    @property
    def condition(self) -> DeviceCondition[ReceiverCapabilities]:
        """The base's state, and its format while it runs."""
        return self._supervisor.condition

    def start(self) -> None:
        """Begin to open the base, if the room has one."""
        if self.is_installed:
            self._supervisor.start()

    def ask(self, question: AskQuestion) -> None:
        """Open a question, now or as soon as the base is connected.

        Raises:
            DeviceMisconfigured: This base cannot ask such a question.
        """
        with self._lock:
            self._send_question(question)
            self._listen_until_ns = None

    def stop_asking(self) -> None:
        """Close the question, if one is open."""
        with self._lock:
            self._close_question()

    def assign_number(self, device: str) -> None:
        """Assign an id to the clicker that waits for one.

        Raises:
            DeviceLost: The base is not connected.
            DeviceMisconfigured: It cannot assign this id.
        """
        with self._lock:
            if self._receiver is None:
                raise DeviceLost(self._role, "the clicker base is not connected")
            self._receiver.send(AssignNumber(device))

    def presses_since(self, since_ns: int, *, anew: bool = False) -> list[tuple[int, str]]:
        """The presses after ``since_ns``, in order: when, and of which clicker.

        A base without an open question listens for 5 s more. One that listens already is asked again where it is to
        begin ``anew``: there are clickers that send one answer to a question.
        """
        with self._lock:
            is_listening = self._listen_until_ns is not None
            if is_listening and anew:
                self._close_question()
                is_listening = False
            if not is_listening and self._question is None:
                is_listening = True
                try:
                    self._send_question(AskQuestion(QuestionKind.SINGLE))
                except DeviceMisconfigured as error:
                    log.warning("the base does not listen between polls: %s", error.reason)
            if is_listening:
                self._listen_until_ns = time.monotonic_ns() + _LISTEN_NS
            return [(at_ns, device) for at_ns, device in self._presses if at_ns > since_ns]

    def check_watchdog(self, now_ns: int) -> None:
        """Stop listening between polls when nobody asks any more; see also ``DeviceSupervisor.check_watchdog``."""
        self._supervisor.check_watchdog(now_ns)
        with self._lock:
            if self._listen_until_ns is not None and now_ns > self._listen_until_ns:
                self._close_question()

    def retry_now(self) -> None:
        """End the back-off at once: something was plugged in."""
        self._supervisor.retry_now()

    def close(self) -> None:
        """Stop reading and close the base. Idempotent."""
        self._supervisor.close()

    def _send_question(self, question: AskQuestion) -> None:
        if self._receiver is not None:
            with suppress(DeviceLost):
                self._receiver.send(question)
        self._question = question

    def _close_question(self) -> None:
        self._question = self._listen_until_ns = None
        if self._receiver is not None:
            with suppress(DeviceLost):
                self._receiver.send(StopAsking())

    def _make_device(self) -> _ClickerDevice:
        if self._make is None:
            raise AssertionError("a room without clickers has no receiver to open")
        return _ClickerDevice(self._make(), self._on_opened, self._on_closed)

    def _on_opened(self, receiver: ClickerReceiver) -> None:
        with self._lock:
            self._receiver = receiver
            if self._question is None:
                return
            try:
                receiver.send(self._question)
            except DeviceMisconfigured as error:  # another base than before
                log.warning("%s: the open question cannot be asked any more: %s", self._role, error.reason)

    def _on_closed(self, receiver: ClickerReceiver) -> None:
        with self._lock:
            if self._receiver is receiver:
                self._receiver = None

    def _deliver(self, form: ReceiverCapabilities, events: Sequence[ReceiverEvent]) -> None:
        if events:
            with self._lock:
                self._presses += [(one.captured_ns, one.device) for one in events if isinstance(one, ClickerAnswer)]
            self._on_events(events)


class _ClickerDevice:
    """A receiver as a ``ReopenableDevice``, which gets the open question as soon as it is open."""

    def __init__(
        self,
        receiver: ClickerReceiver,
        on_opened: Callable[[ClickerReceiver], None],
        on_closed: Callable[[ClickerReceiver], None],
    ) -> None:
        self._receiver = receiver
        self._on_opened = on_opened
        self._on_closed = on_closed

    def open(self) -> ReceiverCapabilities:
        form = self._receiver.open()
        self._on_opened(self._receiver)
        return form

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        return self._receiver.read(timeout_s)

    def close(self) -> None:
        self._on_closed(self._receiver)
        self._receiver.close()
