"""A recorder's pulse: it stops where what everybody shares stands still, and for nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pipelines.recording.file_thread import FileThread
from pipelines.recording.liveness import LivenessMonitor, ProgressCounters

STILL = ProgressCounters((3, 3), 5, on_disk=False)
LOOKS = 6


def lives(signs: Callable[[int], ProgressCounters | None]) -> bool:
    pulse = LivenessMonitor(most_still=3)
    return all(pulse.beats(signs(look)) for look in range(LOOKS))


def test_what_moves_lives() -> None:
    assert lives(lambda _: None)
    assert lives(lambda look: ProgressCounters((look, 2 * look), look, on_disk=False))


def test_one_track_that_stands_still_is_its_own_trouble() -> None:
    assert lives(lambda look: ProgressCounters((3, look), look, on_disk=False))
    assert not lives(lambda look: ProgressCounters((3, 3), look, on_disk=False))


def test_a_file_thread_may_wait_for_the_disk_and_for_nothing_else() -> None:
    assert lives(lambda look: ProgressCounters((look,), 5, on_disk=True))
    assert not lives(lambda look: ProgressCounters((look,), 5, on_disk=False))


def test_it_is_not_given_up_at_the_first_look_and_a_new_lesson_begins_anew() -> None:
    pulse = LivenessMonitor(most_still=3)
    assert [pulse.beats(STILL) for _ in range(4)] == [True, True, True, False]
    assert pulse.beats(None)
    assert [pulse.beats(STILL) for _ in range(4)] == [True, True, True, False]


def test_a_file_thread_shows_whether_it_works_waits_or_is_gone() -> None:
    def until(true: Callable[[], object]) -> None:
        deadline = time.monotonic() + 5
        while not true():
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.005)

    let_go = threading.Event()
    files = FileThread("pulse", lambda: None)
    files.start()
    before = files.turns
    files.put(let_go.wait)  # type: ignore[arg-type]
    until(lambda: files.on_disk)
    let_go.set()
    until(lambda: not files.on_disk)
    until(lambda: files.turns > before)
    assert files.close(5)
    gone = files.turns
    time.sleep(0.05)
    assert (files.turns, files.on_disk) == (gone, False)
