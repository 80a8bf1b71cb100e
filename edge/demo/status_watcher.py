"""The demo's view of the room: the controller's status stream, and both processes' simulated lamps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from edge.demo.panel_client import PanelClient
from edge.i18n import LazyMessage
from edge.link.control_messages import Status
from edge.link.status_stream import follow_status


class NotObserved(Exception):
    """What was waited for did not come; ``what`` says what it was."""

    def __init__(self, what: LazyMessage) -> None:
        super().__init__(what.text("en"))
        self.what = what


class StatusWatcher:
    """``status`` is the latest one, None while the controller is away; lamps are read from the pins."""

    def __init__(self, run: Path) -> None:
        self.status: Status | None = None
        self._changed = asyncio.Event()
        self.recorder_pins = PanelClient(run, "recorder", self._changed.set)
        self.controller_pins = PanelClient(run, "controller", self._changed.set)
        self._run = run

    async def run(self) -> None:
        """Follow status and lamps until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.recorder_pins.run())
            group.create_task(self.controller_pins.run())
            group.create_task(self._follow_status())

    @property
    def lamps(self) -> dict[str, str]:
        """The pattern of each lamp."""
        return {**self.recorder_pins.lamps, **self.controller_pins.lamps}

    async def until(self, seen: Callable[[Status], bool], patience_s: float, what: LazyMessage) -> Status:
        """Wait until ``seen`` is true of the status; the status then.

        Raises:
            NotObserved: It took longer than ``patience_s``; it carries ``what``.
        """
        try:
            async with asyncio.timeout(patience_s):
                while self.status is None or not seen(self.status):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            raise NotObserved(what) from error
        return self.status

    async def _follow_status(self) -> None:
        async for update in follow_status(self._run):
            self.status = update if isinstance(update, Status) else None
            self._changed.set()
