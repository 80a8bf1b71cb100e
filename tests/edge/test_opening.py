"""A controller that starts on a full disk is there as soon as there is room; other obstacles end it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.config.model import Config, Paths, Room
from edge.controller import opening
from edge.controller.ledger.database import LedgerUnusable
from edge.controller.ledger.ledger import open_ledger


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if (refused := subprocess.run(mount, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"a small disk cannot be mounted here: {refused.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def config(folder: Path) -> Config:
    return Config(
        room=Room(school="s", room="r1"), paths=Paths(spool=folder / "spool", ledger=folder / "ledger.db")
    )


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@pytest.mark.parametrize("old", [False, True], ids=["a new ledger", "one that was there"])
async def test_a_full_disk_is_waited_for(small: Path, monkeypatch: pytest.MonkeyPatch, *, old: bool) -> None:
    monkeypatch.setattr(opening, "_AGAIN_S", 0.05)
    known = []
    if old:
        before = open_ledger(small / "ledger.db", "r1", small / "spool")
        known = [before.lessons.begin(None).id]
        before.close()
    fill(small / "full")
    waiting = asyncio.create_task(opening.opened(config(small), "status"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    assert [name for name in os.listdir(small) if "damaged" in name] == []
    (small / "full").unlink()
    ledger = await asyncio.wait_for(waiting, 5)
    assert [lesson.id for lesson in ledger.lessons.all()] == known
    ledger.close()


async def test_what_only_a_person_can_put_right_ends_it(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(LedgerUnusable):
        await opening.opened(config(tmp_path), "status")
    shutil.rmtree(tmp_path / "ledger.db")
