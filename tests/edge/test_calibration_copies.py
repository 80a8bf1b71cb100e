"""Results of calibrations reach the store once they are finished, and take nobody's place there."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from lying_store import LyingStore
from waiting import stays_async, until_async

from edge.config.export_settings import StoreConfig
from edge.controller.calibration_copies import COPIES, CalibrationCopies
from edge.ledger.ledger import Ledger, open_ledger
from pipelines.delivery.interfaces import KnownStore
from pipelines.delivery.retry_policy import RetryPolicy

PREFIX = "hill/r1"
QUICK = RetryPolicy(refused_again_s=(0.05, 0.1), backoff_s=dict.fromkeys(RetryPolicy().backoff_s, (0.05, 0.1)))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path / "ledger.db", tmp_path / "spool")
    yield opened
    opened.close()


def calibrate(folder: Path, number: int, *, finished: bool = True, more: str = "") -> bytes:
    """Results as a calibration leaves them."""
    path = folder / f"{number:04}" / "results.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    at = "2026-09-03T02:15:00Z" if finished else None
    path.write_text(json.dumps({"number": number, "finished_at": at, "more": more}))
    (path.parent / "teacher.jpg").write_bytes(b"a picture stays here")
    return path.read_bytes()


@asynccontextmanager
async def copying(config: StoreConfig, folder: Path, ledger: Ledger) -> AsyncIterator[CalibrationCopies]:
    part = CalibrationCopies(config, folder, PREFIX, ledger.outbox, QUICK, look_s=0.05)
    task = asyncio.create_task(part.run())
    try:
        yield part
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def marked_folder(tmp_path: Path, ledger: Ledger, mark: str = "m1") -> tuple[StoreConfig, Path]:
    """A store in a folder that the uploads have recognised, and where the copies belong in it."""
    room = tmp_path / mark / PREFIX
    room.mkdir(parents=True)
    (room / "store-mark.json").write_text(json.dumps({"format": 1, "id": mark}))
    ledger.outbox.use_store(KnownStore(mark))
    return StoreConfig(url=(tmp_path / mark).as_uri()), room / "calibration"


def holds(path: Path, data: bytes) -> Callable[[], bool]:
    return lambda: path.exists() and path.read_bytes() == data


async def test_finished_calibrations_are_copied_once(tmp_path: Path, ledger: Ledger) -> None:
    config, there = marked_folder(tmp_path, ledger)
    here = tmp_path / "calibration"
    async with copying(config, here, ledger):
        first = calibrate(here, 1)
        unfinished = calibrate(here, 2, finished=False)
        await until_async(holds(there / "0001.json", first), 5)
        second = calibrate(here, 2)
        await until_async(holds(there / "0002.json", second), 5)
        assert unfinished != second
        await until_async(lambda: len(json.loads((here / COPIES).read_text())["sha256"]) == 2, 5)
    assert sorted(path.name for path in there.glob("[0-9]*")) == ["0001.json", "0002.json"], "no pictures"
    os.remove(there / "0001.json")
    third = calibrate(here, 3)
    async with copying(config, here, ledger):
        await until_async(holds(there / "0003.json", third), 5)
    assert not (there / "0001.json").exists(), "what is known to be copied is not asked for again"


async def test_another_boxs_calibration_of_the_same_number_is_left_alone(tmp_path: Path, ledger: Ledger) -> None:
    config, there = marked_folder(tmp_path, ledger)
    here = tmp_path / "calibration"
    there.mkdir()
    (there / "0001.json").write_bytes(b"another card's")
    mine = calibrate(here, 1)
    async with copying(config, here, ledger):
        await until_async((here / COPIES).exists, 5)
    assert (there / "0001.json").read_bytes() == b"another card's"
    (copy,) = there.glob("0001~*.json")
    assert copy.read_bytes() == mine
    (here / COPIES).unlink()
    later = calibrate(here, 2)
    async with copying(config, here, ledger):
        await until_async(holds(there / "0002.json", later), 5)
    assert len(list(there.glob("*.json"))) == 3, "without its own record it finds its copies again"


async def test_a_store_without_our_mark_gets_nothing_and_a_new_one_everything(tmp_path: Path, ledger: Ledger) -> None:
    config, there = marked_folder(tmp_path, ledger)
    here = tmp_path / "calibration"
    mark = there.parent / "store-mark.json"
    kept = mark.read_bytes()
    mark.unlink()
    data = calibrate(here, 1)
    async with copying(config, here, ledger) as part:
        part.retry()
        await stays_async(lambda: not there.exists(), 0.3)  # it may be the mount point of a missing disk
        mark.write_bytes(kept)
        await until_async(holds(there / "0001.json", data), 5)
    config, there = marked_folder(tmp_path, ledger, "m2")
    async with copying(config, here, ledger):
        await until_async(holds(there / "0001.json", data), 5)


async def test_a_refused_copy_holds_up_itself_alone_and_an_ill_store_all_of_them(
    tmp_path: Path, ledger: Ledger
) -> None:
    here = tmp_path / "calibration"
    data = {f"{PREFIX}/calibration/{number:04}.json": calibrate(here, number) for number in (1, 2)}
    refused = next(iter(data))
    async with LyingStore().listening() as server:
        server.objects[f"{PREFIX}/store-mark.json"] = json.dumps({"format": 1, "id": "m1"}).encode()
        ledger.outbox.use_store(KnownStore("m1"))
        config = StoreConfig(
            url="s3://lessons", endpoint=server.access.endpoint, allow_http=True, access_key="key", secret_key="secret"
        )
        server.refusals = [lambda *_: (503, "SlowDown")]
        async with copying(config, here, ledger):
            await until_async(lambda: len(server.requests) > 2, 5)
            assert not data.keys() & server.objects.keys()
            server.refusals = [
                lambda method, key: (500, "InternalError") if (method, key) == ("PUT", refused) else None
            ]
            await until_async(lambda: data.keys() & server.objects.keys() == data.keys() - {refused}, 5)
            server.refusals = []
            await until_async(lambda: all(server.objects.get(key) == body for key, body in data.items()), 5)


async def test_without_a_store_there_is_nothing_to_do(tmp_path: Path, ledger: Ledger) -> None:
    part = CalibrationCopies(StoreConfig(), tmp_path, PREFIX, ledger.outbox)
    async with asyncio.timeout(5):
        await part.run()
