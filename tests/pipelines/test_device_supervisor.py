"""A device that is missing, stalls, is lost, hangs or is unfit: what its supervisor does and reports."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from waiting import pass_time, stays, until

from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from pipelines.capture.ring_buffer import RingBuffer
from pipelines.devices import device_supervisor
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor

PATIENCE_S = 5.0


@dataclass
class Scripted:
    """A device that does one thing after the other: an error is raised, a number is a sample."""

    opens: list[Exception | None]
    reads: list[Exception | int | threading.Event]
    opened: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    def open(self) -> str:
        self.opened += 1
        self.closed.clear()
        if self.opens and (error := self.opens.pop(0)) is not None:
            raise error
        return f"form {self.opened}"

    def read(self, timeout_s: float) -> int:
        if not self.reads:
            self.closed.wait(timeout_s / 10)
            raise DeviceStalled("r", "nothing comes")
        step = self.reads.pop(0)
        if isinstance(step, threading.Event):
            step.wait()
            raise DeviceLost("r", "too late")
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.closed.set()


@dataclass
class Record:
    """What a supervisor reported and delivered."""

    conditions: list[DeviceCondition[str]] = field(default_factory=list)
    samples: list[tuple[str, int]] = field(default_factory=list)

    def changed(self, role: str, condition: DeviceCondition[str]) -> None:
        assert role == "r"
        self.conditions.append(condition)

    def listen(self, form: str, sample: int) -> None:
        self.samples.append((form, sample))

    @property
    def states(self) -> list[DeviceState]:
        return [condition.state for condition in self.conditions]


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def started(record: Record) -> Iterator[Callable[..., DeviceSupervisor[int, str]]]:
    """Starts a supervisor on these devices, made one after the other; closes it in the end."""
    made: list[DeviceSupervisor[int, str]] = []

    def start(*devices: Scripted) -> DeviceSupervisor[int, str]:
        waiting = list(devices)
        supervisor = DeviceSupervisor("r", lambda: waiting.pop(0), record.changed)
        made.append(supervisor)
        supervisor.attach(record.listen)
        supervisor.start()
        return supervisor

    yield start
    for supervisor in made:
        supervisor.close()


def test_samples_come_with_the_format_they_were_opened_in(
    record: Record, started: Callable[..., DeviceSupervisor[int, str]]
) -> None:
    started(Scripted([], [1, 2, DeviceLost("r", "unplugged"), 3]))
    until(lambda: len(record.samples) == 3)
    assert record.samples == [("form 1", 1), ("form 1", 2), ("form 2", 3)]
    assert record.states[:3] == [DeviceState.RUNNING, DeviceState.MISSING, DeviceState.RUNNING]
    assert record.conditions[1].reason == "unplugged"
    assert record.conditions[0].format == "form 1"
    assert record.conditions[1].format is None


def test_a_stall_is_told_once_and_ends_with_the_next_sample(
    record: Record, started: Callable[..., DeviceSupervisor[int, str]]
) -> None:
    stall = DeviceStalled("r", "no picture")
    device = Scripted([], [1, stall, stall, stall, 2])
    started(device)
    until(lambda: len(record.samples) == 2)
    assert record.states[:3] == [DeviceState.RUNNING, DeviceState.STALLED, DeviceState.RUNNING]
    assert device.opened == 1


def test_a_stall_that_does_not_end_opens_the_device_again(
    record: Record, started: Callable[..., DeviceSupervisor[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_supervisor, "STALLED_TOO_LONG_S", 0.1)
    device = Scripted([], [1])
    started(device)
    until(lambda: device.opened >= 2)
    assert record.states[:3] == [DeviceState.RUNNING, DeviceState.STALLED, DeviceState.MISSING]


def test_a_missing_device_is_let_go_while_it_is_waited_for(
    record: Record, started: Callable[..., DeviceSupervisor[int, str]]
) -> None:
    device = Scripted([DeviceMissing("r", "not there")] * 2, [1])
    started(device)
    until(lambda: device.closed.is_set())
    until(lambda: len(record.samples) == 1)
    assert device.opened == 3
    assert record.states[:2] == [DeviceState.MISSING, DeviceState.RUNNING]


def test_an_unfit_device_is_left_alone_until_somebody_plugs_something_in(
    record: Record, started: Callable[..., DeviceSupervisor[int, str]]
) -> None:
    device = Scripted([DeviceMisconfigured("r", "wrong size")], [1])
    supervisor = started(device)
    until(lambda: bool(record.states))
    stays(lambda: device.opened == 1, 0.3)
    assert device.closed.is_set()
    supervisor.retry_now()
    until(lambda: len(record.samples) == 1)
    assert record.states[:2] == [DeviceState.UNFIT, DeviceState.RUNNING]


def test_a_hung_device_is_abandoned_for_a_new_one(
    record: Record, started: Callable[..., DeviceSupervisor[int, str]]
) -> None:
    hanging = threading.Event()
    first, second = Scripted([], [1, hanging, 99]), Scripted([], [2])
    supervisor = started(first, second)
    until(lambda: not first.reads[1:])
    now_ns = time.monotonic_ns()
    for half_s in range(round(2 * device_supervisor.HUNG_S)):
        supervisor.check_watchdog(now_ns + half_s * 500_000_000)
        assert supervisor.condition.state is not DeviceState.MISSING
    supervisor.check_watchdog(now_ns + int((device_supervisor.HUNG_S + 0.4) * 1e9))
    assert supervisor.condition.state in (DeviceState.MISSING, DeviceState.RUNNING)
    until(lambda: ("form 1", 2) in record.samples)
    told = len(record.conditions)
    hanging.set()
    until(first.closed.is_set)
    assert ("form 1", 99) not in record.samples
    assert all("too late" not in condition.reason for condition in record.conditions[told:])


def test_a_process_that_got_no_processor_blames_no_device(
    record: Record, started: Callable[..., DeviceSupervisor[int, str]]
) -> None:
    hanging = threading.Event()
    supervisor = started(Scripted([], [1, hanging]))
    until(lambda: len(record.samples) == 1)
    now_ns = time.monotonic_ns()
    supervisor.check_watchdog(now_ns)
    supervisor.check_watchdog(now_ns + int((device_supervisor.HUNG_S + 1) * 1e9))
    assert supervisor.condition.state is DeviceState.RUNNING
    hanging.set()


def test_closing_does_not_wait_for_a_device_that_hangs(record: Record) -> None:
    hanging = threading.Event()

    class HangsInClose(Scripted):
        def close(self) -> None:
            hanging.wait()

    supervisor = DeviceSupervisor("r", lambda: HangsInClose([], [1, hanging]), record.changed)
    supervisor.start()
    until(lambda: supervisor.delivered_count == 1)
    began = time.monotonic()
    supervisor.close(deadline_s=0.2)
    supervisor.close()
    assert time.monotonic() - began < 1.0
    hanging.set()


def test_closing_returns_when_the_device_is_closed(record: Record) -> None:
    released = threading.Event()

    class ClosesSlowly(Scripted):
        """A device whose first close wakes the reader at once and is done a moment later."""

        def close(self) -> None:
            if not self.closed.is_set():
                super().close()
                pass_time(0.2)
                released.set()

    device = ClosesSlowly([], [])
    device.reads = [device.closed]
    supervisor = DeviceSupervisor("r", lambda: device, record.changed)
    supervisor.start()
    until(lambda: not device.reads)
    supervisor.close()
    assert released.is_set()


def test_nothing_is_heard_after_detaching(record: Record, started: Callable[..., DeviceSupervisor[int, str]]) -> None:
    supervisor = started(Scripted([], [1]))
    until(lambda: len(record.samples) == 1)
    supervisor.detach()
    supervisor.deliver("form 1", 2)
    assert record.samples == [("form 1", 1)]


class Number:
    """A sample that is nothing but its capture time."""

    def __init__(self, captured_ns: int) -> None:
        self.captured_ns = captured_ns


def test_who_begins_to_listen_is_told_what_is_remembered_and_nothing_of_a_time_nobody_may_know(
    record: Record,
) -> None:
    ring: RingBuffer[Number] = RingBuffer(10, 100, lambda _number: 1)
    supervisor: DeviceSupervisor[Number, str] = DeviceSupervisor("r", lambda: Scripted([], []), record.changed, ring)  # type: ignore[arg-type,return-value]
    told: list[int] = []
    expected: list[int] = []

    def listen(_form: str, number: Number) -> None:
        told.append(number.captured_ns)

    def attach() -> None:
        told.clear()
        supervisor.attach(listen, lambda numbers: expected.append(len(numbers)))

    def deliver(*numbers: int) -> None:
        for number in numbers:
            supervisor.deliver("form", Number(number))

    deliver(1, 2)
    assert supervisor.preroll_start_ns == 1
    attach()
    deliver(3)
    assert told == [1, 2, 3]
    assert supervisor.preroll_start_ns is None, "what a lesson has is not kept twice"
    supervisor.detach()
    deliver(4)
    supervisor.suspend_preroll()
    deliver(5)
    assert supervisor.preroll_start_ns is None
    supervisor.resume_preroll()
    deliver(6)
    attach()
    assert told == [6]
    assert expected == [2, 1]
