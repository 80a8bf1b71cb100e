"""The controller's core: panel, lesson, link to the recorder, status lamp.

A bug in here ends the process, and systemd starts it again; nothing outside the room can.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from drivers.samples import ButtonEvent
from drivers.thread_bridge import OverflowPolicy, ThreadBridge
from edge.classroom.recorder_messages import FromRecorder
from edge.controller.lesson_service import LessonService
from edge.controller.panel_trial import PanelTrial
from edge.link.reconnecting_client import ReconnectingClient
from edge.service.panel import RoomPanel
from edge.service.sd_notify import notify

LAMP = "status"
_TICK_S = 0.1
_QUIET_TICK_S = 0.5
_WATCHDOG_S = 1.0
_MOST_EDGES = 256


class Core:
    """Carries edges of buttons to the lesson, messages between lesson and recorder, and its lamp to the panel.

    While the panel is tried its buttons and the lamp belong to ``trial``.
    """

    def __init__(
        self, service: LessonService, panel: RoomPanel, link: ReconnectingClient[FromRecorder], trial: PanelTrial
    ) -> None:
        self._service = service
        self._trial = trial
        self._panel = panel
        self._link = link
        self._buttons: ThreadBridge[ButtonEvent] = ThreadBridge("buttons", _MOST_EDGES, OverflowPolicy.DROP_NEWEST)

    async def run(self) -> None:
        """Run the core until cancelled."""
        await asyncio.to_thread(self._panel.open, self._buttons.put)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._link.run())
                group.create_task(self._on_buttons())
                group.create_task(self._tick())
                group.create_task(self._panel.run())
        finally:
            self._buttons.close()
            await asyncio.shield(asyncio.to_thread(self._panel.close))

    async def _on_buttons(self) -> None:
        async for event in self._buttons:
            if not self._trial.takes(event):
                self._service.on_button(event)

    async def _tick(self) -> None:
        fed_s = 0.0
        while True:
            self._service.stirred.clear()
            self._service.tick()
            self._panel.show(LAMP, self._trial.status_lamp or self._service.lamp())
            if (now_s := time.monotonic()) - fed_s >= _WATCHDOG_S:
                fed_s = now_s
                notify("WATCHDOG=1")
            is_quiet = not (self._trial.is_running or self._service.awaits_a_moment)
            with suppress(TimeoutError):
                async with asyncio.timeout(_QUIET_TICK_S if is_quiet else _TICK_S):
                    await self._service.stirred.wait()
