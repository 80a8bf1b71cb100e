"""The room's clicker base on the loop: what it says comes in bursts, and what is asked goes out."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from drivers.errors import DeviceMisconfigured
from drivers.samples import AskQuestion, ClickerAnswer, QuestionKind, ReceiverEvent, ReceiverFormat
from drivers.thread_bridge import BridgeClosed, ThreadBridge, WhenFull
from edge.classroom.recorder_messages import DeviceState, DeviceStatus
from pipelines.devices.clicker_base import ClickerBase, Listener
from pipelines.devices.device_supervisor import DeviceCondition

log = logging.getLogger(__name__)

MakeBase = Callable[[Listener, Callable[[str, DeviceCondition[ReceiverFormat]], None]], ClickerBase | None]

_MOST_EVENTS = 4096
_MOST_PRESSED = 64
_LISTENS_NS = 5_000_000_000


class AsyncClickerBase:
    """The base, if the room has one; everything but what it says may be called on the loop.

    Between polls it can listen to any press, so that clickers are bound to students: whoever wants to know goes on
    asking for ``pressed_since``, and a while after the last time the base is told to stop.
    """

    def __init__(self, make: MakeBase) -> None:
        self._events: ThreadBridge[ReceiverEvent] = ThreadBridge("clickers", _MOST_EVENTS, WhenFull.DROP_NEWEST)
        self._base = make(self._listen, _logged)
        self._is_started = False
        self._asked: AskQuestion | None = None
        self._listens_until_ns: int | None = None
        self._pressed: deque[tuple[int, str]] = deque(maxlen=_MOST_PRESSED)

    @property
    def are_there(self) -> bool:
        """Whether the room has clickers at all."""
        return self._base is not None

    def start(self) -> None:
        """Begin to open the base. Again: nothing."""
        if self._base is not None and not self._is_started:
            self._is_started = True
            self._base.start()

    def wake(self) -> None:
        """Something was plugged in: a base that is missing is tried again now."""
        if self._base is not None:
            self._base.wake()

    def watch(self, now_ns: int) -> None:
        """Now and then."""
        if self._base is not None:
            self._base.watch(now_ns)
        if self._listens_until_ns is not None and now_ns > self._listens_until_ns:
            self._listen_no_more()

    def close(self) -> None:
        """Let the base go. It waits; again: nothing."""
        self._events.close()
        if self._base is not None:
            self._base.close()

    def status(self) -> DeviceStatus | None:
        """How the base does; None in a room without clickers."""
        if self._base is None:
            return None
        condition = self._base.condition
        return DeviceStatus(state=DeviceState(condition.health), reason=condition.reason)

    def ask(self, ask: AskQuestion) -> None:
        """Have the class asked, now or as soon as the base is there. DeviceUnfit."""
        if self._base is not None:
            self._listens_until_ns = None
            self._base.ask(ask)
            self._asked = ask

    def stop_asking(self) -> None:
        """Nothing is asked any more."""
        self._asked = None
        if self._base is not None:
            self._base.stop_asking()

    def pressed_since(self, since_ns: int) -> list[str]:
        """The clickers that were pressed after a moment, in their order; a base between polls listens now."""
        if self._base is not None and self._asked is None:
            if self._listens_until_ns is None:
                try:
                    self._base.ask(AskQuestion(QuestionKind.SINGLE))
                except DeviceMisconfigured as error:
                    log.warning("the base does not listen between polls: %s", error.reason)
            self._listens_until_ns = time.monotonic_ns() + _LISTENS_NS
        return [device for at_ns, device in self._pressed if at_ns > since_ns]

    async def bursts(self) -> AsyncIterator[Sequence[ReceiverEvent]]:
        """What the base says, all that is there at a time, until it is closed."""
        while True:
            try:
                events = await self._events.burst()
            except BridgeClosed:
                return
            self._pressed += [(one.captured_ns, one.device) for one in events if isinstance(one, ClickerAnswer)]
            yield events

    def _listen(self, events: Sequence[ReceiverEvent]) -> None:
        for event in events:
            self._events.put(event)

    def _listen_no_more(self) -> None:
        self._listens_until_ns = None
        if self._base is not None and self._asked is None:
            self._base.stop_asking()


def _logged(_: str, __: DeviceCondition[ReceiverFormat]) -> None:
    """The source has logged it; whoever asks reads it there."""
