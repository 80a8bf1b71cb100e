"""Each part of the controller raises, hangs and panics: button, lesson and lamp go on, and it comes back."""

from __future__ import annotations

import asyncio
import importlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import obstore
import pytest
from controller_room import BOUNCE_S, Room, running, until, until_status
from obstore.store import S3Store
from scoreboard import Scoreboard

from edge.classroom.recorder_messages import Activity
from edge.controller import finalisation
from edge.i18n.room import MESSAGES
from edge.service import part_supervisor

pytestmark = [pytest.mark.long, pytest.mark.apart]


def _sync_panic() -> BaseException:
    """A panic of a native library as a synchronous call raises it: no Exception."""
    try:
        obstore.put(_unusable_bucket(), "key", b"", use_multipart=False)
    except BaseException as panic:  # noqa: BLE001
        return panic
    raise AssertionError


def _async_panic() -> BaseException:
    """The same as an asynchronous call raises it."""

    async def put() -> None:
        await obstore.put_async(_unusable_bucket(), "key", b"", use_multipart=False)

    try:
        asyncio.run(put())
    except BaseException as panic:  # noqa: BLE001
        return panic
    raise AssertionError


def _unusable_bucket() -> S3Store:
    return S3Store("a b", config={"access_key_id": "a", "secret_access_key": "b", "endpoint": "https://x.test"})


SYNC_PANIC, ASYNC_PANIC = _sync_panic(), _async_panic()


def test_panics_are_what_they_are_taken_for() -> None:
    assert type(SYNC_PANIC).__name__ == "PanicException"
    assert not isinstance(SYNC_PANIC, Exception)
    assert type(ASYNC_PANIC).__name__ == "RustPanic"
    assert isinstance(ASYNC_PANIC, Exception)


class InjectedFailure:
    """Stands in for a function; while it is on, a call fails or hangs, and afterwards calls are carried out."""

    def __init__(self, kind: str, function: Callable[..., Any]) -> None:
        self.calls = 0
        self.over = threading.Event()
        self._kind = kind
        self._function = function

    def __call__(self, *args: Any, **more: Any) -> Any:
        if not self.over.is_set():
            self._fail()
        self.calls += 1
        return self._function(*args, **more)

    def _fail(self) -> None:
        match self._kind:
            case "raises":
                raise ValueError("nobody thought of this")
            case "panics":
                raise type(SYNC_PANIC)("called unwrap on an Err value")
            case "panics in an asynchronous call":
                raise type(ASYNC_PANIC)("rust future panicked")
            case "hangs":
                self.over.wait()


@dataclass(frozen=True)
class Weak:
    """Where a part is made to fail: a function that it calls; in a thread, if it can hang."""

    part: str
    function: str
    can_hang: bool = True
    needs: str = ""


TABLE = [
    Weak("ledger", "edge.ledger.ledger:open_ledger"),
    Weak("numbers", "edge.controller.spooled_lesson_numbers:lesson_folders"),
    Weak("roster", "edge.school.json_model_file:ModelStore._read"),
    Weak("timetable", "edge.controller.timetable.keeper:TimetableKeeper.look", can_hang=False),
    Weak("scheduler", "edge.controller.lesson_scheduler:next_step", can_hang=False),
    Weak("uploads", "edge.controller.uploads:configured_store"),
    Weak("uploads", "pipelines.delivery.uploader:Uploader._list_spool"),
    Weak("calibrations", "edge.controller.calibration_copies:configured_store"),
    Weak("lrs", "edge.ledger.xapi_outbox:XapiOutbox.pending"),
    Weak("lrs", "aiohttp:encode_basic_auth", can_hang=False),
    Weak("checks", "edge.controller.lesson_record_writer:LessonRecordWriter.unstored_lessons"),
    Weak("checks", "edge.controller.finalisation:Finaliser.on_event", can_hang=False, needs="lesson"),
    Weak("previews", "edge.controller.previews:_described_lessons"),
    Weak("cleanup", "edge.controller.maintenance.disk_cleanup:DiskCleanup._measure"),
    Weak("results", "edge.controller.polls.result_files:PollResultFiles.write", needs="poll"),
    Weak("polls", "edge.ledger.polls:PollTables.for_lesson", needs="lesson"),
    Weak("heads", "edge.controller.ptz.head:PtzHead.check_watchdog", can_hang=False),
    Weak("heads", "edge.controller.ptz.head:PtzHead.start_recall", can_hang=False, needs="lesson"),
    Weak("clickers", "edge.controller.polls.async_clicker_base:AsyncClickerBase.start", can_hang=False),
    Weak("hotplug", "edge.service.hotplug:UdevMonitor", can_hang=False),
    Weak("network", "edge.controller.netlink_events:watch", can_hang=False),
]
# Begin, mark, pause, go on, end.
PRESSES = 5
KINDS = ["raises", "panics", "panics in an asynchronous call", "hangs"]
CASES = [(weak, kind) for weak in TABLE for kind in KINDS if weak.can_hang or kind != "hangs"]


@pytest.fixture
def run() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="parts-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {
        "FIRST_S": 0.05,
        "LONGEST_S": 0.2,
        "WELL_AFTER_S": 0.3,
        "LOOK_S": 0.05,
        "STOP_S": 1.0,
    }.items():
        monkeypatch.setattr(part_supervisor, name, seconds)
    monkeypatch.setattr(finalisation, "_SWEEP_FIRST_S", 0.1)
    monkeypatch.setattr(finalisation, "_SWEEP_AGAIN_S", 0.1)


def break_part(monkeypatch: pytest.MonkeyPatch, weak: Weak, kind: str) -> InjectedFailure:
    module, _, path = weak.function.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for one in classes:
        owner = getattr(owner, one)
    failure = InjectedFailure(kind, getattr(owner, name))
    monkeypatch.setattr(owner, name, lambda *args, **more: failure(*args, **more))
    return failure


async def provoke(room: Room, weak: Weak) -> None:
    """Let happen what has the part call its function, where that is not the lesson's beginning."""
    room.recorder.finish_file("teacher/000001.m4s")
    if weak.needs == "poll":
        await room.hold_a_poll()


@pytest.mark.parametrize(("weak", "kind"), CASES, ids=[f"{weak.function}-{kind}" for weak, kind in CASES])
async def test_a_part_that_fails_costs_itself_alone(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch, scoreboard: Scoreboard, weak: Weak, kind: str
) -> None:
    failure = break_part(monkeypatch, weak, kind)
    code = f"{weak.part}-{'hung' if kind == 'hangs' else 'failed'}"
    async with running(tmp_path, run) as room:
        recorder = room.recorder
        try:
            if not weak.needs:
                await until_status(room, lambda status: code in status.faults)
            async with room.finger_on("lesson"):
                await until(lambda: recorder.activities == [Activity.RECORDING])
            lesson = recorder.lesson
            await provoke(room, weak)
            await until_status(room, lambda status: code in status.faults)
            assert f"fault-{code}" in MESSAGES
            await until(lambda: room.lamps[-1] == "amber-blink")
            async with room.finger_on("mark"):
                await until(lambda: recorder.marks == [""])
            async with room.finger_on("pause"):
                await until(lambda: recorder.activities[-1] is Activity.PAUSED)
            while recorder.activities[-1] is not Activity.RECORDING:
                async with room.finger_on("lesson"):
                    await asyncio.sleep(BOUNCE_S)
            assert recorder.lesson == lesson
            # A press that came after the one that resumed the lesson is answered by a hint on the lamp.
            await until(lambda: weak.needs or room.lamps[-1] == "amber-blink")
            async with room.finger_on("lesson"):
                await until(lambda: recorder.activities[-1] is Activity.IDLE)
            obeyed = [activity for activity, _ in groupby(recorder.activities)] + recorder.marks
            scoreboard.record("part-fails", presses=PRESSES - len(obeyed))
        finally:
            failure.over.set()
        calls = failure.calls
        if weak.needs:
            async with room.finger_on("lesson"):
                await until(lambda: recorder.activities[-1] is Activity.RECORDING)
            assert recorder.lesson != lesson
            await provoke(room, weak)
        await until(lambda: failure.calls > calls)
        await until_status(room, lambda status: status.faults == [] and status.status_lamp.startswith("green"))
