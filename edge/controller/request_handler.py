"""What the controller answers the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.classroom.lesson_state_machine import Output, Phase
from edge.classroom.recorder_messages import Activity, DeviceStatus, RecorderState
from edge.controller.lesson_service import LessonService
from edge.controller.maintenance.disk_cleanup import DiskCleanup
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.poll_requests import POLL_ACTS, ROSTER_ACTS, PollRequestHandler
from edge.controller.ptz.heads import PtzHeads
from edge.controller.uploads import Uploads
from edge.link.control_messages import Act, DiskStatus, LastCheck, Reply, Request, Status, UploadProgress
from edge.reporting.lrs_sender import LrsSender
from edge.service.panel import RoomPanel

_PATIENCE_S = 8.0
PANEL = "panel"


class RequestHandler:
    """Turns requests into acts, and waits until they have happened."""

    def __init__(
        self,
        conductor: LessonService,
        uploads: Uploads,
        housekeeping: DiskCleanup,
        heads: PtzHeads,
        panel: RoomPanel,
        polls: PollRequestHandler,
        clickers: AsyncClickerBase,
        lrs: LrsSender | None,
    ) -> None:
        self._conductor = conductor
        self._uploads = uploads
        self._housekeeping = housekeeping
        self._heads = heads
        self._panel = panel
        self._polls = polls
        self._clickers = clickers
        self._lrs = lrs

    async def answer(self, request: Request) -> Reply:
        """Do what is asked, as far as it can be done."""
        if request.act in POLL_ACTS:
            reason, poll = await self._polls.about_polls(request)
            return Reply(ok=not reason, reason=reason, status=self.status(), poll=poll)
        if request.act in ROSTER_ACTS:
            reason, roster = await self._polls.about_roster(request)
            return Reply(ok=not reason, reason=reason, status=self.status(), roster=roster)
        return await self._about_the_lesson(request)

    async def _about_the_lesson(self, request: Request) -> Reply:
        lesson = self._conductor.lesson
        match request.act:
            case Act.STATUS:
                return Reply(ok=True, status=self.status())
            case Act.START:
                if lesson.phase in (Phase.RECORDING, Phase.PAUSED):
                    return self._no("running-already")
                return await self._do(lesson.tap, Activity.RECORDING)
            case Act.STOP:
                if lesson.phase not in (Phase.RECORDING, Phase.PAUSED):
                    return self._no("none-running")
                return await self._do(lesson.end, Activity.IDLE)
            case Act.PAUSE:
                if lesson.phase is not Phase.RECORDING:
                    return self._no("none-recorded")
                return await self._do(lesson.pause, Activity.PAUSED)
            case Act.RESUME:
                if lesson.phase is not Phase.PAUSED:
                    return self._no("none-paused")
                return await self._do(lesson.resume, Activity.RECORDING)
            case Act.MARK:
                if lesson.phase is not Phase.RECORDING:
                    return self._no("none-recorded")
                self._conductor.ask(lambda at_ns: lesson.mark(at_ns, request.label))
                return Reply(ok=True, status=self.status())
            case Act.PTZ_RECALL | Act.PTZ_DRIVE | Act.PTZ_STOP:
                reason = await self._heads.obey(request)
                return Reply(ok=not reason, reason=reason, status=self.status())
            case _:
                return self._no("not-understood")

    def status(self) -> Status:
        """How the room is now."""
        conductor = self._conductor
        recorder = conductor.recorder
        latest = conductor.last_check
        return Status(
            state=conductor.lesson.phase,
            lesson=conductor.lesson.lesson,
            lesson_time_s=round(recorder.lesson_time_ns / 1e9, 3) if recorder else 0.0,
            lamp=recorder.lamp if recorder else "off",
            status_lamp=conductor.lamp(),
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
            refusal=conductor.lesson.refusal,
            faults=list(dict.fromkeys([*(recorder.faults if recorder else ["no-recorder"]), *conductor.faults()])),
        )

    def _devices(self, recorder: RecorderState | None) -> dict[str, DeviceStatus]:
        """By role; the panel is told of only while something is wrong with it."""
        devices = recorder.devices if recorder else {}
        trouble = self._panel.trouble or (recorder.panel if recorder else None)
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
        left = self._housekeeping.left
        if left is None:
            return None
        return DiskStatus(
            total_bytes=left.space.total_bytes,
            free_bytes=left.space.free_bytes,
            hours_left=round(left.hours_left, 1),
        )

    async def _do(self, act: Callable[[int], list[Output]], wanted: Activity) -> Reply:
        if self._conductor.recorder is None:
            return self._no("no-recorder")
        self._conductor.ask(act)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not self._is(wanted):
                    if self._conductor.lesson.refusal:
                        return self._no(self._conductor.lesson.refusal)
                    self._conductor.changed.clear()
                    await self._conductor.changed.wait()
        except TimeoutError:
            return self._no("not-in-time")
        return Reply(ok=True, status=self.status())

    def _is(self, wanted: Activity) -> bool:
        recorder = self._conductor.recorder
        if recorder is None or recorder.activity is not wanted:
            return False
        return wanted is Activity.IDLE or recorder.lesson == self._conductor.lesson.lesson

    def _no(self, reason: str) -> Reply:
        return Reply(ok=False, reason=reason, status=self.status())
