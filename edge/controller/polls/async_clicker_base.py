"""The clicker base on the asyncio loop: its events come in bursts; everything else is called on ``base`` itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from drivers.samples import ReceiverEvent
from drivers.thread_bridge import BridgeClosed, OverflowPolicy, ThreadBridge
from edge.classroom.recorder_messages import DeviceStatus
from pipelines.devices.clicker_base import ClickerBase, EventListener

_MOST_EVENTS = 4096


class AsyncClickerBase:
    """Carries the base's events from its reading thread to the loop; made on the loop."""

    def __init__(self, make: Callable[[EventListener], ClickerBase]) -> None:
        self._events: ThreadBridge[ReceiverEvent] = ThreadBridge("clickers", _MOST_EVENTS, OverflowPolicy.DROP_NEWEST)
        self.base = make(self._put_events)
        self._is_started = False

    def start(self) -> None:
        """Start opening the base. Idempotent."""
        if not self._is_started:
            self._is_started = True
            self.base.start()

    def close(self) -> None:
        """End the bursts and close the base; blocks for its thread. Idempotent."""
        self._events.close()
        self.base.close()

    def status(self) -> DeviceStatus | None:
        """The base's state; None in a room without clickers."""
        condition = self.base.condition
        return DeviceStatus(state=condition.state, reason=condition.reason) if self.base.is_installed else None

    async def bursts(self) -> AsyncIterator[Sequence[ReceiverEvent]]:
        """Yield the base's events, all that have come at a time, until it is closed."""
        while True:
            try:
                yield await self._events.get_all()
            except BridgeClosed:
                return

    def _put_events(self, events: Sequence[ReceiverEvent]) -> None:
        for event in events:
            self._events.put(event)
