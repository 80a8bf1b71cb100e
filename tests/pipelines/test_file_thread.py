"""The file thread on a disk that refuses: nothing is lost or out of order, and the fault is told once."""

from __future__ import annotations

import errno
import logging
import threading
import time
from functools import partial

import pytest
from waiting import SkippableTime, until

from pipelines.files import disk
from pipelines.recording import file_thread
from pipelines.recording.file_thread import FileThread


def test_a_write_that_fails_is_a_fault_however_well_syncing_goes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    full = threading.Event()
    full.set()
    done: list[int] = []
    syncs: list[str] = []
    thread = FileThread("r204", lambda: syncs.append(thread.fault))

    def write(number: int) -> None:
        if full.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(number)

    thread.start()
    for number in range(3):
        thread.put(partial(write, number), 1)
    until(lambda: len(syncs) >= 2)
    assert thread.fault == disk.FULL
    full.clear()
    assert thread.close(5)
    assert done == [0, 1, 2]
    assert set(syncs) == {disk.FULL}
    assert thread.fault == ""
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_what_came_is_synced_at_once_where_that_is_asked_for() -> None:
    said: list[str] = []
    synced = threading.Event()

    def sync() -> None:
        said.append("sync")
        synced.set()

    thread = FileThread("r204", sync, sync_at_once=True)
    thread.put(lambda: said.append("one"))
    thread.put(lambda: said.append("two"))
    began_s = time.monotonic()
    thread.start()
    assert synced.wait(5)
    assert time.monotonic() - began_s < file_thread._SYNC_S
    assert thread.close(5)
    assert said[:3] == ["one", "two", "sync"]


def test_a_disk_that_does_not_answer_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SkippableTime()
    monkeypatch.setattr(file_thread, "time", clock)
    answers = threading.Event()

    def hang() -> None:
        assert answers.wait(10)

    thread = FileThread("r204", lambda: None)
    thread.start()
    thread.put(hang)
    until(lambda: thread.is_waiting_for_disk)
    assert thread.fault == ""
    clock.skip(file_thread._HUNG_S)
    assert thread.fault == disk.HUNG
    answers.set()
    assert thread.close(5)
    assert thread.fault == ""


def test_a_disk_that_cannot_keep_up_is_a_fault_until_it_can(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock = SkippableTime()
    monkeypatch.setattr(file_thread, "time", clock)
    seen: list[str] = []
    thread = FileThread("r204", lambda: None)

    def slow() -> None:
        seen.append(thread.fault)
        clock.skip(file_thread._SLOW_S * 0.6)

    for _ in range(4):
        thread.put(slow, 1)
    thread.start()
    until(lambda: len(seen) == 4 and not thread.is_waiting_for_disk)
    thread.put(lambda: seen.append(thread.fault))
    thread.put(lambda: seen.append(thread.fault))
    assert thread.close(5)
    assert (seen[0], seen[3], seen[-1]) == ("", disk.SLOW, "")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_what_is_given_up_is_tried_no_more() -> None:
    tried = threading.Event()

    def fail() -> None:
        tried.set()
        raise OSError(errno.EIO, "Input/output error")

    thread = FileThread("r204", lambda: None)
    thread.start()
    thread.put(fail, 1)
    assert tried.wait(5)
    thread.abandon()
    assert thread.close(5)
    assert thread.fault == disk.FAILS


def test_what_comes_when_all_is_closed_holds_up_no_end() -> None:
    """A track that hung for a while, or a device that changes just then."""
    answers = threading.Event()
    done: list[str] = []
    thread = FileThread("r204", lambda: None)
    thread.start()
    thread.put(lambda: done.append("held up") if answers.wait(10) else None)
    assert not thread.close(0.05, last=lambda: done.append("closed"))
    assert not thread.put(lambda: done.append("too late"))
    answers.set()
    assert thread.close(5, last=lambda: done.append("again"))
    assert done == ["held up", "closed"]
