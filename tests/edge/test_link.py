"""The link: nonsense is skipped, a slow reader is cut off, and a client that lost its server reconnects."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import stays_async, until_async

from edge.classroom.recorder_messages import (
    FROM_RECORDER,
    TO_RECORDER,
    Activity,
    AddMarker,
    CommandRefused,
    RecorderState,
    ToRecorder,
)
from edge.link.broadcast_server import BroadcastServer
from edge.link.control_messages import Reply, Status, UploadProgress
from edge.link.control_requests import GetStatus, MarkLesson
from edge.link.control_server import ControlServer
from edge.link.json_lines import LONGEST_LINE, encode_line, read_messages
from edge.link.reconnecting_client import ReconnectingClient
from edge.link.terminal_requests import REQUEST, Request

PATIENCE_S = 5.0
STATE = RecorderState(activity=Activity.IDLE, lamp="off")


@asynccontextmanager
async def running(work: asyncio.Task[None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


def mode(path: Path) -> int | None:
    """The mode of a socket; None if it is not there."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


class Office:
    """A server at a path, and the messages that it received."""

    def __init__(self, path: Path) -> None:
        self.received: list[ToRecorder] = []
        self.server = BroadcastServer(path, TO_RECORDER, lambda: [STATE], self.received.append)

    def open(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.server.run())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "link.sock"


async def called(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    await until_async(path.exists)
    return await asyncio.open_unix_connection(path, limit=LONGEST_LINE)


async def test_nonsense_is_left_out_and_the_rest_is_heard(path: Path) -> None:
    office = Office(path)
    async with running(office.open()):
        reader, writer = await called(path)
        assert FROM_RECORDER.validate_json(await reader.readline()) == STATE
        outside = b'{"type":"wish","activity":"recording","lesson":"../elsewhere","at_ns":1}\n'
        first, last = AddMarker(at_ns=1, label="first"), AddMarker(at_ns=2, label="最后")
        writer.write(encode_line(first) + b"\n\xff\xfe\n{}\n[1]\n" + b'{"type":"mark"}\n' + outside + encode_line(last))
        await until_async(lambda: len(office.received) == 2)
        assert office.received == [first, last]
        office.server.send(CommandRefused(reason="no"))
        assert FROM_RECORDER.validate_json(await reader.readline()) == CommandRefused(reason="no")
        assert mode(path) == 0o660
        writer.close()
    assert mode(path) is None


@given(raw=st.binary(max_size=200))
def test_no_bytes_can_hurt_the_reader(raw: bytes) -> None:
    async def read() -> list[ToRecorder]:
        reader = asyncio.StreamReader()
        reader.feed_data(raw + b"\n" + encode_line(AddMarker(at_ns=7)))
        reader.feed_eof()
        return [message async for message in read_messages(reader, TO_RECORDER)]

    assert asyncio.run(read())[-1] == AddMarker(at_ns=7)


def test_a_reason_in_an_unknown_encoding_takes_no_status_away() -> None:
    heard = b"404 \xd5\xd2".decode(errors="surrogateescape")
    line = encode_line(Reply(ok=True, status=Status(state="idle", upload=UploadProgress(fault=heard))))
    assert Reply.model_validate_json(line).status.upload.fault == "404 ??"


async def test_a_line_without_end_ends_the_connection(path: Path) -> None:
    office = Office(path)
    async with running(office.open()):
        reader, writer = await called(path)
        await reader.readline()
        with contextlib.suppress(ConnectionError):
            writer.write(b"x" * (2 * LONGEST_LINE + 2))
            await writer.drain()
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        writer.close()
        again, other = await called(path)
        assert FROM_RECORDER.validate_json(await again.readline()) == STATE
        other.close()


async def test_a_client_that_does_not_read_is_cut_off_and_holds_up_nobody(path: Path) -> None:
    office = Office(path)
    async with running(office.open()):
        await until_async(path.exists)
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.connect(str(path))
            reader, writer = await called(path)
            await reader.readline()
            news = CommandRefused(reason="x" * 100_000)
            for _ in range(80):
                office.server.send(news)
                assert FROM_RECORDER.validate_json(await reader.readline()) == news
            deaf.settimeout(PATIENCE_S)
            received = 0
            with contextlib.suppress(ConnectionError):
                while data := deaf.recv(1 << 20):
                    received += len(data)
            assert received < 80 * 100_000
            writer.close()


async def test_a_client_calls_again_until_it_is_answered(path: Path) -> None:
    linked: list[bool] = []
    received: list[object] = []
    client = ReconnectingClient(path, FROM_RECORDER, received.append, linked.append)
    assert not client.send(AddMarker(at_ns=0))
    async with running(asyncio.create_task(client.run())):
        await stays_async(lambda: linked == [], 0.05)
        for turn in (1, 2):
            office = Office(path)
            async with running(office.open()):
                await until_async(lambda turn=turn: len(received) == turn)
                assert client.send(AddMarker(at_ns=turn))
                await until_async(lambda office=office: office.received)
                assert office.received == [AddMarker(at_ns=turn)]
            await until_async(lambda turn=turn: len(linked) == 2 * turn)
            assert not client.send(AddMarker(at_ns=0))
    assert linked == [True, False, True, False]
    assert received == [STATE, STATE]


async def test_a_client_does_not_knock_in_a_hurry_at_a_door_that_is_shut_at_once(path: Path) -> None:
    calls = 0

    async def shut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.close()

    server = await asyncio.start_unix_server(shut, path)
    client = ReconnectingClient(path, FROM_RECORDER, lambda _: None, lambda _: None)
    async with running(asyncio.create_task(client.run())):
        await until_async(lambda: calls)
        await stays_async(lambda: calls <= 6, 0.5)
    server.close()


async def test_requests_are_answered_in_their_order(path: Path) -> None:
    async def answer(request: Request) -> Reply:
        for _ in range(10 if isinstance(request, GetStatus) else 0):
            await asyncio.sleep(0)
        return Reply(ok=True, reason=request.act, status=Status(state="idle"))

    async with running(asyncio.create_task(ControlServer(path, REQUEST, answer, lambda: Status(state="idle")).run())):
        reader, writer = await called(path)
        writer.write(encode_line(GetStatus()) + b"nonsense\n" + encode_line(MarkLesson()))
        answers = [Reply.model_validate_json(await reader.readline()).reason for _ in range(2)]
        assert answers == ["status", "mark"]
        writer.close()
    assert mode(path) is None


async def test_a_socket_belongs_to_one_process_at_a_time(path: Path) -> None:
    office, second = Office(path), Office(path)
    async with running(office.open()):
        await until_async(path.exists)
        with pytest.raises(OSError, match="another process listens"):
            await second.server.run()
        reader, writer = await called(path)
        assert FROM_RECORDER.validate_json(await reader.readline()) == STATE, "the first one is still there"
        writer.close()


async def test_what_a_dead_process_left_is_in_nobodys_way(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with running(Office(path).open()):
        await until_async(lambda: mode(path) == 0o660)
        reader, writer = await called(path)
        assert FROM_RECORDER.validate_json(await reader.readline()) == STATE
        writer.close()
