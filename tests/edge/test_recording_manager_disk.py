"""The recorder and its disk: what fits is recorded, and a disk that hangs, fails or is exchanged ends no lesson."""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cards import Card
from test_recording_manager import LESSON, Room, desired_state
from waiting import stays

from drivers.samples import Pattern
from edge.classroom.recorder_messages import Activity, CommandRefused, DesiredState, RecordingEnded
from edge.recorder import recording_manager, resume_interrupted
from pipelines.files import disk
from pipelines.journal.entries import Begin, BitrateReduced, Cause, Dropped, End, Gap, Resumed
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.receipt.check_lesson import check_lesson
from pipelines.recording import file_thread, lesson_recording, lesson_storage
from pipelines.recording.storage_budget import StorageDemand

CARD_MB = 24


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    made = Card(tmp_path / "card.img", tmp_path / "spool", CARD_MB)
    try:
        made.put_in()
    except OSError as error:
        pytest.skip(f"a card cannot be mounted here: {error}")
    shutil.rmtree(made.folder / "lost+found")
    yield made
    made.take_out()


@pytest.fixture
def room(card: Card, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(recording_manager, "_RETRY_NS", 200_000_000)
    monkeypatch.setattr(lesson_storage, "_ABANDON_S", 1.0)
    made = Room(card.folder)
    yield made
    made.close()


def needing(room: Room, share_of_free: float) -> None:
    """A lesson of this room takes so much of what is free."""
    bps = disk.read_space(room.manager.room.spool).free_bytes * 8 * share_of_free / 1.05
    demand = StorageDemand(video_bps=round(bps), audio_bps=0, seconds=1, reserve_bytes=0)
    room.manager.room = replace(room.manager.room, storage_demand=demand)


def idle() -> DesiredState:
    return DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns())


def test_a_lesson_that_does_not_fit_is_refused_in_a_word(room: Room, card: Card) -> None:
    needing(room, 2.5)
    room.manager.reconcile(desired_state())
    (refused,) = room.messages_of(CommandRefused)
    assert isinstance(refused, CommandRefused)
    assert refused.reason == disk.NO_ROOM
    assert list(card.folder.iterdir()) == []
    assert room.manager.state().faults == []


def test_a_lesson_that_fits_with_a_lower_bit_rate_has_that_and_says_so(room: Room, card: Card) -> None:
    needing(room, 1.5)
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.lamp() is Pattern.ON)
    room.manager.reconcile(idle())
    entries = read_journal(card.folder / LESSON).entries
    (lowered,) = filter_kinds(entries, BitrateReduced)
    assert 65 <= lowered.percent <= 67
    assert [found.values for found in check_lesson(card.folder / LESSON).findings if found.code == "lowered"] == [
        {"percent": lowered.percent}
    ]


def test_a_lesson_that_has_begun_goes_on_however_little_is_left(room: Room, card: Card) -> None:
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.lamp() is Pattern.ON)
    room.close()
    after = Room(card.folder)
    needing(after, 3)
    after.manager.resume_interrupted()
    assert after.manager.state().lesson == LESSON
    after.close()
    assert [one.percent for one in filter_kinds(read_journal(card.folder / LESSON).entries, BitrateReduced)] == [50]


@pytest.mark.parametrize(
    ("ill", "word"), [(Card.pull, disk.FAILS), (Card.turn_read_only, disk.READ_ONLY)], ids=["pulled", "read-only"]
)
def test_a_disk_that_goes_and_comes_back(room: Room, card: Card, ill: Callable[[Card], None], word: str) -> None:
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.state().lesson_time_ns > 1_500_000_000)
    before = {path: path.read_bytes() for path in (card.folder / LESSON).rglob("*.*4*")}
    ill(card)
    room.until(lambda: room.manager.state().faults == [word])
    card.take_out()

    def waits() -> bool:
        room.manager.tick()
        return list(card.folder.iterdir()) == [] and room.manager.state().faults == [word]

    stays(waits, 0.3)  # nothing goes where nobody would find it
    card.put_in()
    room.until(lambda: room.manager.state().faults == [])
    back_ns = room.manager.state().lesson_time_ns
    room.until(lambda: room.manager.lamp() is Pattern.ON and room.manager.state().lesson_time_ns > back_ns)
    room.manager.reconcile(idle())
    entries = read_journal(card.folder / LESSON).entries
    assert (len(list(filter_kinds(entries, Begin))), len(list(filter_kinds(entries, End)))) == (1, 1)
    assert [goes.cause for goes in filter_kinds(entries, Resumed)] == [Cause.RESTART]
    assert [hole.track for hole in filter_kinds(entries, Gap) if hole.cause is Cause.RESTART] == ["teacher"]
    for path, data in before.items():
        now = path.with_name(path.name.removesuffix(".part")).read_bytes()
        assert now.startswith(data[: len(now)])
        assert len(now) > len(data) * 0.6, "all but what a second of syncing had not reached"


def test_a_lesson_that_ends_while_its_disk_is_away_has_its_end_when_it_is_back(
    room: Room, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lesson_recording, "_FILES_END_S", 0.2)
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.state().lesson_time_ns > 1_500_000_000)
    card.pull()
    room.until(lambda: room.manager.state().faults == [disk.FAILS])
    room.manager.reconcile(idle())
    assert room.manager.state().faults == [disk.FAILS]
    assert room.messages_of(RecordingEnded) == []
    card.take_out()
    card.put_in()
    room.until(lambda: room.messages_of(RecordingEnded))
    assert room.manager.state().faults == []
    assert [end.cause for end in filter_kinds(read_journal(card.folder / LESSON).entries, End)] == [Cause.POWER]


def test_a_lesson_that_its_disk_holds_up_and_nobody_wants_any_more_is_ended(
    room: Room, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.lamp() is Pattern.ON)
    room.manager.close()
    faults: list[list[str]] = []

    def refuses(*_args: object) -> None:
        faults.append(room.manager.state().faults)
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as ill:
        ill.setattr(resume_interrupted, "resume_ended", refuses)
        room.manager.reconcile(desired_state())
        room.until(lambda: len(faults) > 2)
        assert faults[1:3] == [[disk.FAILS]] * 2, "it is messages also while it is tried again"
        room.manager.reconcile(idle())
    room.until(lambda: room.messages_of(RecordingEnded))
    assert room.manager.state().faults == []
    assert room.manager.state().activity is Activity.IDLE
    assert len(list(filter_kinds(read_journal(card.folder / LESSON).entries, End))) == 1


def test_a_disk_that_hangs_costs_nothing_but_time(room: Room, card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also at its end, which is reported when the disk has it."""
    monkeypatch.setattr(file_thread, "_HUNG_S", 0.5)
    monkeypatch.setattr(lesson_recording, "_FILES_END_S", 0.2)
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.lamp() is Pattern.ON)
    card.hold(on=True)
    try:
        room.until(lambda: room.manager.state().faults == [disk.HUNG])
    finally:
        card.hold(on=False)
    room.until(lambda: room.manager.state().faults == [] and room.manager.lamp() is Pattern.ON)
    card.hold(on=True)
    try:
        room.manager.reconcile(idle())
        room.until(lambda: room.manager.state().faults == [disk.HUNG])
        assert room.manager.state().activity is Activity.IDLE
        assert room.messages_of(RecordingEnded) == []
    finally:
        card.hold(on=False)
    room.until(lambda: room.messages_of(RecordingEnded))
    assert room.manager.state().faults == []
    entries = read_journal(card.folder / LESSON).entries
    assert list(filter_kinds(entries, Gap, Dropped)) == []
