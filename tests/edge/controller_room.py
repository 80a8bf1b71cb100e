"""A controller in this process, with its real panel and sockets, and a recorder that records nothing."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from fake_recorder import FakeRecorder

from edge.config.load import load
from edge.controller import process
from edge.controller.wiring import wire
from edge.link.control_messages import Status

CONFIG = """
[room]
school = "hill"
room = "r1"
[paths]
spool = "{folder}/spool"
ledger = "{folder}/ledger.db"
run = "{run}"
[lesson]
hold_to_end_s = 2.0
take_back_s = 0
[cameras.teacher]
driver = "simulated"
[panel]
driver = "simulated"
[clickers]
driver = "simulated"
students = 0
[ptz.teacher]
driver = "simulated"
presets = {{ podium = 1 }}
on_start = "podium"
[store]
url = "file://{folder}/store"
[lrs]
url = "http://127.0.0.1:9/xapi"
allow_http = true
"""
PATIENCE_S = 10.0
# A contact must be still for 30 ms; a busy machine needs more.
BOUNCE_S = 0.12


class Room:
    """A controller with its real panel and sockets, and a recorder on the other end of the link."""

    def __init__(self, run: Path, recorder: FakeRecorder) -> None:
        self.run = run
        self.recorder = recorder
        self.lamps: list[str] = []
        self._pins: asyncio.StreamWriter | None = None

    async def listen(self) -> None:
        reader, self._pins = await asyncio.open_unix_connection(self.run / "controller-pins.sock")
        with contextlib.closing(self._pins):
            while line := await reader.readline():
                self.lamps.append(line.decode().split()[-1])

    @contextlib.asynccontextmanager
    async def finger_on(self, button: str) -> AsyncIterator[None]:
        assert self._pins is not None
        self._pins.write(f"press {button}\n".encode())
        yield
        self._pins.write(f"release {button}\n".encode())
        await asyncio.sleep(BOUNCE_S)

    async def ask(self, act: str, **more: Any) -> dict[str, Any]:
        reader, writer = await asyncio.open_unix_connection(self.run / "controller.sock", limit=1 << 20)
        writer.write(json.dumps({"type": "request", "act": act, **more}).encode() + b"\n")
        with contextlib.closing(writer):
            answer: dict[str, Any] = json.loads(await reader.readline())
        await writer.wait_closed()
        return answer

    async def hold_a_poll(self) -> None:
        await until_status(self, lambda status: status.clickers and status.clickers.state == "running")
        assert (await self.ask("poll-open", poll={"kind": "rush"}))["ok"]
        assert (await self.ask("poll-close"))["ok"]

    async def status(self) -> Status:
        return Status.model_validate((await self.ask("status"))["status"])


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def until_status(room: Room, true: Callable[[Status], object]) -> Status:
    status: Status | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with contextlib.suppress(OSError):
                    status = await room.status()
                    if true(status):
                        return status
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(status) from None


@contextlib.asynccontextmanager
async def running(folder: Path, run: Path, recorder: FakeRecorder | None = None, more: str = "") -> AsyncIterator[Room]:
    """Run the controller until the block is left; ``recorder`` outlives it, ``more`` is added to the config."""
    file = folder / "config.toml"
    file.write_text(CONFIG.format(folder=folder, run=run) + more)
    for name in ("spool", "store"):
        (folder / name).mkdir(exist_ok=True)
    controller = wire(load(file))
    parts = tuple(dataclasses.replace(part, hung_s=0.2) for part in controller.parts)
    room = Room(run, recorder or FakeRecorder(run))
    recording = asyncio.create_task(room.recorder.run())
    task = asyncio.create_task(process.run_controller(dataclasses.replace(controller, parts=parts)))
    await until(lambda: (run / "controller-pins.sock").exists())
    eyes = asyncio.create_task(room.listen())
    try:
        await until_status(room, lambda status: "no-recorder" not in status.faults)
        yield room
        assert not task.done(), "nothing may end it"
    finally:
        for one in (eyes, task, recording):
            one.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await one
