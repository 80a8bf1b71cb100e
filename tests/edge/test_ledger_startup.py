"""A controller whose ledger cannot be opened says so, and is there as soon as it can be."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledgers import begin_lesson

from drivers.panel import pin_assignment
from edge.config.model import Config, PanelConfig, PathsConfig, RoomConfig
from edge.controller import ledger_startup
from edge.controller.fault_registry import LEDGER
from edge.ledger.ledger import open_ledger
from edge.link.control_client import NotReachable, ask
from edge.link.control_messages import Act, Reply
from pipelines.files import disk


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if (refused := subprocess.run(mount, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"a small disk cannot be mounted here: {refused.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


def config(folder: Path, run: Path, panel: PanelConfig | None = None) -> Config:
    paths = PathsConfig(spool=folder / "spool", ledger=folder / "ledger.db", run=run)
    return Config(room=RoomConfig(school="s", room="r1"), paths=paths, panel=panel)


async def asked(run: Path, act: Act) -> Reply:
    """The answer of the controller's socket, as soon as there is one."""
    async with asyncio.timeout(5):
        while True:
            with contextlib.suppress(NotReachable):
                return await asyncio.to_thread(ask, run, act)
            await asyncio.sleep(0.02)


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@pytest.mark.parametrize("old", [False, True], ids=["a new ledger", "one that was there"])
async def test_a_full_disk_is_waited_for(small: Path, run: Path, monkeypatch: pytest.MonkeyPatch, *, old: bool) -> None:
    monkeypatch.setattr(ledger_startup, "_AGAIN_S", 0.05)
    known = []
    if old:
        before = open_ledger(small / "ledger.db", small / "spool")
        known = [begin_lesson(before, "r1")]
        before.close()
    fill(small / "full")
    waiting = asyncio.create_task(ledger_startup.opened(config(small, run), "status"))
    assert (await asked(run, Act.STATUS)).status.refusal == disk.FULL
    assert not waiting.done()
    assert [name for name in os.listdir(small) if "damaged" in name] == []
    (small / "full").unlink()
    ledger = await asyncio.wait_for(waiting, 5)
    assert [lesson.id for lesson in ledger.lessons.all()] == known
    ledger.close()


async def test_a_ledger_that_cannot_be_opened_is_told_of_until_it_can_be(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_startup, "_AGAIN_S", 0.05)
    (tmp_path / "ledger.db").mkdir()
    room = config(tmp_path, run, PanelConfig(driver="simulated", options=pin_assignment.PanelOptions()))
    waiting = asyncio.create_task(ledger_startup.opened(room, "status"))
    answer = await asked(run, Act.START)
    assert (answer.ok, answer.reason) == (False, LEDGER)
    assert answer.status.faults == ["no-recorder"]
    assert not answer.status.upload.configured
    reader, writer = await asyncio.open_unix_connection(run / "controller-pins.sock")
    with contextlib.closing(writer):
        async with asyncio.timeout(5):
            while await reader.readline() != b"lamp status amber-fast-blink\n":
                pass
    await writer.wait_closed()
    (tmp_path / "ledger.db").rmdir()
    ledger = await asyncio.wait_for(waiting, 5)
    assert ledger.lessons.all() == []
    assert os.listdir(run) == [], "the sockets are free for the controller that starts"
    ledger.close()
