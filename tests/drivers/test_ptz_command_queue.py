"""The conversation with a head, on a clock of its own: whatever is lost, two commands run and never three."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ptz import visca_messages
from drivers.ptz.command_queue import (
    ANSWER_NS,
    MOST_FULL,
    TRIES,
    CommandLane,
    CommandQueue,
    NoAnswer,
    Outcome,
    QueuedCommand,
)
from drivers.ptz.simulation.device import DeviceReply, HeadFault, ViscaDevice, place_of
from drivers.ptz.simulation.motion import HeadMotion

MS = 1_000_000
REPLY_NS = 16 * MS
TRAVELS_NS = 5_000 * MS
TAIL_NS = 60_000 * MS


def recall(preset: int) -> QueuedCommand:
    return QueuedCommand(CommandLane.RECALL, visca_messages.recall(preset), TRAVELS_NS)


def turn(pan: float) -> QueuedCommand:
    return QueuedCommand(CommandLane.TURN, visca_messages.pan_tilt(pan, 0))


@dataclass
class Room:
    """A conversation and a head, with a line between that loses what it is told to."""

    numbered: bool
    lost: Iterator[bool] = field(default_factory=lambda: iter(()))
    now_ns: int = 0
    events: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head = ViscaDevice(1, HeadMotion(2.0), self._log)
        self.conversation = CommandQueue(1)
        self._coming: list[tuple[int, int, bytes, int | None]] = []
        self._count = 0

    def _log(self, _: int, what: str, more: Mapping[str, object]) -> None:
        self.events.append(f"{what} {more['preset']}" if "preset" in more else what)

    def pass_time(self, nanoseconds: int) -> None:
        until_ns = self.now_ns + nanoseconds
        while True:
            while (sending := self.conversation.next(self.now_ns)) is not None:
                if not next(self.lost, False):
                    number = sending.number if self.numbered else None
                    self._reply(self.head.heard(sending.packet, number, self.now_ns))
            coming = self._coming[0][0] if self._coming else None
            times = (self.conversation.next_ns(), self.head.due_ns(), coming)
            soonest_ns = min((at_ns for at_ns in times if at_ns is not None), default=until_ns)
            if soonest_ns >= until_ns:
                self.now_ns = until_ns
                return
            self.now_ns = max(self.now_ns, soonest_ns)
            self._reply(self.head.tick(self.now_ns))
            while self._coming and self._coming[0][0] <= self.now_ns:
                _, _, packet, number = heapq.heappop(self._coming)
                reply = visca_messages.reply(packet)
                assert reply is not None
                self.conversation.heard(reply, number, self.now_ns)

    def _reply(self, replies: list[DeviceReply]) -> None:
        for said in replies:
            if not next(self.lost, False):
                self._count += 1
                heapq.heappush(self._coming, (self.now_ns + REPLY_NS, self._count, said.packet, said.number))


acts = st.one_of(
    st.integers(0, 15).map(recall),
    st.sampled_from([-1.0, -0.2, 0.0, 0.7]).map(turn),
    st.just(0).map(lambda _: QueuedCommand(CommandLane.ZOOM, visca_messages.zoom(0.5))),
    st.just(0).map(lambda _: QueuedCommand(CommandLane.ASK, visca_messages.VERSION)),
    st.just("withdraw"),
)
steps = st.lists(st.tuples(acts, st.sampled_from([0, 5, 30, 200, 1500])), min_size=1, max_size=12)


@given(steps, st.booleans(), st.lists(st.sampled_from([False, False, False, True]), max_size=60))
def test_never_three_and_every_order_ends(
    plan: list[tuple[QueuedCommand | str, int]], numbered: bool, lost: list[bool]
) -> None:
    """Without numbers a head may be told twice what it heard, so nothing is lost on that line here."""
    room = Room(numbered, iter(lost if numbered else ()))
    orders: list[QueuedCommand] = []
    newest: QueuedCommand | None = None
    try:
        for act, wait_ms in plan:
            if isinstance(act, QueuedCommand):
                made = QueuedCommand(act.lane, act.body, act.travels_ns)
                if newest is not None and made.lane is CommandLane.RECALL:
                    room.conversation.withdraw(newest)
                newest = made if made.lane is CommandLane.RECALL else newest
                orders.append(made)
                room.conversation.ask(made)
            elif newest is not None:
                room.conversation.withdraw(newest)
                newest = None
            room.pass_time(wait_ms * MS)
        room.pass_time(TAIL_NS)
    except NoAnswer:
        assert "".join(str(int(one)) for one in lost).count("1") >= TRIES
        return
    assert room.head.most_running <= 2
    assert "third" not in room.events
    assert all(order.outcome is not None for order in orders)
    ended = room.conversation.take_ended()
    assert len(ended) == len({id(order) for order in ended}) == len(orders)
    if newest is not None and orders[-1] is newest:
        # Both its completions may have been lost, and then nobody knows that it is there.
        assert newest.outcome in ({Outcome.DONE, Outcome.ENDLESS} if any(lost) else {Outcome.DONE})
        assert room.head.place(room.now_ns) == place_of(newest.body[-1])


def test_a_lost_answer_is_asked_for_again_and_nothing_is_done_twice() -> None:
    room = Room(numbered=True, lost=iter([False, True]))  # the recall arrives, its acknowledgement does not
    order = recall(3)
    room.conversation.ask(order)
    room.pass_time(TRAVELS_NS)
    assert order.outcome is Outcome.DONE
    assert room.events == ["recall 3", "arrived 3"]


def test_a_lost_completion_is_found_by_telling_it_again() -> None:
    room = Room(numbered=False, lost=iter([False, False, True]))
    order = recall(3)
    room.conversation.ask(order)
    room.pass_time(TRAVELS_NS + 500 * MS)
    assert order.outcome is Outcome.DONE
    assert room.events == ["recall 3", "arrived 3", "recall 3", "arrived 3"]


def test_a_full_head_is_waited_for_and_in_the_end_given_up() -> None:
    room = Room(numbered=False)
    room.head.fault = HeadFault.FULL
    first, second = recall(1), turn(1)
    room.conversation.ask(first)
    room.pass_time(1_000 * MS)
    assert first.outcome is None
    room.head.fault = HeadFault.NONE
    room.pass_time(TRAVELS_NS)
    assert first.outcome is Outcome.DONE
    room.head.fault = HeadFault.FULL
    room.conversation.ask(second)
    room.pass_time(MOST_FULL * 150 * MS)
    assert second.outcome is Outcome.BUSY


def test_a_head_that_cannot_now_is_not_asked_again() -> None:
    room = Room(numbered=False)
    room.head.fault = HeadFault.MENU
    order = recall(1)
    room.conversation.ask(order)
    room.pass_time(100 * MS)
    assert order.outcome is Outcome.REFUSED


def test_what_a_head_never_understands_is_given_up() -> None:
    room = Room(numbered=True)
    order = QueuedCommand(CommandLane.TURN, b"\x01\x7e\x01")
    room.conversation.ask(order)
    room.pass_time(1_000 * MS)
    assert order.outcome is Outcome.NOT_KNOWN


def test_a_silent_head_is_told_so_often_and_no_more() -> None:
    room = Room(numbered=True)
    room.head.fault = HeadFault.SILENT
    room.conversation.ask(turn(1))
    with pytest.raises(NoAnswer):
        room.pass_time(10_000 * MS)
    assert room.now_ns == TRIES * ANSWER_NS


def test_a_fast_hand_leaves_no_queue_behind() -> None:
    room = Room(numbered=False)
    drives = [turn(step / 100) for step in range(1, 101)]
    for drive in drives:
        room.conversation.ask(drive)
        room.pass_time(2 * MS)
    room.pass_time(100 * MS)
    assert room.events[-1] == "drive"
    assert len(room.events) < 20
    assert drives[-1].outcome is Outcome.DONE


def test_a_recall_that_is_withdrawn_on_its_way_is_cancelled() -> None:
    room = Room(numbered=False)
    order = recall(3)
    room.conversation.ask(order)
    room.pass_time(100 * MS)
    room.conversation.withdraw(order)
    room.pass_time(100 * MS)
    assert order.outcome is Outcome.SUPERSEDED
    assert room.events == ["recall 3", "cancelled"]
