"""The VISCA command queue, on a clock of its own: whatever is lost, at most two commands run."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ptz import visca_messages
from drivers.ptz.command_queue import (
    MAX_BUFFER_FULL,
    MAX_SENDS,
    REPLY_TIMEOUT_NS,
    CommandLane,
    CommandQueue,
    HeadNotAnswering,
    Outcome,
    QueuedCommand,
)
from drivers.ptz.simulation.device import DeviceReply, HeadFault, ViscaDevice, default_position
from drivers.ptz.simulation.motion import HeadMotion

MS = 1_000_000
REPLY_DELAY_NS = 16 * MS
MAX_TRAVEL_NS = 5_000 * MS
TAIL_NS = 60_000 * MS


def recall(preset: int) -> QueuedCommand:
    return QueuedCommand(CommandLane.RECALL, visca_messages.recall(preset), MAX_TRAVEL_NS)


def turn(pan: float) -> QueuedCommand:
    return QueuedCommand(CommandLane.TURN, visca_messages.pan_tilt(pan, 0))


@dataclass
class Room:
    """A conversation and a head, with a line between that loses what it is told to."""

    is_numbered: bool
    lost: Iterator[bool] = field(default_factory=lambda: iter(()))
    now_ns: int = 0
    events: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head = ViscaDevice(1, HeadMotion(2.0), self._log)
        self.queue = CommandQueue(1)
        self._arrivals: list[tuple[int, int, bytes, int | None]] = []
        self._count = 0

    def _log(self, _: int, what: str, more: Mapping[str, object]) -> None:
        self.events.append(f"{what} {more['preset']}" if "preset" in more else what)

    def pass_time(self, nanoseconds: int) -> None:
        until_ns = self.now_ns + nanoseconds
        while True:
            while (outgoing := self.queue.next_packet(self.now_ns)) is not None:
                if not next(self.lost, False):
                    sequence = outgoing.sequence if self.is_numbered else None
                    self._reply(self.head.on_packet(outgoing.packet, sequence, self.now_ns))
            next_arrival_ns = self._arrivals[0][0] if self._arrivals else None
            due_times = (self.queue.next_due_ns(), self.head.next_due_ns(), next_arrival_ns)
            next_ns = min((at_ns for at_ns in due_times if at_ns is not None), default=until_ns)
            if next_ns >= until_ns:
                self.now_ns = until_ns
                return
            self.now_ns = max(self.now_ns, next_ns)
            self._reply(self.head.advance(self.now_ns))
            while self._arrivals and self._arrivals[0][0] <= self.now_ns:
                _, _, packet, sequence = heapq.heappop(self._arrivals)
                reply = visca_messages.parse_reply(packet)
                assert reply is not None
                self.queue.on_reply(reply, sequence, self.now_ns)

    def _reply(self, replies: list[DeviceReply]) -> None:
        for reply in replies:
            if not next(self.lost, False):
                self._count += 1
                heapq.heappush(
                    self._arrivals, (self.now_ns + REPLY_DELAY_NS, self._count, reply.packet, reply.sequence)
                )


actions = st.one_of(
    st.integers(0, 15).map(recall),
    st.sampled_from([-1.0, -0.2, 0.0, 0.7]).map(turn),
    st.just(0).map(lambda _: QueuedCommand(CommandLane.ZOOM, visca_messages.zoom(0.5))),
    st.just(0).map(lambda _: QueuedCommand(CommandLane.INQUIRY, visca_messages.VERSION)),
    st.just("withdraw"),
)
steps = st.lists(st.tuples(actions, st.sampled_from([0, 5, 30, 200, 1500])), min_size=1, max_size=12)


@given(steps, st.booleans(), st.lists(st.sampled_from([False, False, False, True]), max_size=60))
def test_never_three_commands_at_once_and_every_command_ends(
    plan: list[tuple[QueuedCommand | str, int]], is_numbered: bool, lost: list[bool]
) -> None:
    """Without numbers a head may be told twice what it heard, so nothing is lost on that line here."""
    room = Room(is_numbered, iter(lost if is_numbered else ()))
    commands: list[QueuedCommand] = []
    newest: QueuedCommand | None = None
    try:
        for action, wait_ms in plan:
            if isinstance(action, QueuedCommand):
                command = QueuedCommand(action.lane, action.body, action.max_travel_ns)
                if newest is not None and command.lane is CommandLane.RECALL:
                    room.queue.cancel(newest)
                newest = command if command.lane is CommandLane.RECALL else newest
                commands.append(command)
                room.queue.enqueue(command)
            elif newest is not None:
                room.queue.cancel(newest)
                newest = None
            room.pass_time(wait_ms * MS)
        room.pass_time(TAIL_NS)
    except HeadNotAnswering:
        assert "".join(str(int(one)) for one in lost).count("1") >= MAX_SENDS
        return
    assert room.head.max_running <= 2
    assert "third" not in room.events
    assert all(command.outcome is not None for command in commands)
    finished = room.queue.pop_finished()
    assert len(finished) == len({id(command) for command in finished}) == len(commands)
    if newest is not None and commands[-1] is newest:
        # Both its completions may have been lost, and then nobody knows that it is there.
        assert newest.outcome in ({Outcome.DONE, Outcome.TIMED_OUT} if any(lost) else {Outcome.DONE})
        assert room.head.position(room.now_ns) == default_position(newest.body[-1])


def test_a_lost_acknowledgement_is_resent_and_nothing_is_executed_twice() -> None:
    room = Room(is_numbered=True, lost=iter([False, True]))  # the recall arrives, its acknowledgement does not
    command = recall(3)
    room.queue.enqueue(command)
    room.pass_time(MAX_TRAVEL_NS)
    assert command.outcome is Outcome.DONE
    assert room.events == ["recall 3", "arrived 3"]


def test_a_lost_completion_is_found_by_sending_the_command_again() -> None:
    room = Room(is_numbered=False, lost=iter([False, False, True]))
    command = recall(3)
    room.queue.enqueue(command)
    room.pass_time(MAX_TRAVEL_NS + 500 * MS)
    assert command.outcome is Outcome.DONE
    assert room.events == ["recall 3", "arrived 3", "recall 3", "arrived 3"]


def test_a_full_buffer_is_retried_and_in_the_end_given_up() -> None:
    room = Room(is_numbered=False)
    room.head.fault = HeadFault.FULL
    first, second = recall(1), turn(1)
    room.queue.enqueue(first)
    room.pass_time(1_000 * MS)
    assert first.outcome is None
    room.head.fault = HeadFault.NONE
    room.pass_time(MAX_TRAVEL_NS)
    assert first.outcome is Outcome.DONE
    room.head.fault = HeadFault.FULL
    room.queue.enqueue(second)
    room.pass_time(MAX_BUFFER_FULL * 150 * MS)
    assert second.outcome is Outcome.BUSY


def test_a_command_that_is_not_executable_is_not_sent_again() -> None:
    room = Room(is_numbered=False)
    room.head.fault = HeadFault.MENU
    command = recall(1)
    room.queue.enqueue(command)
    room.pass_time(100 * MS)
    assert command.outcome is Outcome.REFUSED


def test_a_syntax_error_is_given_up_after_retries() -> None:
    room = Room(is_numbered=True)
    command = QueuedCommand(CommandLane.TURN, b"\x01\x7e\x01")
    room.queue.enqueue(command)
    room.pass_time(1_000 * MS)
    assert command.outcome is Outcome.UNKNOWN_COMMAND


def test_a_silent_head_is_sent_a_command_a_limited_number_of_times() -> None:
    room = Room(is_numbered=True)
    room.head.fault = HeadFault.SILENT
    room.queue.enqueue(turn(1))
    with pytest.raises(HeadNotAnswering):
        room.pass_time(10_000 * MS)
    assert room.now_ns == MAX_SENDS * REPLY_TIMEOUT_NS


def test_fast_drives_leave_no_queue_behind() -> None:
    room = Room(is_numbered=False)
    drives = [turn(step / 100) for step in range(1, 101)]
    for drive in drives:
        room.queue.enqueue(drive)
        room.pass_time(2 * MS)
    room.pass_time(100 * MS)
    assert room.events[-1] == "drive"
    assert len(room.events) < 20
    assert drives[-1].outcome is Outcome.DONE


def test_a_running_recall_is_cancelled_at_the_head() -> None:
    room = Room(is_numbered=False)
    command = recall(3)
    room.queue.enqueue(command)
    room.pass_time(100 * MS)
    room.queue.cancel(command)
    room.pass_time(100 * MS)
    assert command.outcome is Outcome.SUPERSEDED
    assert room.events == ["recall 3", "cancelled"]
