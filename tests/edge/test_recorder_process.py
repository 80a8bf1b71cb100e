"""The recorder while its disk does not answer: it still reports its state, and is not restarted over and over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from waiting import stays_async, until_async

from edge.classroom.recorder_messages import FROM_RECORDER, Activity, DesiredState, FromRecorder, RecorderState
from edge.config.driver_options import ALL
from edge.config.load import load
from edge.config.model import Config
from edge.config.process_table import PROCESSES
from edge.config.toml_files import find_config_file
from edge.link.reconnecting_client import ReconnectingClient
from edge.recorder.process import RecorderProcess
from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import Resumed
from pipelines.journal.journal_file import filter_kinds, read_journal

LESSON = "r1-0000-000001"


def config_in(folder: Path) -> Config:
    config_file = folder / "config.toml"
    config_file.write_text(
        f'[room]\nschool = "s"\nroom = "r1"\n[paths]\nspool = "{folder}/spool"\nrun = "{folder}/run"\n'
        '[cameras.teacher]\ndriver = "simulated"\nwidth = 160\nheight = 120\nfps = 10\n'
    )
    return load(find_config_file(config_file), ALL)


class HungJournal:
    """A lesson's journal on a disk that does not answer: a pipe without a writer, whose reader waits in open()."""

    def __init__(self, config: Config, lesson: str) -> None:
        self._path = config.paths.spool / lesson / JOURNAL_JSONL
        self._path.parent.mkdir(parents=True)
        os.mkfifo(self._path)

    def answer(self) -> None:
        """Let go whoever waits in open(); whoever opens the journal from now on finds none, and does not wait."""
        both_ends = os.open(self._path, os.O_RDWR)
        self._path.unlink()
        os.close(both_ends)


async def test_a_disk_that_does_not_answer_silences_nobody(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    received: list[FromRecorder] = []
    process = asyncio.create_task(RecorderProcess(config).run())
    client = ReconnectingClient(config.paths.run / "recorder.sock", FROM_RECORDER, received.append, lambda _: None)
    link = asyncio.create_task(client.run())
    await until_async(lambda: received)
    journal = HungJournal(config, LESSON)
    client.send(DesiredState(activity=Activity.RECORDING, lesson=LESSON, at_ns=1))
    try:
        received.clear()
        await until_async(lambda: len([one for one in received if isinstance(one, RecorderState)]) >= 6)
        assert {one.activity for one in received if isinstance(one, RecorderState)} == {Activity.IDLE}
    finally:
        journal.answer()
        for task in (link, process):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def test_it_stops_also_while_its_state_changes_all_the_time(tmp_path: Path) -> None:
    process = RecorderProcess(config_in(tmp_path))
    running = asyncio.create_task(process.run())
    await until_async((tmp_path / "run" / "recorder.sock").exists)

    async def change() -> None:
        while True:
            process._changed.set()
            await asyncio.sleep(0)

    changing = asyncio.create_task(change())
    running.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait([running])
    changing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await changing
    assert running.cancelled()


async def test_a_lesson_that_is_taken_up_while_it_stops_is_left_as_well(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    received: list[FromRecorder] = []
    first = asyncio.create_task(RecorderProcess(config).run())
    client = ReconnectingClient(config.paths.run / "recorder.sock", FROM_RECORDER, received.append, lambda _: None)
    link = asyncio.create_task(client.run())
    await until_async(lambda: received)
    client.send(DesiredState(activity=Activity.RECORDING, lesson=LESSON, at_ns=1))
    await until_async(lambda: (config.paths.spool / LESSON / "teacher" / "000001.m4s.part").exists())
    for task in (link, first):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    hung = HungJournal(config, "r1-0000-000002")
    second = asyncio.create_task(RecorderProcess(config).run())
    await stays_async(lambda: not second.done(), 0.3)
    second.cancel()
    await stays_async(lambda: not second.done(), 0.3)
    hung.answer()
    with contextlib.suppress(asyncio.CancelledError):
        await second
    journal = config.paths.spool / LESSON
    await until_async(lambda: list(filter_kinds(read_journal(journal).entries, Resumed)))
    left = {one.name for one in threading.enumerate() if one.name.startswith(("track-", "files-"))}
    assert left == set()


async def test_it_is_ready_and_alive_while_the_disk_holds_up_what_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No disk that hangs may have it started again and again; but nobody hears "idle" before that is known."""
    config = config_in(tmp_path)
    said: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        asyncio.get_running_loop().add_reader(systemd, lambda: said.append(systemd.recv(256)))
        journal = HungJournal(config, LESSON)
        received: list[FromRecorder] = []
        process = asyncio.create_task(RecorderProcess(config).run())
        client = ReconnectingClient(config.paths.run / "recorder.sock", FROM_RECORDER, received.append, lambda _: None)
        link = asyncio.create_task(client.run())
        try:
            await until_async(lambda: said.count(b"WATCHDOG=1") >= 3)
            assert said[0] == b"READY=1"
            assert received == []
            journal.answer()
            await until_async(lambda: received)
            assert {one.activity for one in received if isinstance(one, RecorderState)} == {Activity.IDLE}
        finally:
            for task in (link, process):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await until_async(lambda: said[-1] == b"STOPPING=1")
            asyncio.get_running_loop().remove_reader(systemd)


def test_a_process_that_cannot_work_says_why(tmp_path: Path) -> None:
    config_file = tmp_path / "config.toml"
    nowhere = '"/proc/not-here"'
    config_file.write_text(f'[room]\nschool = "s"\nroom = "r1"\n[paths]\nrun = {nowhere}\n[web]\nstate = {nowhere}\n')
    for process in PROCESSES:
        command = [sys.executable, "-m", "edge.cli.main", "--config", str(config_file), process]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert ended.returncode == 1
        assert f"the {process} cannot go on" in ended.stderr
        assert "/proc/not-here" in ended.stderr
        assert "Traceback" not in ended.stderr
