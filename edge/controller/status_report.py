"""The room's status for the control socket, put together from the controller's parts."""

from __future__ import annotations

from edge.classroom.recorder_messages import DeviceStatus, RecorderState
from edge.controller.lesson_service import LessonService
from edge.controller.maintenance.disk_cleanup import DiskCleanup
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.ptz.heads import PtzHeads
from edge.controller.uploads import Uploads
from edge.link.control_messages import DiskStatus, LastCheck, Status, UploadProgress
from edge.reporting.lrs_sender import LrsSender
from edge.service.panel import RoomPanel

PANEL = "panel"


class StatusReport:
    """Reads the parts; ``lrs`` is None in a room that has none."""

    def __init__(
        self,
        lessons: LessonService,
        uploads: Uploads,
        cleanup: DiskCleanup,
        heads: PtzHeads,
        panel: RoomPanel,
        clickers: AsyncClickerBase,
        lrs: LrsSender | None,
    ) -> None:
        self._lessons = lessons
        self._uploads = uploads
        self._cleanup = cleanup
        self._heads = heads
        self._panel = panel
        self._clickers = clickers
        self._lrs = lrs

    def status(self) -> Status:
        """How the room is now; it never waits."""
        lessons = self._lessons
        recorder = lessons.recorder
        latest = lessons.last_check
        return Status(
            state=lessons.lesson.phase,
            lesson=lessons.lesson.lesson,
            lesson_time_s=round(recorder.lesson_time_ns / 1e9, 3) if recorder else 0.0,
            lamp=recorder.lamp if recorder else "off",
            status_lamp=lessons.lamp(),
            devices=self._devices(recorder),
            meters_dbfs=recorder.meters_dbfs if recorder else {},
            rates_fps=recorder.rates_fps if recorder else {},
            ptz=self._heads.status(),
            clickers=self._clickers.status(),
            given_up=recorder.given_up if recorder else None,
            upload=self._upload(),
            lrs=self._to_lrs(),
            disk=self._disk(),
            check=LastCheck(lesson=latest.lesson, recording=latest.state, stored=latest.stored) if latest else None,
            refusal=lessons.lesson.refusal,
            faults=list(dict.fromkeys([*(recorder.faults if recorder else ["no-recorder"]), *lessons.faults()])),
        )

    def _devices(self, recorder: RecorderState | None) -> dict[str, DeviceStatus]:
        """By role; the panel is among them only while something is wrong with it."""
        devices = recorder.devices if recorder else {}
        trouble = self._panel.fault or (recorder.panel if recorder else None)
        return devices if trouble is None else {**devices, PANEL: trouble}

    def _upload(self) -> UploadProgress:
        status = self._uploads.status()
        if status is None:
            return UploadProgress(configured=False)
        next_try_s = None if status.next_try_s is None else round(status.next_try_s, 1)
        return UploadProgress(pending=status.pending, fault=status.fault or "", next_try_s=next_try_s)

    def _to_lrs(self) -> UploadProgress:
        if self._lrs is None:
            return UploadProgress(configured=False)
        return UploadProgress(pending=self._lrs.pending, fault=self._lrs.fault)

    def _disk(self) -> DiskStatus | None:
        left = self._cleanup.remaining
        if left is None:
            return None
        return DiskStatus(
            total_bytes=left.space.total_bytes,
            free_bytes=left.space.free_bytes,
            hours_left=round(left.hours_left, 1),
        )
