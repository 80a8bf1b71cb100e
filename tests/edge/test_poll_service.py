"""The poll service on real ledgers and simulated bases: what came over the wire is on the disk, once, and soon."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from waiting import until_async

from drivers.clicker import iclicker_framing
from drivers.clicker.simulation.simulated_receiver import SimulatedReceiver, SimulatedReceiverOptions
from drivers.samples import AnswerForm, KeypadKey, TeacherKey
from edge.classroom.lesson_events import LessonEnded, LessonStarted
from edge.classroom.polls import ClickerPress, Poll, PollKind, Question, StoredPoll
from edge.controller.fault_registry import LEDGER, FaultRegistry
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.poll_service import PollRejected, PollService
from edge.ledger.database import Database, LedgerFull
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.polls import PressBatch
from pipelines.devices.clicker_base import ClickerBase
from pipelines.devices.device_state import DeviceState

STUDENTS = 60
MODELS = ("rf217", "rf218", "rf219", "iclicker")
LESSON = "r204-7f3a-000001"
BOOT = "this boot"
PATIENCE_S = 10.0


class Room:
    """A service with its base and its ledger; ``closed`` are the lessons whose results were asked for."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.fault = folder / "fault"
        self.truth_log = folder / "truth"
        self.ledger: Ledger = open_ledger(folder / "ledger.db", folder / "spool")
        self.durable_ns: list[int] = []
        self.keys: list[TeacherKey] = []
        self.closed: list[str] = []
        wanted = {"answer_within_s": 0.05, "second_thoughts": 0.0, **options}
        device = SimulatedReceiver(
            "clickers",
            SimulatedReceiverOptions(run=str(folder), log=self.truth_log, fault_file=self.fault, seed=7, **wanted),
        )
        self.bases: list[ClickerBase] = []
        self.clickers = AsyncClickerBase(partial(self._make, device))
        self.faults = FaultRegistry()
        self.service = PollService(
            self.ledger.polls,
            self.clickers,
            self.faults,
            BOOT,
            lambda: "3 (2)",
            lambda _: 1,
            self.closed.append,
        )

    def _make(self, device: SimulatedReceiver, listen: Any) -> ClickerBase:
        self.bases.append(ClickerBase("clickers", lambda: device, listen, lambda _role, _condition: None))
        return self.bases[-1]

    def begin(self, lesson: str = LESSON) -> None:
        self.service.on_event(LessonStarted(lesson, time.monotonic_ns()))

    def end(self) -> None:
        self.service.on_event(LessonEnded(LESSON, time.monotonic_ns()))

    async def listen(self) -> None:
        async for events in self.clickers.bursts():
            self.keys += [event.key for event in events if isinstance(event, KeypadKey)]
            before = self._durable()
            await self.service.on_receiver_events(events)
            self.durable_ns += [time.monotonic_ns()] * (self._durable() - before)

    def _durable(self) -> int:
        return sum(len(stored.poll.responses) for stored in self.service.polls)

    def truth(self, event: str = "answer") -> list[dict[str, Any]]:
        lines = map(json.loads, self.truth_log.read_text().splitlines())
        return [line for line in lines if line["event"] == event]

    def health(self) -> DeviceState | None:
        status = self.clickers.status()
        return status.state if status else None


@asynccontextmanager
async def running(*rooms: Room) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        for room in rooms:
            room.clickers.start()
        tasks = [group.create_task(work) for room in rooms for work in (room.listen(), room.service.run())]
        try:
            yield
        finally:
            for room in rooms:
                await asyncio.to_thread(room.clickers.close)
            for task in tasks:
                task.cancel()
            for room in rooms:
                room.ledger.close()


def in_ledger(room: Room) -> Counter[tuple[str, str]]:
    (stored,) = room.ledger.polls.for_lesson(LESSON)
    return Counter((one.press.device, one.press.text) for one in stored.poll.responses)


async def test_sixty_students_in_two_seconds_on_each_base_are_in_the_ledger_once(tmp_path: Path) -> None:
    bad = {"answer_within_s": 1.8, "corruption": 0.05, "duplicates": 0.1, "students": STUDENTS}
    rooms = {}
    for model in MODELS:
        (tmp_path / model).mkdir()
        rooms[model] = Room(tmp_path / model, base=model, **bad)
    async with running(*rooms.values()):
        for room in rooms.values():
            room.begin()
            await room.service.open(Question(PollKind.SINGLE, 4))
        for room in rooms.values():
            await until_async(lambda room=room: len(room.durable_ns) >= STUDENTS // 4)
            room.fault.write_text("lost")
        for room in rooms.values():
            await until_async(lambda room=room: room.health() is DeviceState.MISSING)
            room.fault.unlink()
            room.bases[0].retry_now()
        for model, room in rooms.items():
            await until_async(lambda room=room: len({line["device"] for line in room.truth()}) == STUDENTS)
            whole = Counter((line["device"], line["text"]) for line in room.truth() if line["fate"] == "intact")
            await until_async(lambda room=room, whole=whole: not whole - in_ledger(room))
            stored = await room.service.close(time.monotonic_ns())
            made_up = in_ledger(room) - whole
            assert made_up.total() <= 2, "what a checksum cannot see is rare"
            possible = {device for device, text in whole if text in "ABCD"}  # an iClicker has an E besides
            assert possible <= stored.poll.counting_responses().keys()
            assert room.closed == [LESSON]
            _report(model, room, whole)


def _report(model: str, room: Room, whole: Counter[tuple[str, str]]) -> None:
    sent = sorted(line["sent_ns"] for line in room.truth() if line["fate"] == "intact")
    took_ms = sorted((after - before) / 1e6 for before, after in zip(sent, sorted(room.durable_ns), strict=False))
    p99 = took_ms[int(len(took_ms) * 0.99)]
    fates = dict(Counter(line["fate"] for line in room.truth()))
    print(f"{model}: {fates}; {whole.total()} whole on the wire, {in_ledger(room).total()} in the ledger,", end=" ")
    print(f"byte to ledger p50 {took_ms[len(took_ms) // 2]:.1f}, p99 {p99:.1f} ms")


async def test_who_can_be_asked_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iclicker_framing, "PAUSE_MS", 10)
    room = Room(tmp_path, base="iclicker", students=0)
    async with running(room):
        await until_async(lambda: room.health() is DeviceState.RUNNING)
        with pytest.raises(PollRejected, match="no-lesson"):
            await room.service.open(Question(PollKind.RUSH))
        room.begin()
        with pytest.raises(PollRejected, match="cannot ask for number"):
            await room.service.open(Question(PollKind.NUMBER))
        with pytest.raises(PollRejected, match="no-poll"):
            await room.service.close(0)
        assert room.ledger.polls.for_lesson(LESSON) == []
        await room.service.open(Question(PollKind.RUSH))
        with pytest.raises(PollRejected, match="poll-open"):
            await room.service.open(Question(PollKind.RUSH))
        room.end()
        await until_async(lambda: room.service.lesson is None)
    (stored,) = open_ledger(tmp_path / "ledger.db", tmp_path).polls.for_lesson(LESSON)
    assert not stored.poll.is_open, "the lesson's end closes it"


async def test_a_poll_found_in_the_ledger_goes_on_after_what_it_had(tmp_path: Path) -> None:
    room = Room(tmp_path, base="rf218", students=5)
    before = StoredPoll(LESSON, "3 (2)", BOOT, _opened(time.monotonic_ns() - 60_000_000_000))
    room.ledger.polls.insert(before)
    shown = ClickerPress(before.poll.opened_ns + 1, "99", AnswerForm.KEYS, "B")
    room.ledger.polls.insert_presses([PressBatch(LESSON, 1, [shown], lost=3)])
    async with running(room):
        room.begin()
        await until_async(lambda: room.service.open_poll and len(room.service.open_poll.poll.counting_responses()) == 6)
        stored = await room.service.close(time.monotonic_ns())
        assert stored.poll.counting_responses()["99"].press == shown
        assert stored.poll.lost == 3
        await room.service.open(Question(PollKind.ROLL_CALL))
        assert room.service.polls[-1].poll.number == 2


async def test_a_poll_of_an_earlier_boot_ends_with_its_last_answer(tmp_path: Path) -> None:
    room = Room(tmp_path, base="rf218", students=5)
    poll = _opened(5_000)
    room.ledger.polls.insert(StoredPoll(LESSON, "", "another boot", poll))
    room.ledger.polls.insert_presses([PressBatch(LESSON, 1, [ClickerPress(7_000, "1", AnswerForm.KEYS, "A")])])
    async with running(room):
        room.begin()
        await until_async(lambda: room.closed)
        assert room.service.open_poll is None
        assert room.ledger.polls.for_lesson(LESSON)[0].poll.closed_ns == 7_000


async def test_what_the_disk_refuses_is_shown_when_it_is_there(tmp_path: Path) -> None:
    room = Room(tmp_path, base="rf218", students=5)
    database = room.ledger.polls._database
    async with running(room):
        await until_async(lambda: room.health() is DeviceState.RUNNING)
        room.begin()
        with database.connection() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
        _fill(database)
        stored = await room.service.open(Question(PollKind.SINGLE, 4))
        await until_async(lambda: room.service.unsaved == 5)
        assert stored.poll.responses == []
        assert room.faults.codes() == ["disk-full"]
        with database.connection() as connection:
            connection.execute("PRAGMA max_page_count = 100000")
        await until_async(lambda: len(stored.poll.counting_responses()) == 5)
        assert (room.service.unsaved, room.faults.codes()) == (0, [])


async def test_a_poll_goes_on_when_the_ledger_is_open_again(tmp_path: Path) -> None:
    room = Room(tmp_path, base="rf218", students=5)
    room.ledger.polls.insert(StoredPoll(LESSON, "3 (2)", BOOT, _opened(time.monotonic_ns())))
    room.ledger.close()
    async with running(room):
        room.begin()
        await until_async(lambda: room.faults.codes() == [LEDGER])
        with pytest.raises(PollRejected, match=LEDGER):
            await room.service.open(Question(PollKind.RUSH))
        room.ledger.open(tmp_path / "spool")
        await until_async(lambda: room.service.open_poll and len(room.service.open_poll.poll.counting_responses()) == 5)
        await room.service.close(time.monotonic_ns())
        assert (await room.service.open(Question(PollKind.ROLL_CALL))).poll.number == 2
        assert room.faults.codes() == []


def _fill(database: Database) -> None:
    """Use up the free room of the last pages, so that the next press needs one more."""
    with suppress(LedgerFull):
        while True:
            with database.transaction() as connection:
                connection.execute(
                    "INSERT INTO presses (lesson, poll, captured_ns, device, form, text)"
                    " VALUES ('other', 1, 1, '1', 'keys', 'A')"
                )


async def test_the_base_is_listened_to_between_polls_for_as_long_as_somebody_asks(tmp_path: Path) -> None:
    room = Room(tmp_path, base="rf218", students=2)
    async with running(room):
        await until_async(lambda: room.health() is DeviceState.RUNNING)
        since_ns = time.monotonic_ns()
        assert room.clickers.base.presses_since(since_ns) == []
        await until_async(lambda: {one for _, one in room.clickers.base.presses_since(since_ns)} == {"1", "2"})
        again_ns = time.monotonic_ns()
        assert room.clickers.base.presses_since(again_ns) == [], "this class answers a question once"
        room.clickers.base.presses_since(again_ns, anew=True)
        await until_async(lambda: {one for _, one in room.clickers.base.presses_since(again_ns)} == {"1", "2"})
        assert all(at_ns > again_ns for at_ns, _ in room.clickers.base.presses_since(again_ns))
        room.clickers.base.check_watchdog(time.monotonic_ns() + 10_000_000_000)
        await until_async(lambda: room.truth("stopped"))


def _opened(at_ns: int) -> Poll:
    return Poll(1, Question(PollKind.SINGLE, 4), at_ns)
