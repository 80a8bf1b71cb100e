"""A recorder that records nothing: it obeys on the real link, and keeps what it was commanded."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from edge.classroom.recorder_messages import (
    TO_RECORDER,
    Activity,
    AddMarker,
    DesiredState,
    DeviceStatus,
    FileFinished,
    RecorderState,
    RecordingEnded,
    ToRecorder,
)
from edge.link.broadcast_server import BroadcastServer
from edge.link.socket_paths import RECORDER
from pipelines.devices.device_state import DeviceState


class FakeRecorder:
    """``lesson`` is the one that is recorded; ``activities`` are those it was commanded, each change once.

    ``faults`` are its faults while it records.
    """

    def __init__(self, run: Path) -> None:
        self.lesson: str | None = None
        self.activities: list[Activity] = []
        self.marks: list[str] = []
        self.faults: list[str] = []
        self._activity = Activity.IDLE
        self._server = BroadcastServer(run / RECORDER, TO_RECORDER, self._hello, self._obey)

    async def run(self) -> None:
        await self._server.run()

    def finish_file(self, path: str) -> None:
        self._server.send(FileFinished(lesson=self.lesson or "", path=path))

    def _hello(self) -> list[BaseModel]:
        devices = {"teacher": DeviceStatus(state=DeviceState.RUNNING)}
        faults = self.faults if self._activity is Activity.RECORDING else []
        lamp = "on" if self._activity is Activity.RECORDING and not faults else "off"
        return [RecorderState(activity=self._activity, lesson=self.lesson, lamp=lamp, devices=devices, faults=faults)]

    def _obey(self, message: ToRecorder) -> None:
        if isinstance(message, AddMarker):
            self.marks.append(message.label)
            return
        assert isinstance(message, DesiredState)
        if message.activity is not self._activity:
            self.activities.append(message.activity)
        before, self.lesson, self._activity = self.lesson, message.lesson, message.activity
        if before is not None and self.lesson != before:
            self._server.send(RecordingEnded(lesson=before, lesson_time_ns=10**9, cause="teacher"))
        for state in self._hello():
            self._server.send(state)
