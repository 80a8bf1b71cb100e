"""The liveness monitor of a recorder: it fails where what everybody shares stands still, and for nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable

from waiting import stays, until

from pipelines.recording.file_thread import FileThread
from pipelines.recording.liveness import LivenessMonitor, ProgressCounters

STILL = ProgressCounters((3, 3), 5, is_waiting_for_disk=False)
LOOKS = 6


def lives(signs: Callable[[int], ProgressCounters | None]) -> bool:
    monitor = LivenessMonitor(max_stalled_checks=3)
    return all(monitor.is_alive(signs(look)) for look in range(LOOKS))


def test_what_moves_lives() -> None:
    assert lives(lambda _: None)
    assert lives(lambda look: ProgressCounters((look, 2 * look), look, is_waiting_for_disk=False))


def test_one_track_that_stands_still_is_its_own_trouble() -> None:
    assert lives(lambda look: ProgressCounters((3, look), look, is_waiting_for_disk=False))
    assert not lives(lambda look: ProgressCounters((3, 3), look, is_waiting_for_disk=False))


def test_a_file_thread_may_wait_for_the_disk_and_for_nothing_else() -> None:
    assert lives(lambda look: ProgressCounters((look,), 5, is_waiting_for_disk=True))
    assert not lives(lambda look: ProgressCounters((look,), 5, is_waiting_for_disk=False))


def test_it_is_not_given_up_at_the_first_look_and_a_new_lesson_begins_anew() -> None:
    monitor = LivenessMonitor(max_stalled_checks=3)
    assert [monitor.is_alive(STILL) for _ in range(4)] == [True, True, True, False]
    assert monitor.is_alive(None)
    assert [monitor.is_alive(STILL) for _ in range(4)] == [True, True, True, False]


def test_a_file_thread_shows_whether_it_works_waits_or_is_gone() -> None:
    let_go = threading.Event()
    files = FileThread("pulse", lambda: None)
    files.start()
    before = files.iterations
    files.put(let_go.wait)  # type: ignore[arg-type]
    until(lambda: files.is_waiting_for_disk)
    let_go.set()
    until(lambda: not files.is_waiting_for_disk)
    until(lambda: files.iterations > before)
    assert files.close(5)
    gone = files.iterations
    stays(lambda: (files.iterations, files.is_waiting_for_disk) == (gone, False), 0.05)
