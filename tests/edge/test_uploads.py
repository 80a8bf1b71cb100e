"""The uploads as a part of the controller: a store that refuses for a day is told by the lamp."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

import pytest
from ledgers import begin_lesson
from lying_store import LyingStore
from waiting import until_async

from edge.config.export_settings import StoreConfig
from edge.controller import uploads
from edge.controller.fault_registry import FaultRegistry
from edge.controller.uploads import BEHIND, Uploads
from edge.ledger.ledger import Ledger, open_ledger
from pipelines import system_clocks
from pipelines.delivery.uploader import UploadStatus
from pipelines.receipt.receipt import RecordingVerdict

DAY_NS = 86_400 * 10**9
REFUSED = UploadStatus(1, "credentials")


def ended(ledger: Ledger, ago_ns: int) -> str:
    lesson = begin_lesson(ledger, "r1")
    ledger.lessons.end(lesson, 1, "teacher", time.time_ns() - ago_ns)
    ledger.lessons.set_recording(lesson, RecordingVerdict.GOOD)
    return lesson


async def test_a_store_that_refuses_for_a_day_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_LOOK_AT_DELAY_S", 0.01)
    monkeypatch.setattr(system_clocks, "is_synchronised", lambda: True)
    ledger, faults = open_ledger(tmp_path / "ledger.db", tmp_path / "spool"), FaultRegistry()
    async with LyingStore().listening() as server:
        config = StoreConfig(
            url="s3://lessons", endpoint=server.access.endpoint, allow_http=True, access_key="key", secret_key="secret"
        )
        part = Uploads(config, tmp_path / "spool", "s/r1", ledger.outbox, lambda _event: None, faults)
        server.refusals = [lambda *_: (403, "AccessDenied")]
        task = asyncio.create_task(part.run())
        await until_async(lambda: (status := part.status()) is not None and status.fault == "credentials", 10)
        today = ended(ledger, DAY_NS // 2)
        assert not await part.is_behind(REFUSED)
        assert await part.is_behind(UploadStatus(1, "credentials", fault_s=86_401)), "whatever the clock says"
        assert not await part.is_behind(UploadStatus(1)), "it is being copied"
        yesterday = ended(ledger, 2 * DAY_NS)
        await until_async(lambda: faults.codes() == [BEHIND], 10)
        monkeypatch.setattr(system_clocks, "is_synchronised", lambda: False)
        await until_async(lambda: faults.codes() == [], 10)
        monkeypatch.setattr(system_clocks, "is_synchronised", lambda: True)
        for lesson in (today, yesterday):
            ledger.lessons.set_stored(lesson)
        assert not await part.is_behind(REFUSED)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    ledger.close()
