"""The room's status for the control socket, put together from the controller's parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.classroom.recorder_messages import DeviceStatus, RecorderState
from edge.controller.calibration_lease import CalibrationLease
from edge.controller.class_board import ClassBoard
from edge.controller.fault_registry import FaultRegistry
from edge.controller.ledger_service import LedgerService
from edge.controller.lesson_list_version import LessonListVersion
from edge.controller.lesson_scheduler import LessonScheduler
from edge.controller.lesson_service import LessonService
from edge.controller.maintenance.disk_cleanup import DiskCleanup
from edge.controller.onlookers import Onlookers
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.poll_requests import PollRequestHandler
from edge.controller.previews import PreviewMaker
from edge.controller.ptz.heads import PtzHeads
from edge.controller.timetable.keeper import TimetableKeeper
from edge.controller.uploads import Uploads
from edge.link.control_messages import DirectorStatus, Status, UploadProgress
from edge.service.panel import RoomPanel

if TYPE_CHECKING:
    from edge.reporting.lrs_sender import LrsSender

PANEL = "panel"


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Reads the parts; ``lrs`` is None in a room without a learning record store."""

    lessons: LessonService
    faults: FaultRegistry
    ledger: LedgerService
    uploads: Uploads
    cleanup: DiskCleanup
    heads: PtzHeads
    panel: RoomPanel
    clickers: AsyncClickerBase
    polls: PollRequestHandler
    onlookers: Onlookers
    lrs: LrsSender | None
    board: ClassBoard
    timetable: TimetableKeeper
    scheduler: LessonScheduler
    list_version: LessonListVersion
    lease: CalibrationLease
    previews: PreviewMaker

    def status(self) -> Status:
        """Make the status; never blocks."""
        lessons = self.lessons
        recorder = lessons.recorder
        return Status(
            state=lessons.lesson.phase,
            lesson=lessons.lesson.lesson,
            lesson_time_s=round(recorder.lesson_time_ns / 1e9, 3) if recorder else 0.0,
            lamp=recorder.lamp if recorder else "off",
            status_lamp=lessons.lamp(),
            devices=self._devices(recorder),
            meters_dbfs=recorder.meters_dbfs if recorder else {},
            rates_fps=recorder.rates_fps if recorder else {},
            ptz=self.heads.status(),
            clickers=self.clickers.status(),
            given_up=recorder.given_up if recorder else None,
            upload=self._upload(),
            lrs=self._to_lrs(),
            previews=self.previews.progress,
            disk=self.cleanup.remaining,
            check=lessons.last_check,
            day=self.timetable.status,
            day_hint=self.scheduler.hint,
            refusal=lessons.lesson.refusal,
            faults=list(dict.fromkeys([*(recorder.faults if recorder else ["no-recorder"]), *self.faults.codes()])),
            set_aside=self.ledger.set_aside,
            watched=self.onlookers.count,
            poll=self.polls.progress(),
            groups=self.polls.groups(),
            board=self.board.status(),
            lessons_version=self.list_version.number,
            director=_director(recorder),
            calibration=None if self.lease.view is None else self.lease.view.step,
        )

    def _devices(self, recorder: RecorderState | None) -> dict[str, DeviceStatus]:
        """Device states by role; the panel is among them only while it is faulty."""
        devices = recorder.devices if recorder else {}
        fault = self.panel.fault or (recorder.panel if recorder else None)
        return devices if fault is None else {**devices, PANEL: fault}

    def _upload(self) -> UploadProgress:
        status = self.uploads.status()
        if status is None:
            return UploadProgress(configured=False)
        next_try_s = None if status.next_try_s is None else round(status.next_try_s, 1)
        return UploadProgress(pending=status.pending, fault=status.fault or "", next_try_s=next_try_s)

    def _to_lrs(self) -> UploadProgress:
        if self.lrs is None:
            return UploadProgress(configured=False)
        return UploadProgress(pending=self.lrs.pending, fault=self.lrs.fault)


def _director(recorder: RecorderState | None) -> DirectorStatus | None:
    if recorder is None or recorder.mode is None:
        return None
    return DirectorStatus(
        mode=recorder.mode,
        on_air=recorder.on_air or "",
        on_air_why=recorder.on_air_why or "",
        proposed=recorder.proposed or "",
        proposed_why=recorder.proposed_why or "",
    )
