"""Uploads as a part of the controller: the uploader made anew for each turn, and what it has to know between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace
from pathlib import Path

from edge.classroom.lesson_events import (
    LessonCopied,
    LessonDescribed,
    LessonEndTakenBack,
    LessonEvent,
    LessonFileFinished,
)
from edge.config.export_settings import StoreConfig
from edge.config.store import configured_store
from edge.controller.fault_registry import FaultRegistry
from edge.ledger.upload_outbox import UploadOutbox
from pipelines import system_clocks
from pipelines.delivery.errors import StoreUnreachable
from pipelines.delivery.interfaces import Store
from pipelines.delivery.uploader import Uploader, UploadStatus

BEHIND = "copies-behind"
"""The fault code for lessons that have waited for the store for a day."""

EVENTS = (LessonFileFinished, LessonDescribed, LessonEndTakenBack)
NAME = "uploads"
_DAY_S = 86_400
_LOOK_AT_DELAY_S = 60.0


class Uploads:
    """Copies lessons to the configured store below ``prefix``; without a store it has nothing to do.

    ``config`` has passed validation, and yet its store may refuse to be made or panic: only ``run`` makes it.
    """

    def __init__(
        self,
        config: StoreConfig,
        spool: Path,
        prefix: str,
        outbox: UploadOutbox,
        publish: Callable[[LessonEvent], None],
        faults: FaultRegistry,
    ) -> None:
        self.is_configured = bool(config.url)
        self._config = config
        self._spool = spool
        self._prefix = prefix
        self._outbox = outbox
        self._publish = publish
        self._faults = faults
        self._uploader: Uploader | None = None
        self._ended: set[str] = set()
        self._context = copy_context()

    def on_event(self, event: LessonEvent) -> None:
        """Pass an event on to the uploader, if it runs."""
        uploader, lesson = self._uploader, event.lesson
        match event:
            case LessonFileFinished(path=path) if uploader is not None:
                uploader.file_finished(lesson, path)
            case LessonDescribed():
                self._ended.add(lesson)
                if uploader is not None:
                    uploader.lesson_ended(lesson)
            case LessonEndTakenBack():
                self._ended.discard(lesson)
                if uploader is not None:
                    uploader.lesson_reopened(lesson)
            case _:
                pass

    def retry(self) -> None:
        """Try to upload now: the network is back."""
        if self._uploader is not None:
            self._uploader.retry_now()

    async def run(self) -> None:
        """Copy lessons until cancelled; returns at once where no store is configured.

        Raises:
            InvalidStoreUrl: the store cannot be made from the config.
            LedgerError, OSError: from the outbox or the spool, alone or in an ExceptionGroup.
        """
        target: Store | None = await asyncio.to_thread(configured_store, self._config)
        if target is None:
            return
        self._context = copy_context()
        self._uploader = Uploader(self._spool, target, self._outbox, self._prefix, self._on_copied)
        for lesson in self._ended:
            self._uploader.lesson_ended(lesson)
        async with target.connected(), asyncio.TaskGroup() as group:
            group.create_task(self._uploader.run())
            group.create_task(self._watch_delay(self._uploader))

    async def missing_from_copy(self, lesson: str) -> list[str] | None:
        """Which files of a lesson the store has not; None where no store could stand in for this box.

        A store that hangs uses up threads of the uploads also where another part asks.

        Raises:
            StoreError: the store does not answer, or is another one.
            OSError, LedgerError: from the spool or the outbox.
        """
        if self._uploader is None:
            return None
        asking = asyncio.get_running_loop().create_task(self._uploader.missing_from_copy(lesson), context=self._context)
        return await asking

    async def erase_copy(self, lesson: str) -> None:
        """Delete a stored lesson's copy in the store.

        Raises:
            StoreError: the store does not answer, or cannot be used at all now.
            OSError, LedgerError: from the spool or the outbox.
        """
        if self._uploader is None:
            raise StoreUnreachable("there is no connection to the store now")
        asking = asyncio.get_running_loop().create_task(self._uploader.erase_copy(lesson), context=self._context)
        await asking

    async def _watch_delay(self, uploader: Uploader) -> None:
        """Tell when lessons have waited for the store for a day."""
        try:
            while True:
                self._faults.report(BEHIND, BEHIND if await self.is_behind(uploader.status()) else "")
                await asyncio.sleep(_LOOK_AT_DELAY_S)
        finally:
            self._faults.report(BEHIND)

    async def is_behind(self, status: UploadStatus) -> bool:
        """Whether something holds up the copies, and has for a day, or holds up a lesson that ended a day ago.

        A box that is switched off every evening sees no fault for a whole day.
        """
        if status.fault is None:
            return False
        if status.fault_s > _DAY_S:
            return True
        oldest_ns = await asyncio.to_thread(self._outbox.oldest_waiting_wall_ns)
        return oldest_ns is not None and system_clocks.is_synchronised() and time.time_ns() - oldest_ns > _DAY_S * 10**9

    def status(self) -> UploadStatus | None:
        """The state of delivery; None where no store is configured."""
        if not self.is_configured:
            return None
        status = self._uploader.status() if self._uploader is not None else UploadStatus(0)
        code = self._faults.code_of(NAME)
        return status if status.fault is not None or not code else replace(status, fault=code)

    async def _on_copied(self, lesson: str) -> None:
        self._ended.discard(lesson)
        self._publish(LessonCopied(lesson, time.monotonic_ns()))
