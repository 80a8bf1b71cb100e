"""The panel of a real room with simulated pins is tried button by button, and no press of it begins a lesson."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.calibration.borrowed_devices import BorrowedDevices
from edge.calibration.lease import Lease
from edge.calibration.results import Finding, Results, StepResult, Verdict
from edge.calibration.step import StepContext
from edge.calibration.steps import panel
from edge.config.load import load
from edge.i18n import LazyMessage
from tests.system.room import Room
from tests.waiting import pass_time

pytestmark = pytest.mark.realtime


class Fingers:
    """A technician who presses what is asked for, in a thread of their own, and says what the lamps really show."""

    def __init__(self, room: Room, presses: dict[str, str], gives_up: Sequence[str] = ()) -> None:
        self._room = room
        self._presses = presses
        self._gives_up = gives_up
        self._threads: list[threading.Thread] = []
        self._wanted = ""
        self.told: list[str] = []
        self.asked: list[str] = []
        self.lies: dict[str, str] = {}

    def tell(self, message: LazyMessage) -> None:
        self.told.append(message.key)
        self._wanted = message.key.removeprefix("calibration_roles.press-")
        if self._wanted in self._presses:
            self._threads.append(threading.Thread(target=self._press, args=(self._presses[self._wanted],)))
            self._threads[-1].start()

    def _press(self, button: str) -> None:
        if button:
            pass_time(0.2)
            self._room.press(button)

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        self.asked.append(name)
        pass_time(0.6)
        seen = {
            "panel.red-on": lambda: self._room.eyes("recorder").get("recording") == "on",
            "panel.red-off": lambda: self._room.eyes("recorder").get("recording") == "off",
            "panel.green": lambda: self._room.eyes("controller").get("status") == "green",
            "panel.amber": lambda: self._room.eyes("controller").get("status") == "amber",
            "panel.status-off": lambda: self._room.eyes("controller").get("status") == "off",
            "panel.buzzer": lambda: True,
        }[name]()
        return self.lies.get(name, options[0][0] if seen else options[1][0])

    def wants_to_go_on(self) -> bool:
        # A finger is on its way: nobody gives up before it has pressed.
        return self._wanted in self._gives_up and not any(thread.is_alive() for thread in self._threads)

    def close(self) -> None:
        for thread in self._threads:
            thread.join(5)

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        raise AssertionError(name)

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        raise AssertionError(name)

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        raise AssertionError(name)

    def ready(self, name: str, request: LazyMessage) -> None:
        raise AssertionError(name)

    @contextmanager
    def progress(self, what: LazyMessage, seconds: float) -> Iterator[None]:
        yield

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        pass


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path) as made:
        yield made


@pytest.fixture
def tried(room: Room, tmp_path: Path) -> Iterator[Callable[[Fingers], StepResult]]:
    room.cameras.pop("students")
    room.start()
    devices = BorrowedDevices(load(room.file))
    with Lease(room.run, devices.close) as lease:
        lease.borrow("calibrate")

        def run(technician: Fingers) -> StepResult:
            results = Results(number=1, school="school", room="r204")
            context = StepContext(devices, technician, tmp_path, results, None, False, lease=lease)
            try:
                return panel.run(context)
            finally:
                technician.close()

        yield run
    devices.close()


def verdicts(result: StepResult) -> dict[str, Verdict]:
    return {finding.name: finding.verdict for finding in result.findings}


def test_a_whole_panel_is_good_and_begins_no_lesson(room: Room, tried: Callable[[Fingers], StepResult]) -> None:
    fingers = Fingers(room, {"lesson": "lesson", "pause": "pause", "mark": "mark"})
    result = tried(fingers)
    assert set(verdicts(result).values()) == {Verdict.GOOD}, result.findings
    buttons = {"button-lesson", "button-pause", "button-mark"}
    lamps = {"lamp-red-on", "lamp-red-off", "lamp-green", "lamp-amber", "lamp-status-off"}
    assert set(verdicts(result)) == buttons | lamps | {"buzzer-none"}
    assert fingers.told[0] == "calibration_roles.panel-safe"
    assert room.lessons() == []
    assert room.status()["state"] == "idle"


def test_wires_that_are_exchanged_and_lamps_that_are_dark_are_told(
    room: Room,
    tried: Callable[[Fingers], StepResult],
) -> None:
    fingers = Fingers(room, {"lesson": "pause", "pause": "", "mark": "mark"}, gives_up=("lesson", "pause"))
    fingers.lies = {"panel.green": "dark", "panel.amber": "other"}
    found = {finding.name: finding for finding in tried(fingers).findings}
    advice = {name: finding.advice.code for name, finding in found.items() if finding.advice}
    assert (advice["button-lesson"], found["button-lesson"].text) == ("button-other", "pause")
    assert advice["button-pause"] == "button-silent"
    assert advice["lamp-green"] == "lamp-dark"
    assert advice["lamp-amber"] == "lamp-other"
    assert room.lessons() == []
