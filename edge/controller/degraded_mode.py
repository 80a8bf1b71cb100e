"""The room while its ledger cannot be opened: the lamp says so, and whoever asks is told why."""

from __future__ import annotations

import asyncio

from drivers.samples import ButtonEvent, Pattern
from edge.classroom.recorder_messages import FROM_RECORDER, FromRecorder, RecorderState
from edge.config.model import Config
from edge.controller import composition
from edge.link.control_messages import Reply, Status, UploadProgress
from edge.link.control_requests import GetStatus, Request
from edge.link.control_server import ControlServer
from edge.link.reconnecting_client import ReconnectingClient
from edge.link.socket_paths import CONTROLLER, RECORDER
from edge.service.panel import RoomPanel
from edge.service.sd_notify import notify

_SIGN_S = 1.0


class DegradedMode:
    """Without it a lesson could have no number, so nothing is begun; a lesson that runs is left to the recorder.

    ``fault`` is why it is not open, as a word (see the sentences ``room.fault-…``).
    """

    def __init__(self, config: Config, lamp: str, fault: str) -> None:
        self.fault = fault
        self._lamp = lamp
        self._copies = bool(config.store.url)
        self._recorder: RecorderState | None = None
        self._panel = RoomPanel(composition.panel(config))
        self._link = ReconnectingClient(config.paths.run / RECORDER, FROM_RECORDER, self._heard, self._linked)
        self._requests = ControlServer(config.paths.run / CONTROLLER, self._answer, self._status)

    async def run(self) -> None:
        """Until cancelled. OSError where the socket cannot be made."""
        await asyncio.to_thread(self._panel.open, _ignore_button)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._panel.run())
                group.create_task(self._link.run())
                group.create_task(self._requests.run())
                group.create_task(self._show())
        finally:
            await asyncio.shield(asyncio.to_thread(self._panel.close))

    async def _show(self) -> None:
        """The process is as ready as it can be: to start it again would change nothing."""
        notify("READY=1")
        while True:
            self._panel.show(self._lamp, Pattern.AMBER_FAST_BLINK)
            notify("WATCHDOG=1")
            await asyncio.sleep(_SIGN_S)

    def _heard(self, message: FromRecorder) -> None:
        if isinstance(message, RecorderState):
            self._recorder = message

    def _linked(self, _connected: bool) -> None:
        self._recorder = None

    async def _answer(self, request: Request) -> Reply:
        looks = isinstance(request, GetStatus)
        return Reply(ok=looks, reason="" if looks else self.fault, status=self._status())

    def _status(self) -> Status:
        copies = UploadProgress(fault=self.fault) if self._copies else UploadProgress(configured=False)
        told = Status(state="idle", status_lamp=Pattern.AMBER_FAST_BLINK, refusal=self.fault, upload=copies)
        recorder = self._recorder
        if recorder is None:
            return told.model_copy(update={"faults": ["no-recorder"]})
        return told.model_copy(
            update={
                "state": recorder.activity,
                "lesson": recorder.lesson,
                "lesson_time_s": round(recorder.lesson_time_ns / 1e9, 3),
                "lamp": recorder.lamp,
                "devices": recorder.devices,
                "faults": recorder.faults,
            }
        )


def _ignore_button(_event: ButtonEvent) -> None:
    """It cannot begin a lesson, and ends none that it has not begun."""
