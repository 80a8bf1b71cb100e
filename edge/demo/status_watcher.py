"""Somebody who looks at the room all the time: at its status, and at its lamps themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from edge.demo.panel_client import PanelClient
from edge.i18n import LazyMessage
from edge.link.control_client import NotReachable, ask
from edge.link.control_messages import Act, Status

_LOOK_S = 0.25
_ANSWER_S = 3.0


class NotObserved(Exception):
    """What was waited for did not come; ``what`` says what it was."""

    def __init__(self, what: LazyMessage) -> None:
        super().__init__(what.text("en"))
        self.what = what


class StatusWatcher:
    """``status`` is the last one heard, None while the controller is away; lamps are read from the pins."""

    def __init__(self, run: Path) -> None:
        self.status: Status | None = None
        self.recorder_pins = PanelClient(run, "recorder")
        self.controller_pins = PanelClient(run, "controller")
        self._run = run
        self._looked = asyncio.Event()

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.recorder_pins.run())
            group.create_task(self.controller_pins.run())
            group.create_task(self._look())

    @property
    def lamps(self) -> dict[str, str]:
        """What both lamps say."""
        return {**self.recorder_pins.lamps, **self.controller_pins.lamps}

    async def until(self, seen: Callable[[Status], bool], patience_s: float, what: LazyMessage) -> Status:
        """Look until ``seen``; the status then. NotSeen with ``what`` when it takes longer than ``patience_s``."""
        try:
            async with asyncio.timeout(patience_s):
                while self.status is None or not seen(self.status):
                    self._looked.clear()
                    await self._looked.wait()
        except TimeoutError as error:
            raise NotObserved(what) from error
        return self.status

    async def _look(self) -> None:
        while True:
            try:
                answer = await asyncio.to_thread(ask, self._run, Act.STATUS, timeout_s=_ANSWER_S)
            except NotReachable:
                self.status = None
            else:
                self.status = answer.status
            self._looked.set()
            await asyncio.sleep(_LOOK_S)
