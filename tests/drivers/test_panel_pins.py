"""What a panel on pins promises, on gpiozero's mock pins, and on the kernel's where EDGE_TEST_PINS says so.

EDGE_TEST_PINS is gpio-sim's folder, with a finger (``pull``) and an eye (``value``) for each line.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from queue import Queue
from typing import Protocol

import pytest
from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory
from waiting import stays, until

from drivers.errors import DeviceLost, DeviceMissing
from drivers.panel.blink_patterns import APPEARANCES
from drivers.panel.gpio_chip import PinSource
from drivers.panel.gpio_panel import GpioPanel
from drivers.panel.pin_assignment import BicolourPins, PanelOptions
from drivers.samples import Beep, ButtonAction, ButtonEvent, Pattern

KERNEL = os.environ.get("EDGE_TEST_PINS", "")
# An emulated machine's threads may be this late.
LATE_S = 0.1
BUZZER = 18
STATUS = PanelOptions().lamps["status"]
assert isinstance(STATUS, BicolourPins)


class Board(Protocol):
    """The pins from outside: what is wired to the board."""

    def panel(self, options: PanelOptions) -> GpioPanel:
        """The controller's part of a panel on these pins."""

    def touch(self, button: str, *, pressed: bool) -> None:
        """Connect a button's pin to ground, or let it go."""

    def high(self, pin: int) -> bool:
        """Whether a pin is high now."""


class MockBoard:
    """gpiozero's mock pins, made anew whenever a panel is opened."""

    def __init__(self) -> None:
        self._factory = MockFactory()

    def panel(self, options: PanelOptions) -> GpioPanel:
        """See ``Board``."""
        return GpioPanel("controller", options, lambda process, options: self._pins())

    def touch(self, button: str, *, pressed: bool) -> None:
        """See ``Board``."""
        pin = self._factory.pin(PanelOptions().buttons[button])
        (pin.drive_low if pressed else pin.drive_high)()

    def high(self, pin: int) -> bool:
        """See ``Board``."""
        return bool(self._factory.pin(pin).state)

    def _pins(self) -> PinSource:
        self._factory = MockFactory()
        return PinSource(self._factory, (GPIOZeroError,))


class KernelBoard:
    """The kernel's pins."""

    def panel(self, options: PanelOptions) -> GpioPanel:
        """See ``Board``."""
        return GpioPanel("controller", options)

    def touch(self, button: str, *, pressed: bool) -> None:
        """See ``Board``."""
        pin = PanelOptions().buttons[button]
        (Path(KERNEL) / f"sim_gpio{pin}/pull").write_text("pull-down" if pressed else "pull-up")

    def high(self, pin: int) -> bool:
        """See ``Board``."""
        return (Path(KERNEL) / f"sim_gpio{pin}/value").read_text().strip() == "1"


@pytest.fixture(params=[MockBoard, *([KernelBoard] if KERNEL else [])])
def board(request: pytest.FixtureRequest) -> Board:
    made: Board = request.param()
    return made


@pytest.fixture
def events() -> Queue[ButtonEvent]:
    return Queue()


@pytest.fixture
def make(board: Board, tmp_path: Path) -> Callable[[], GpioPanel]:
    return lambda: board.panel(replace(PanelOptions(), run=str(tmp_path), debounce_ms=100, buzzer=BUZZER))


@pytest.fixture
def panel(make: Callable[[], GpioPanel], events: Queue[ButtonEvent]) -> Iterator[GpioPanel]:
    """A panel that is open."""
    panel = make()
    panel.open(events.put)
    yield panel
    panel.close()


def test_a_press_and_its_release_come_with_the_moment_of_the_contact(
    board: Board, panel: GpioPanel, events: Queue[ButtonEvent]
) -> None:
    before_ns = time.monotonic_ns()
    board.touch("pause", pressed=True)
    press = events.get(timeout=5)
    board.touch("pause", pressed=False)
    release = events.get(timeout=5)
    assert (press.name, press.action) == ("pause", ButtonAction.PRESSED)
    assert (release.name, release.action) == ("pause", ButtonAction.RELEASED)
    assert before_ns < press.at_ns < release.at_ns < time.monotonic_ns()


def test_a_contact_that_chatters_is_one_press(board: Board, panel: GpioPanel, events: Queue[ButtonEvent]) -> None:
    for _ in range(5):
        board.touch("lesson", pressed=True)
        board.touch("lesson", pressed=False)
    board.touch("lesson", pressed=True)
    assert events.get(timeout=5).action is ButtonAction.PRESSED
    stays(events.empty, 0.3)
    board.touch("lesson", pressed=False)
    assert events.get(timeout=5).action is ButtonAction.RELEASED


def test_a_beep_is_heard_on_its_pin_and_ends(board: Board, panel: GpioPanel) -> None:
    assert not board.high(BUZZER)
    panel.beep(Beep.LONG)
    until(lambda: board.high(BUZZER))
    until(lambda: not board.high(BUZZER))


def test_a_lamp_is_lit_dark_and_blinks_in_its_rhythm(board: Board, panel: GpioPanel) -> None:
    panel.show("status", Pattern.GREEN)
    assert (board.high(STATUS.green), board.high(STATUS.amber)) == (True, False)
    panel.show("status", Pattern.AMBER_BLINK)
    rhythm = APPEARANCES[Pattern.AMBER_BLINK].rhythm
    assert rhythm is not None
    lasted_s = changes(lambda: board.high(STATUS.amber), 2.2)
    assert len(lasted_s) >= 2
    assert lasted_s == pytest.approx([rhythm.on_ns / 1e9] * len(lasted_s), abs=LATE_S)
    assert not board.high(STATUS.green)
    panel.show("status", Pattern.OFF)
    assert (board.high(STATUS.green), board.high(STATUS.amber)) == (False, False)


def changes(is_high: Callable[[], bool], seconds: float) -> list[float]:
    """How long each state of a pin lasted that began and ended within so many seconds."""
    end_s = time.monotonic() + seconds
    edges = []
    state = is_high()

    def looked() -> bool:
        nonlocal state
        if is_high() != state:
            state = not state
            edges.append(time.monotonic())
        return time.monotonic() > end_s

    until(looked)
    return [later - earlier for earlier, later in pairwise(edges)]


def test_buttons_work_however_often_it_is_opened(board: Board, panel: GpioPanel, events: Queue[ButtonEvent]) -> None:
    for _ in range(3):
        panel.close()
        panel.open(events.put)
        for pressed, action in ((True, ButtonAction.PRESSED), (False, ButtonAction.RELEASED)):
            board.touch("mark", pressed=pressed)
            assert events.get(timeout=5).action is action


def test_the_pins_are_free_and_dark_after_close(board: Board, panel: GpioPanel, make: Callable[[], GpioPanel]) -> None:
    panel.show("status", Pattern.AMBER)
    another = make()
    if isinstance(board, KernelBoard):  # mock pins are nobody's
        with pytest.raises(DeviceMissing):
            another.open(lambda event: None)
    panel.close()
    assert not board.high(STATUS.amber)
    with pytest.raises(DeviceLost):
        panel.show("status", Pattern.GREEN)
    another.open(lambda event: None)
    another.show("status", Pattern.AMBER)
    assert board.high(STATUS.amber)
    another.close()
