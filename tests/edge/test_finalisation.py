"""After the bell: a receipt belongs to one end of a lesson, and a ledger that refuses holds up nothing for good."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import chain, repeat
from pathlib import Path

import pytest
from ledgers import begin_lesson
from sample_lessons import make_lesson
from waiting import stays_async, until_async

from drivers.samples import ButtonAction, ButtonEvent, Pattern
from edge.classroom.button_gestures import GestureDetector
from edge.classroom.lesson_events import (
    LessonChecked,
    LessonCopied,
    LessonDescribed,
    LessonEndTakenBack,
    LessonEvent,
    LessonFileFinished,
    LessonFilesClosed,
    LessonFinalised,
    LessonStored,
)
from edge.classroom.lesson_ids import LessonIdMaker
from edge.classroom.lesson_state_machine import LessonStateMachine
from edge.classroom.recorder_messages import Activity, AddMarker, DesiredState, DeviceStatus, RecorderState
from edge.config.model import RoomConfig
from edge.controller import finalisation, lesson_service
from edge.controller.fault_registry import LEDGER, FaultRegistry
from edge.controller.finalisation import Finaliser
from edge.controller.lesson_service import LessonService
from edge.controller.power_off import PowerOff
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.lessons import LessonState
from pipelines.devices.device_state import DeviceState
from pipelines.files.lesson_layout import RECEIPT_JSON
from pipelines.journal.entries import Cause, End, Resumed
from pipelines.journal.journal_file import JournalFile
from pipelines.receipt import receipt
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.lesson_reader import LessonReader
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


class Room:
    """A finaliser; ``events`` are those that it published."""

    def __init__(self, spool: Path, ledger: Ledger) -> None:
        self.events: list[LessonEvent] = []
        self.faults = FaultRegistry()
        self.in_use: set[str] = set()
        self.finaliser = Finaliser(spool, ROOM, ledger, self.events.append, lambda: self.in_use, self.faults)

    def publish(self, event: type[LessonEvent], lesson: str) -> None:
        self.finaliser.on_event(event(lesson, 1))

    def published(self, event: type[LessonEvent]) -> list[LessonEvent]:
        return [one for one in self.events if isinstance(one, event)]


@asynccontextmanager
async def at_work(spool: Path, ledger: Ledger) -> AsyncIterator[Room]:
    room = Room(spool, ledger)
    task = asyncio.create_task(room.finaliser._work())
    try:
        yield room
        assert not task.done(), "nothing may end it"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


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

    monkeypatch.setattr(finalisation, "check_lesson", slow_check)
    async with at_work(spool, ledger) as room:
        room.publish(LessonFilesClosed, lesson)
        await until_async(lambda: checks == 1)
        room.publish(LessonEndTakenBack, lesson)
        room.publish(LessonFilesClosed, lesson)
        going_on.set()
        await until_async(lambda: room.published(LessonChecked))
        found = receipt.read_receipt(spool / lesson)
        assert found is not None
        assert found.lesson_time_ns == 2_000_000_000
        assert checks == 2


@pytest.mark.parametrize("died", ["before it was forgotten", "while it was forgotten", "with the receipt lost"])
async def test_an_end_that_was_taken_back_by_a_controller_that_died_is_checked_anew(
    died: str, spool: Path, ledger: Ledger, lesson: str
) -> None:
    async with at_work(spool, ledger) as room:
        room.publish(LessonFilesClosed, lesson)
        await until_async(lambda: room.published(LessonChecked))
    if died == "with the receipt lost":
        (spool / lesson / RECEIPT_JSON).unlink()
    else:
        journal = JournalFile(spool / lesson)
        resumed = Resumed(at_ns=3 * 10**9, lesson_ns=2 * 10**9, boot_id="b", cause=Cause.TAKEN_BACK)
        journal.append([resumed, End(at_ns=4 * 10**9, lesson_ns=3 * 10**9, cause=Cause.POWER)])
        journal.close()
    if died == "while it was forgotten":
        ledger.lessons.reopen(lesson)
    async with at_work(spool, ledger) as room:
        room.publish(LessonFinalised, lesson)
        await until_async(lambda: room.published(LessonChecked))
        found = receipt.read_receipt(spool / lesson)
        assert found is not None
        length_ns = (2 if died == "with the receipt lost" else 3) * 10**9
        assert (found.lesson_time_ns, ledger.lessons.get(lesson).lesson_time_ns) == (length_ns, length_ns)
        assert found.is_good == (died == "with the receipt lost")


async def test_a_taken_back_end_is_forgotten_also_where_the_ledger_refuses_at_first(
    spool: Path, ledger: Ledger, lesson: str
) -> None:
    async with at_work(spool, ledger) as room:
        room.publish(LessonFilesClosed, lesson)
        await until_async(lambda: room.published(LessonChecked))
        assert ledger.lessons.get(lesson).state is LessonState.CHECKED
        before = (spool / lesson / RECEIPT_JSON).stat().st_mtime_ns
        refuse(ledger, on=True)
        room.publish(LessonEndTakenBack, lesson)
        await until_async(lambda: room.faults.codes() == [finalisation.HELD_UP, LEDGER])
        refuse(ledger, on=False)
        room.publish(LessonFilesClosed, lesson)
        await until_async(lambda: len(room.published(LessonChecked)) == 2)
        assert (spool / lesson / RECEIPT_JSON).stat().st_mtime_ns > before, "checked anew"
        await until_async(lambda: not room.faults.codes())


async def test_what_the_ledger_refuses_is_swept_up_later(spool: Path, ledger: Ledger, lesson: str) -> None:
    async with at_work(spool, ledger) as room:
        refuse(ledger, on=True)
        room.publish(LessonFinalised, lesson)
        await until_async(room.faults.codes)
        refuse(ledger, on=False)
        await room.finaliser.sweep()
        await until_async((spool / lesson / "lesson.json").exists)
        await until_async(lambda: not room.faults.codes())
        assert room.published(LessonDescribed)


async def test_a_lesson_that_cannot_be_checked_holds_up_no_other(
    spool: Path, ledger: Ledger, recorded: Path, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = begin_lesson(ledger, "r1")
    shutil.copytree(recorded, spool / other)

    def check(folder: Path, reader: object = None) -> receipt.Receipt:
        if folder.name == lesson:
            raise ValueError("nobody thought of this")
        return check_lesson(folder)

    monkeypatch.setattr(finalisation, "check_lesson", check)
    async with at_work(spool, ledger) as room:
        await room.finaliser.sweep()
        await until_async((spool / other / "lesson.json").exists)
        assert room.faults.codes() == [finalisation.HELD_UP]
        monkeypatch.setattr(finalisation, "check_lesson", check_lesson)
        await room.finaliser.sweep()
        await until_async((spool / lesson / "lesson.json").exists)
        await until_async(lambda: not room.faults.codes())


async def test_a_receipt_that_was_damaged_later_is_made_anew_and_ends_no_controller(
    spool: Path, ledger: Ledger, lesson: str
) -> None:
    async with at_work(spool, ledger) as room:
        room.publish(LessonFinalised, lesson)
        await until_async(lambda: room.published(LessonDescribed))
        (spool / lesson / RECEIPT_JSON).write_bytes(b'{"lesson": ')
        room.publish(LessonCopied, lesson)
        await until_async(lambda: len(room.published(LessonDescribed)) == 2)
        found = receipt.read_receipt(spool / lesson)
        assert found is not None
        assert (found.is_good, found.stored) == (True, StoredVerdict.YES)
        assert ledger.lessons.get(lesson).state is LessonState.CHECKED, "its copy does not say so yet"
        room.publish(LessonCopied, lesson)
        await until_async(lambda: room.published(LessonStored))
        assert ledger.lessons.get(lesson).state is LessonState.STORED


async def test_a_lesson_that_is_just_beginning_is_not_swept_up(spool: Path, ledger: Ledger) -> None:
    begun = begin_lesson(ledger, "r1")
    async with at_work(spool, ledger) as room:
        await room.finaliser.sweep()
        (spool / begun).mkdir()
        room.in_use = {begun}
        await room.finaliser.sweep()
        await stays_async(
            lambda: ledger.lessons.get(begun).state is LessonState.RUNNING and not any((spool / begun).iterdir()), 0.1
        )


async def test_ended_lessons_are_looked_for_soon_after_the_recorder_is_known(
    spool: Path, ledger: Ledger, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finalisation, "_SWEEP_FIRST_S", 0.02)
    room = Room(spool, ledger)
    unknown_at_first: Iterator[set[str] | None] = chain([None], repeat(set()))
    room.finaliser = Finaliser(spool, ROOM, ledger, room.events.append, lambda: next(unknown_at_first), room.faults)
    task = asyncio.create_task(room.finaliser.run())
    try:
        await until_async((spool / lesson / "lesson.json").exists, PATIENCE_S)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_the_lamp_tells_of_a_recorder_that_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lesson_service, "COMMAND_TIMEOUT_NS", 50_000_000)
    sent: list[DesiredState | AddMarker] = []

    def send(message: DesiredState | AddMarker) -> bool:
        sent.append(message)
        return True

    ids = LessonIdMaker("r1")
    service = LessonService(
        LessonStateMachine(3600, 10, ids.next_id),
        GestureDetector({"lesson": 10**9}),
        ids,
        send,
        lambda _event: None,
        FaultRegistry(),
        PowerOff(tmp_path / "power-off"),
        lambda: False,
    )
    idle = RecorderState(
        activity=Activity.IDLE, lamp="off", devices={"teacher": DeviceStatus(state=DeviceState.RUNNING)}
    )
    service.on_message(idle)
    service.on_button(ButtonEvent("lesson", ButtonAction.PRESSED, 1))
    assert sent
    service.tick()
    assert service.lamp() is Pattern.GREEN

    def warns() -> bool:
        service.on_message(idle)
        service.tick()
        return service.lamp() is Pattern.AMBER_FAST_BLINK

    await until_async(warns)
    service.on_message(idle.model_copy(update={"activity": Activity.RECORDING, "lesson": service.lesson.lesson}))
    service.tick()
    assert service.lamp() is Pattern.GREEN


async def test_an_end_that_comes_to_the_disk_after_its_announcement_is_not_waited_for_half_a_minute(
    spool: Path, ledger: Ledger, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finalisation, "_SWEEP_FIRST_S", 0.01)
    monkeypatch.setattr(finalisation, "_SWEEP_AGAIN_S", 0.01)
    monkeypatch.setattr(finalisation, "_SWEEP_S", 0.05)
    journal = spool / lesson / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    room = Room(spool, ledger)
    task = asyncio.create_task(room.finaliser.run())
    try:
        room.publish(LessonFilesClosed, lesson)
        await until_async(lambda: room.finaliser._awaited)
        monkeypatch.setattr(finalisation, "_SWEEP_S", PATIENCE_S * 10)
        await asyncio.sleep(0.1)
        journal.write_bytes(whole)
        await until_async(lambda: room.published(LessonChecked))
        assert not room.finaliser._awaited
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_lesson_that_ran_before_this_process_is_read_from_its_beginning_while_it_goes_on(
    spool: Path, ledger: Ledger, lesson: str
) -> None:
    room = Room(spool, ledger)
    task = asyncio.create_task(room.finaliser._read_ahead())
    segments = LessonReader(spool / lesson).finished_segments()
    try:
        room.finaliser.on_event(LessonFileFinished(lesson, 1, segments[-1]))
        await until_async(lambda: lesson in room.finaliser._readers and room.finaliser._unread.empty())
        await until_async(lambda: len(room.finaliser._readers[lesson].segments._cache) == len(segments) > 1)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
