"""Pictures that are missing from a lesson during which everything else wants the machine too."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.cpu_cost import recorder_command, run
from bench.footage import FOLDER, cached_file
from bench.long_lessons import h264_mp4
from bench.measured_room import CAMERAS, running_room, set_cpu_weight, simulated_camera
from bench.result_rows import ResultRow, bound
from tests.system import media
from tests.system.room import Room

_LESSON_S = 25
_CALLERS = 4
_BACKLOG_S = 3600
_SIZE, _KBPS = (1280, 720), 2000


def measure() -> list[ResultRow]:
    """Two cameras with four buffers each, in processes of their own, the recorder weighed as by its unit.

    A neighbour takes a whole core, callers ask the controller for its status without a pause, and earlier
    lessons wait to be uploaded as fast as the store takes them.
    """
    cameras = simulated_camera(_SIZE, _KBPS, "buffers = 4\n")
    with running_room("flood", cameras, spool=_backlog()) as room, _neighbour(), _callers(room) as calls:
        weighed = set_cpu_weight(room)
        stored = _stored(room)
        folder = room.begin_lesson()
        time.sleep(_LESSON_S)
        room.end_lesson()
        asked = sum(calls)
        missing, recorded = 0, 0
        for role in CAMERAS:
            numbers = [shown.reading.frame for shown in media.pictures(folder / f"{role}.m3u8") if shown.reading]
            recorded += len(set(numbers))
            missing += numbers[-1] - numbers[0] + 1 - len(set(numbers))
    how = f"of {recorded + missing}; {asked} status calls, {(_stored(room) - stored) >> 20} MB copied meanwhile"
    how += "" if weighed else "; without the unit's CPUWeight"
    return [bound("bar codes missing under flood, 2 × 720p30", missing, "pictures", 0, how)]


@contextmanager
def _neighbour() -> Iterator[None]:
    """A process that computes without end."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _callers(room: Room) -> Iterator[list[int]]:
    """Clients that ask for the status again and again; how often each has."""
    counts = [0] * _CALLERS
    over = threading.Event()

    def call(number: int) -> None:
        while not over.is_set():
            counts[number] += bool(room.status())

    threads = [threading.Thread(target=call, args=(number,), name=f"caller-{number}") for number in range(_CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _backlog() -> Path:
    """A spool with a lesson of an hour that waits to be uploaded."""
    film = h264_mp4(_BACKLOG_S)
    return cached_file(
        FOLDER / f"backlog-{_BACKLOG_S}s",
        lambda spool: run([[*recorder_command(spool, {"teacher": film}, None), "--lesson", "r204-0bac-000001"]]),
    )


def _stored(room: Room) -> int:
    return sum(path.stat().st_size for path in Path(room.store).rglob("*") if path.is_file())
