"""A real room to measure in: recorder and controller as processes, and what they do seen from outside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.footage import FOLDER, FPS, SyntheticFootage
from tests.system.room import REPOSITORY, Room

CAMERAS = ("teacher", "students")
WITNESS = Path(__file__).with_name("witness")


@contextmanager
def running_room(
    name: str,
    camera: Callable[[Path, str], str],
    more: str = "",
    spool: Path | None = None,
    pages: str = "",
    *,
    has_previews: bool = False,
) -> Iterator[Room]:
    """A room with two such cameras, a microphone, a store; every write to a journal is witnessed.

    Its spool begins as a copy of ``spool``; ``pages`` is its section [web], without which it has no pages.
    """
    folder = FOLDER.absolute() / "rooms" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with Room(folder) as room:
        for role in CAMERAS:
            room.cameras[role] = camera(folder, role)
        room.more += more
        room.pages = pages or room.pages
        room.previews = "" if has_previews else room.previews
        if spool is not None:
            shutil.copytree(spool, room.spool)
        room.environment["PYTHONPATH"] = f"{WITNESS}:{REPOSITORY}"
        # As the units have it.
        room.environment["MALLOC_ARENA_MAX"] = "1"
        room.environment["BENCH_WITNESS"] = str(witness_log(room))
        room.start()
        yield room


def simulated_camera(size: tuple[int, int], kbps: int, more: str = "") -> Callable[[Path, str], str]:
    """Simulated cameras, each in a process of its own, with four buffers."""
    return lambda folder, role: (
        f'driver = "simulated"\nwidth = {size[0]}\nheight = {size[1]}\nfps = {FPS}\n'
        f'bitrate_kbps = {kbps}\nlog = "{folder}/{role}.log"\nprocess = true\n{more}'
    )


def played_camera(footage: SyntheticFootage, kbps: int) -> Callable[[Path, str], str]:
    """Footage as a camera at its own pace: no picture is drawn on the cores that are measured."""
    return lambda _folder, _role: (
        f'driver = "stream"\nurl = "{footage.file().absolute()}"\nwidth = {footage.width}\n'
        f"height = {footage.height}\nfps = {FPS}\nbitrate_kbps = {kbps}\n"
    )


def set_cpu_weight(room: Room) -> bool:
    """Give the recorder the weight that its unit has (``CPUWeight=1000``); false where that is not allowed.

    Outside systemd the kernel weighs sessions: -10 is 9.3 times the weight of 0 (sched(7), autogroup).
    """
    try:
        Path(f"/proc/{room.processes['recorder'].pid}/autogroup").write_text("-10")
    except OSError:
        return False
    return True


def witness_log(room: Room) -> Path:
    """What the witness in the room's processes has written down."""
    return room.folder / "witnessed.jsonl"


def pss_mb(pid: int) -> float:
    """The memory of a process, what it shares counted by its share."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (line,) = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024
