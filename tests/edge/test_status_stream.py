"""The status stream on a real socket: whole first, then changes; who does not read is cut off; nobody costs nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.classroom.recorder_messages import Degradation, DeviceState, DeviceStatus
from edge.link import status_stream
from edge.link.control_client import NotReachable
from edge.link.control_messages import DiskStatus, HeadStatus, LastCheck, Reply, Status, UploadProgress
from edge.link.control_requests import GetStatus, WatchStatus
from edge.link.control_server import ControlServer
from edge.link.json_lines import LONGEST_LINE, encode_line
from edge.link.merge_patch import merge_diff
from edge.link.socket_paths import CONTROLLER
from edge.link.status_stream import (
    KEEP_ALIVE_PERIODS,
    STREAM,
    StatusChange,
    StatusFold,
    WholeStatus,
    as_json,
    follow_status,
)
from edge.link.terminal_requests import REQUEST, Request

PATIENCE_S = 5.0


class Controller:
    """A control server whose status is ``now``, and whose periods pass when the test says so."""

    def __init__(self, path: Path) -> None:
        self.now = Status(state="idle")
        self.snapshots = 0
        self._path = path
        self._periods = asyncio.Semaphore(0)
        self._passed = 0
        self.waits = False

    async def pause(self) -> None:
        self.waits = True
        await self._periods.acquire()
        self.waits = False
        self._passed += 1

    async def pass_periods(self, count: int = 1) -> None:
        """Let so many periods pass; on return the changes of the last one have been sent."""
        for _ in range(count):
            await until(lambda: self.waits)
            passed = self._passed
            self._periods.release()
            await until(lambda passed=passed: self._passed > passed)

    def status(self) -> Status:
        self.snapshots += 1
        return self.now

    async def answer(self, _request: Request) -> Reply:
        return Reply(ok=True, status=self.now)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = ControlServer(self._path, REQUEST, self.answer, self.status, self.pause)
        work = asyncio.create_task(server.run())
        await until(self._path.exists)
        try:
            yield
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


class Watcher:
    """A client that has asked to watch, and folds what it reads."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.fold = StatusFold()

    @classmethod
    async def connected(cls, path: Path) -> Watcher:
        watcher = cls(*await asyncio.open_unix_connection(path, limit=LONGEST_LINE))
        watcher.writer.write(encode_line(WatchStatus()))
        return watcher

    async def line(self) -> WholeStatus | StatusChange:
        async with asyncio.timeout(PATIENCE_S):
            return STREAM.validate_json(await self.reader.readline())

    async def status(self) -> Status:
        return self.fold.apply(await self.line())


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@pytest.fixture
def run() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def path(run: Path) -> Path:
    return run / CONTROLLER


async def test_the_whole_status_comes_first_and_then_what_has_changed(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        room.now = Status(state="idle", disk=DiskStatus(total_bytes=9, free_bytes=8, hours_left=7.5))
        watcher = await Watcher.connected(path)
        assert await watcher.line() == WholeStatus(status=as_json(room.now))
        room.now = room.now.model_copy(update={"state": "recording", "lesson": "r1-000001", "disk": None})
        await room.pass_periods()
        change = {"state": "recording", "lesson": "r1-000001", "disk": None}
        assert await watcher.line() == StatusChange(change=change)
        watcher.writer.close()


async def test_the_newest_status_wins_and_a_period_brings_one_line(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        watcher = await Watcher.connected(path)
        await watcher.status()
        for number in range(50):
            room.now = Status(state="recording", lesson_time_s=number)
        await room.pass_periods()
        assert (await watcher.status()).lesson_time_s == 49
        room.now = Status(state="idle")
        await room.pass_periods()
        assert await watcher.status() == room.now, "no line of a status between"
        watcher.writer.close()


async def test_many_watchers_share_one_snapshot_a_period(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        watchers = [await Watcher.connected(path) for _ in range(100)]
        for watcher in watchers:
            assert await watcher.status() == room.now
        taken = room.snapshots
        for number in range(5):
            room.now = Status(state="recording", lesson_time_s=number)
            await room.pass_periods()
        assert room.snapshots == taken + 5
        for watcher in watchers:
            assert [(await watcher.status()).lesson_time_s for _ in range(5)] == [0, 1, 2, 3, 4]
            watcher.writer.close()


async def test_nothing_is_done_while_nobody_watches(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        await asyncio.sleep(0.05)
        assert (room.waits, room.snapshots) == (False, 0)
        watcher = await Watcher.connected(path)
        await watcher.status()
        watcher.writer.close()
        await watcher.writer.wait_closed()
        await asyncio.sleep(0.05)
        taken = room.snapshots
        await room.pass_periods()
        await asyncio.sleep(0.05)
        assert (room.waits, room.snapshots) == (False, taken), "the last one has gone: no period is waited for"
        second = await Watcher.connected(path)
        assert await second.status() == room.now
        second.writer.close()


async def test_a_watcher_that_comes_later_gets_the_whole_status_and_the_same_changes(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        first = await Watcher.connected(path)
        await first.status()
        room.now = Status(state="recording", lesson="r1-000001")
        second = await Watcher.connected(path)
        await second.status()
        await room.pass_periods()
        assert await first.status() == await second.status() == room.now
        first.writer.close()
        second.writer.close()


async def test_requests_are_answered_between_the_changes(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        watcher = await Watcher.connected(path)
        await watcher.status()
        watcher.writer.write(encode_line(GetStatus()))
        assert Reply.model_validate_json(await watcher.reader.readline()).status == room.now
        room.now = Status(state="recording")
        await room.pass_periods()
        assert await watcher.status() == room.now
        watcher.writer.close()


async def test_a_watcher_that_does_not_read_is_cut_off_and_holds_up_nobody(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.setblocking(False)
            deaf.connect(str(path))
            deaf.sendall(encode_line(WatchStatus()))
            watcher = await Watcher.connected(path)
            await watcher.status()
            sent = 0
            while sent < 4 * status_stream.MOST_UNSENT:
                room.now = Status(state="idle", refusal=str(sent // 50_000 % 10) * 50_000)
                sent += 50_000
                await room.pass_periods()
                assert await watcher.status() == room.now
            deaf.setblocking(True)
            deaf.settimeout(PATIENCE_S)
            received = 0
            with contextlib.suppress(ConnectionError):
                while data := deaf.recv(1 << 20):
                    received += len(data)
            assert received < sent
        watcher.writer.close()


async def test_a_keep_alive_comes_where_nothing_changes(path: Path) -> None:
    room = Controller(path)
    async with room.running():
        watcher = await Watcher.connected(path)
        await watcher.status()
        await room.pass_periods(KEEP_ALIVE_PERIODS - 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await watcher.reader.readline()
        await room.pass_periods()
        assert await watcher.line() == StatusChange(change={})
        watcher.writer.close()


async def test_at_most_ten_changes_a_second(path: Path) -> None:
    """With the real clock."""
    ticks = 0

    def status() -> Status:
        nonlocal ticks
        ticks += 1
        return Status(state="recording", lesson_time_s=ticks)

    async def answer(_request: Request) -> Reply:
        raise AssertionError

    work = asyncio.create_task(ControlServer(path, REQUEST, answer, status).run())
    await until(path.exists)
    watcher = await Watcher.connected(path)
    await watcher.status()
    lines = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            while True:
                await watcher.line()
                lines += 1
    assert 3 <= lines <= 10
    watcher.writer.close()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def test_a_follower_is_told_of_an_outage_and_goes_on_after_it(run: Path, path: Path) -> None:
    room = Controller(path)
    async with contextlib.aclosing(follow_status(run)) as updates:  # type: ignore[type-var]
        first = await anext(updates)
        assert isinstance(first, NotReachable)
        assert "nothing answers at" in str(first)
        for state in ("idle", "recording"):
            room.now = Status(state=state)
            async with room.running(), asyncio.timeout(PATIENCE_S):
                while isinstance(update := await anext(updates), NotReachable):
                    pass
                assert update == room.now
            assert isinstance(await anext(updates), NotReachable)


async def test_a_controller_that_hangs_is_told_of(run: Path, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(path))
        hanging.listen()
        async with contextlib.aclosing(follow_status(run, silence_s=0.05)) as updates:  # type: ignore[type-var]
            update = await anext(updates)
    assert isinstance(update, NotReachable)
    assert "did not answer within" in str(update)


numbers = st.floats(-100, 100, allow_nan=False)
roles = st.sampled_from(["teacher", "students", "ceiling", "lapel"])
words = st.sampled_from(["", "a", "坏", "null"])
devices = st.builds(DeviceStatus, state=st.sampled_from(DeviceState), reason=words)
progress = st.builds(
    UploadProgress, configured=st.booleans(), pending=st.integers(0, 9), fault=words, next_try_s=st.none() | numbers
)
statuses = st.builds(
    Status,
    state=st.sampled_from(["idle", "recording", "paused", "finishing"]),
    lesson=st.none() | words,
    lesson_time_s=numbers,
    lamp=words,
    status_lamp=words,
    devices=st.dictionaries(roles, devices, max_size=3),
    meters_dbfs=st.dictionaries(roles, numbers, max_size=3),
    rates_fps=st.dictionaries(roles, numbers, max_size=3),
    ptz=st.dictionaries(
        roles,
        st.builds(
            HeadStatus,
            state=st.sampled_from(DeviceState),
            reason=words,
            preset=st.none() | words,
            moving=st.booleans(),
        ),
        max_size=3,
    ),
    clickers=st.none() | devices,
    given_up=st.none() | st.builds(Degradation, preset=words, halved=st.lists(roles, max_size=2)),
    upload=progress,
    lrs=progress,
    disk=st.none()
    | st.builds(DiskStatus, total_bytes=st.integers(0, 99), free_bytes=st.integers(0, 99), hours_left=numbers),
    check=st.none() | st.builds(LastCheck, lesson=words, recording=words, stored=words),
    refusal=words,
    faults=st.lists(words, max_size=3),
)


@given(states=st.lists(statuses, min_size=1, max_size=6))
def test_the_folded_lines_are_the_whole_status(states: list[Status]) -> None:
    fold = StatusFold()
    before = as_json(states[0])
    assert fold.apply(WholeStatus(status=before)) == states[0]
    for state in states[1:]:
        now = as_json(state)
        line = encode_line(StatusChange(change=merge_diff(before, now)))
        assert fold.apply(STREAM.validate_json(line)) == state
        before = now
