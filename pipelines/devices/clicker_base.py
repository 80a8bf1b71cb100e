"""The clicker base of a room: kept open, and asked again what is being asked whenever it comes back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock

from drivers.errors import DeviceLost, DeviceMisconfigured
from drivers.protocols import ClickerReceiver
from drivers.samples import AskQuestion, AssignNumber, ReceiverCapabilities, ReceiverEvent, StopAsking
from pipelines.devices.device_supervisor import DeviceCondition, DeviceSupervisor

log = logging.getLogger(__name__)

ROLE = "clickers"
"""The role of the base, which is the only one of its kind."""

Listener = Callable[[Sequence[ReceiverEvent]], None]


class ClickerBase:
    """One receiver in its role, read by a thread of its own; everything else may be called by any thread.

    ``listen`` gets what came, in its order and as soon as it came, from the reading thread; it must not wait.
    Receivers are silent by nature, so the source that keeps this one open never calls it stalled.
    """

    def __init__(
        self,
        role: str,
        make: Callable[[], ClickerReceiver],
        listen: Listener,
        on_change: Callable[[str, DeviceCondition[ReceiverCapabilities]], None],
    ) -> None:
        self._role = role
        self._make = make
        self._listen = listen
        self._lock = Lock()
        self._receiver: ClickerReceiver | None = None
        self._asked: AskQuestion | None = None
        self._source = DeviceSupervisor(role, self._made, on_change)
        self._source.attach(self._deliver)

    @property
    def condition(self) -> DeviceCondition[ReceiverCapabilities]:
        """How the base does now, and what it can do while it runs."""
        return self._source.condition

    def start(self) -> None:
        """Begin to open the base."""
        self._source.start()

    def ask(self, ask: AskQuestion) -> None:
        """Open a question; a base that is away is asked when it comes. DeviceUnfit for what this one cannot ask."""
        with self._lock:
            if self._receiver is not None:
                with suppress(DeviceLost):
                    self._receiver.send(ask)
            self._asked = ask

    def stop_asking(self) -> None:
        """End the question, if one is open."""
        with self._lock:
            self._asked = None
            if self._receiver is not None:
                with suppress(DeviceLost):
                    self._receiver.send(StopAsking())

    def set_device(self, device: str) -> None:
        """Give a number to the clicker that waits for one. DeviceLost without a base, DeviceUnfit."""
        with self._lock:
            if self._receiver is None:
                raise DeviceLost(self._role, "the clicker base is not connected")
            self._receiver.send(AssignNumber(device))

    def watch(self, now_ns: int) -> None:
        """See ``DeviceSupervisor.watch``."""
        self._source.watch(now_ns)

    def wake(self) -> None:
        """Something was plugged in: try again now."""
        self._source.wake()

    def close(self) -> None:
        """Stop reading and let the base go; again: nothing."""
        self._source.close()

    def _made(self) -> _AskingReceiver:
        return _AskingReceiver(self._make(), self._opened, self._gone)

    def _opened(self, receiver: ClickerReceiver) -> None:
        with self._lock:
            self._receiver = receiver
            if self._asked is None:
                return
            try:
                receiver.send(self._asked)
            except DeviceMisconfigured as error:  # another base than before
                log.warning("%s: the open question cannot be asked any more: %s", self._role, error.reason)

    def _gone(self, receiver: ClickerReceiver) -> None:
        with self._lock:
            if self._receiver is receiver:
                self._receiver = None

    def _deliver(self, form: ReceiverCapabilities, events: Sequence[ReceiverEvent]) -> None:
        if events:
            self._listen(events)


class _AskingReceiver:
    """A receiver as a source's device, which is told the open question as soon as it is there."""

    def __init__(
        self,
        receiver: ClickerReceiver,
        opened: Callable[[ClickerReceiver], None],
        gone: Callable[[ClickerReceiver], None],
    ) -> None:
        self._receiver = receiver
        self._opened = opened
        self._gone = gone

    def open(self) -> ReceiverCapabilities:
        """See ``ClickerReceiver``."""
        form = self._receiver.open()
        self._opened(self._receiver)
        return form

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        """See ``ClickerReceiver``."""
        return self._receiver.read(timeout_s)

    def close(self) -> None:
        """See ``ClickerReceiver``."""
        self._gone(self._receiver)
        self._receiver.close()
