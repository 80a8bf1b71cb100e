"""After the bell: a receipt belongs to one end of a lesson, and a ledger that refuses holds up nothing for good."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from edge.classroom.lesson import Lesson
from ledgers import begin_lesson
from lessons import make_lesson

from drivers.samples import ButtonAction, ButtonEvent, Pattern
from edge.classroom.button_gestures import GestureDetector
from edge.classroom.lamps import CheckState
from edge.classroom.recorder_messages import Activity, AddMarker, DesiredState, DeviceState, DeviceStatus, RecorderState
from edge.config.model import RoomConfig
from edge.controller import finalisation as closing_module
from edge.controller import lesson_service as conductor_module
from edge.controller.fault_registry import LEDGER, FaultRegistry
from edge.controller.finalisation import Finaliser
from edge.controller.lesson_service import LessonService
from edge.controller.power_off import PowerOff
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.lessons import LessonState
from pipelines.receipt import receipt
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import StoredVerdict

PATIENCE_S = 10.0
ROOM = RoomConfig(school="s", room="r1")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson's folder, to be copied."""
    return make_lesson(tmp_path_factory.mktemp("recorded") / "lesson", 2.0).folder


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


@pytest.fixture
def ledger(tmp_path: Path, spool: Path) -> Iterator[Ledger]:
    made = open_ledger(tmp_path / "ledger.db", spool)
    yield made
    made.close()


@pytest.fixture
def lesson(recorded: Path, spool: Path, ledger: Ledger) -> str:
    """A lesson that has ended and was not looked at yet."""
    begun = begin_lesson(ledger, "r1")
    shutil.copytree(recorded, spool / begun)
    return begun


@asynccontextmanager
async def at_work(spool: Path, ledger: Ledger) -> AsyncIterator[Finaliser]:
    closing = Finaliser(spool, ROOM, ledger)
    task = asyncio.create_task(closing.run())
    try:
        yield closing
        assert not task.done(), "nothing may end it"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def at_once() -> None:
    """There is room for another lesson."""


def refuse(ledger: Ledger, *, on: bool) -> None:
    """Let the ledger's file take no writes, as on a disk that has become read-only."""
    with ledger._database.connection() as connection:
        connection.execute(f"PRAGMA query_only = {int(on)}")


async def test_a_check_of_an_earlier_end_is_thrown_away(
    spool: Path, ledger: Ledger, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended, taken back and ended again before the first check is through: only the second one counts."""
    going_on, checks = asyncio.Event(), 0
    loop = asyncio.get_running_loop()

    def slow_check(folder: Path, reader: object = None) -> receipt.Receipt:
        nonlocal checks
        checks += 1
        found = check_lesson(folder)
        if checks == 1:
            asyncio.run_coroutine_threadsafe(going_on.wait(), loop).result(PATIENCE_S)
            return found.model_copy(update={"lesson_time_ns": 1})
        return found

    monkeypatch.setattr(closing_module, "check", slow_check)
    async with at_work(spool, ledger) as closing:
        closing.look_at(lesson)
        await until(lambda: checks == 1)
        await closing.take_back(lesson)
        closing.look_at(lesson)
        going_on.set()
        await until(lambda: closing.latest and closing.latest.state is not CheckState.RUNNING)
        found = receipt.read(spool / lesson)
        assert found is not None
        assert found.lesson_time_ns == 2_000_000_000
        assert checks == 2


async def test_a_taken_back_end_is_forgotten_also_where_the_ledger_refuses_at_first(
    spool: Path, ledger: Ledger, lesson: str
) -> None:
    async with at_work(spool, ledger) as closing:
        closing.look_at(lesson)
        await until((spool / lesson / receipt.NAME).exists)
        await until(lambda: ledger.lessons.get(lesson).state is LessonState.CHECKED)
        before = (spool / lesson / receipt.NAME).stat().st_mtime_ns
        refuse(ledger, on=True)
        await closing.take_back(lesson)
        assert closing.faults == [closing_module.HELD_UP, LEDGER]
        refuse(ledger, on=False)
        closing.look_at(lesson)
        await until(lambda: closing.latest and closing.latest.state is not CheckState.RUNNING)
        assert (spool / lesson / receipt.NAME).stat().st_mtime_ns > before, "checked anew"
        await until(lambda: not closing.faults)


async def test_what_the_ledger_refuses_is_swept_up_later(spool: Path, ledger: Ledger, lesson: str) -> None:
    async with at_work(spool, ledger) as closing:
        refuse(ledger, on=True)
        closing.settle(lesson)
        await until(lambda: closing.faults)
        refuse(ledger, on=False)
        await closing.sweep(set)
        await until((spool / lesson / "lesson.json").exists)
        await until(lambda: not closing.faults)


async def test_a_receipt_that_was_damaged_later_is_made_anew_and_ends_no_controller(
    spool: Path, ledger: Ledger, lesson: str
) -> None:
    async with at_work(spool, ledger) as closing:
        closing.settle(lesson)
        await until((spool / lesson / "lesson.json").exists)
        (spool / lesson / receipt.NAME).write_bytes(b'{"lesson": ')
        await closing.stored(lesson)
        found = receipt.read(spool / lesson)
        assert found is not None
        assert (found.good, found.stored) == (True, StoredVerdict.YES)
        assert ledger.lessons.get(lesson).state is LessonState.CHECKED, "its copy does not say so yet"
        await closing.stored(lesson)
        assert ledger.lessons.get(lesson).state is LessonState.STORED


async def test_a_lesson_that_is_just_beginning_is_not_swept_up(spool: Path, ledger: Ledger) -> None:
    numbered = begin_lesson(ledger, "r1")
    async with at_work(spool, ledger) as closing:
        await closing.sweep(set)
        (spool / numbered).mkdir()
        await closing.sweep(lambda: {numbered})
        await asyncio.sleep(0.1)
        assert ledger.lessons.get(numbered).state is LessonState.RUNNING
        assert list((spool / numbered).iterdir()) == []


async def test_the_lamp_tells_of_a_recorder_that_does_not_begin(
    spool: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor_module, "UNHEEDED_NS", 50_000_000)
    told: list[DesiredState | AddMarker] = []

    def tell(message: DesiredState | AddMarker) -> bool:
        told.append(message)
        return True

    closing = Finaliser(spool, ROOM, ledger)
    conductor = LessonService(
        Lesson(3600, 10),
        GestureDetector({"lesson": 10**9}),
        ledger,
        closing,
        tell,
        lambda: None,
        at_once,
        FaultRegistry(),
        PowerOff(spool / "power-off"),
    )
    idle = RecorderState(
        activity=Activity.IDLE, lamp="off", devices={"teacher": DeviceStatus(state=DeviceState.RUNNING)}
    )
    task = asyncio.create_task(conductor.run())
    conductor.heard(idle)
    conductor.button(ButtonEvent("lesson", ButtonAction.PRESSED, 1))
    await until(lambda: told)
    conductor.tick()
    assert conductor.lamp() is Pattern.GREEN
    await asyncio.sleep(0.1)
    conductor.heard(idle)
    conductor.tick()
    assert conductor.lamp() is Pattern.AMBER_FAST_BLINK
    conductor.heard(idle.model_copy(update={"activity": Activity.RECORDING, "lesson": conductor.lesson.lesson}))
    conductor.tick()
    assert conductor.lamp() is Pattern.GREEN
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
