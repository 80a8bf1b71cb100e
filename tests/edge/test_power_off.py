"""A held pause button switches the box off: no lesson is lost by it, and a change of mind is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.samples import ButtonAction, ButtonEvent, Pattern
from edge.classroom.button_gestures import GestureDetector
from edge.classroom.lesson_events import LessonEvent, LessonFilesClosed
from edge.classroom.lesson_ids import LessonIdMaker
from edge.classroom.lesson_state_machine import LessonStateMachine, Phase
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    DesiredState,
    DeviceStatus,
    RecorderState,
    RecordingEnded,
)
from edge.controller import lesson_service
from edge.controller.fault_registry import FaultRegistry
from edge.controller.lesson_service import LessonService
from edge.controller.power_off import SETTLE_TIMEOUT_NS, SYSTEMD_TIMEOUT_NS, PowerOff
from pipelines.devices.device_state import DeviceState
from pipelines.journal.entries import Cause

S = 1_000_000_000
LESSON = "r1-0000-000001"
DEVICES = {"teacher": DeviceStatus(state=DeviceState.RUNNING)}
IDLE = RecorderState(activity=Activity.IDLE, lamp="off", devices=DEVICES)


class Clock:
    """Time as the service reads it."""

    def __init__(self) -> None:
        self.now_ns = 100 * S

    def monotonic_ns(self) -> int:
        return self.now_ns


class Box:
    """A controller's core without a recorder: what it sent, and whether it asked to be switched off."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.sent: list[DesiredState | AddMarker] = []
        self.request = folder / "power-off"
        self.is_finalising = False
        self._clock = clock
        ids = LessonIdMaker("r1")
        self.service = LessonService(
            LessonStateMachine(3600, 10, ids.next_id),
            GestureDetector({"lesson": 3 * S // 2, "pause": 5 * S}),
            ids,
            self._send,
            self._publish,
            FaultRegistry(),
            PowerOff(self.request),
            lambda: self.is_finalising,
        )

    def _send(self, message: DesiredState | AddMarker) -> bool:
        self.sent.append(message)
        return True

    def _publish(self, event: LessonEvent) -> None:
        self.is_finalising = self.is_finalising or isinstance(event, LessonFilesClosed)

    def press(self, name: str) -> None:
        self.service.on_button(ButtonEvent(name, ButtonAction.PRESSED, self._clock.now_ns))

    def release(self, name: str) -> None:
        self.service.on_button(ButtonEvent(name, ButtonAction.RELEASED, self._clock.now_ns))

    def after(self, seconds: float) -> None:
        self._clock.now_ns += int(seconds * S)
        self.service.tick()

    def wishes(self) -> list[Activity]:
        return [one.activity for one in self.sent if isinstance(one, DesiredState)]


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    clock = Clock()
    monkeypatch.setattr(lesson_service.time, "monotonic_ns", clock.monotonic_ns)
    return Box(tmp_path, clock)


def test_when_no_lesson_runs_it_is_switched_off_after_the_hold(box: Box) -> None:
    box.service.on_message(IDLE)
    box.press("pause")
    box.after(4.9)
    assert not box.request.exists()
    assert box.service.lamp() is Pattern.GREEN
    box.after(0.2)
    assert box.request.exists()
    assert box.service.lamp() is Pattern.GREEN_BLINK


def test_a_lesson_is_paused_at_once_ended_by_the_hold_and_checked_first(box: Box) -> None:
    box.service.on_message(IDLE.model_copy(update={"activity": Activity.RECORDING, "lesson": LESSON}))
    box.press("pause")
    assert box.wishes() == [Activity.RECORDING, Activity.PAUSED]
    box.after(5.1)
    assert box.wishes()[-1] is Activity.IDLE
    box.release("pause")
    box.after(30)
    assert not box.request.exists(), "the recorder has not closed it"
    box.service.on_message(RecordingEnded(lesson=LESSON, lesson_time_ns=60 * S, cause=Cause.TEACHER))
    box.service.on_message(IDLE)
    assert box.service.lesson.phase is Phase.IDLE
    box.after(0.1)
    assert not box.request.exists(), "it has not been checked"
    box.after(SETTLE_TIMEOUT_NS / S)
    assert box.request.exists()


def test_what_has_ended_is_settled_when_nothing_works_on_it(box: Box) -> None:
    box.service.on_message(IDLE)
    box.is_finalising = True
    box.press("pause")
    box.after(6)
    assert not box.request.exists()


@pytest.mark.parametrize("what", ["press", "start"])
def test_a_lesson_that_is_wanted_after_all_keeps_the_box_on(box: Box, what: str) -> None:
    box.service.on_message(IDLE.model_copy(update={"activity": Activity.RECORDING, "lesson": LESSON}))
    box.press("pause")
    box.after(5.1)
    box.release("pause")
    box.after(1)
    if what == "press":
        box.press("lesson")
    else:
        box.service.execute(box.service.lesson.tap)
    assert box.wishes()[-1] is Activity.RECORDING
    box.after(SETTLE_TIMEOUT_NS / S + 1)
    assert not box.request.exists()


def test_a_box_without_a_recorder_can_be_switched_off(box: Box) -> None:
    box.press("pause")
    box.after(5.1)
    assert box.request.exists()


def test_a_request_that_nobody_heeds_is_taken_back(tmp_path: Path) -> None:
    power = PowerOff(tmp_path / "power-off")
    power.request(0)
    power.tick(1, is_settled=True)
    assert (tmp_path / "power-off").exists()
    power.tick(SYSTEMD_TIMEOUT_NS + 2, is_settled=True)
    assert not power.is_pending
    assert not (tmp_path / "power-off").exists()


def test_a_request_that_cannot_be_taken_back_ends_no_controller(tmp_path: Path) -> None:
    (tmp_path / "power-off").mkdir()
    power = PowerOff(tmp_path / "power-off")
    power.request(0)
    power.tick(1, is_settled=True)
    power.cancel()
    assert not power.is_pending
