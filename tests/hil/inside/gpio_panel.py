"""What every panel promises, on the kernel's pins, which the other side of gpio-sim pulls and looks at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from queue import Queue

import pytest

from drivers.errors import DeviceLost, DeviceMissing
from drivers.panel.blink import LOOKS
from drivers.panel.gpio import GpioPanel
from drivers.panel.wiring import Options
from drivers.samples import ButtonAction, ButtonEvent, Pattern

PINS = Path("/run/hil/gpio")
# An emulated machine's threads may be this late.
LATE_S = 0.1


class Board:
    """The pins from outside: what is wired to the board."""

    options = Options()

    def touch(self, button: str, *, pressed: bool) -> None:
        """Connect a button's pin to ground, or let it go."""
        pin = self.options.buttons[button]
        (PINS / f"sim_gpio{pin}/pull").write_text("pull-down" if pressed else "pull-up")

    def high(self, pin: int) -> bool:
        """Whether a pin is high now."""
        return (PINS / f"sim_gpio{pin}/value").read_text().strip() == "1"

    def changes(self, pin: int, seconds: float) -> list[float]:
        """How long each state of a pin lasted that began and ended within so many seconds."""
        began_s = time.monotonic()
        edges = []
        state = self.high(pin)
        while (now_s := time.monotonic()) < began_s + seconds:
            if self.high(pin) != state:
                state = not state
                edges.append(now_s)
            time.sleep(0.005)
        return [later - earlier for earlier, later in pairwise(edges)]


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def events() -> Queue[ButtonEvent]:
    return Queue()


@pytest.fixture
def panel(tmp_path: Path, events: Queue[ButtonEvent]) -> Iterator[GpioPanel]:
    """The controller's part of the panel, open."""
    panel = GpioPanel("controller", replace(Options(), run=str(tmp_path), debounce_ms=100))
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
    time.sleep(0.3)
    assert events.empty()
    board.touch("lesson", pressed=False)
    assert events.get(timeout=5).action is ButtonAction.RELEASED


def test_a_lamp_is_lit_dark_and_blinks_in_its_rhythm(board: Board, panel: GpioPanel) -> None:
    lamp = Board.options.lamps["status"]
    assert not isinstance(lamp, int)
    panel.show("status", Pattern.GREEN)
    assert (board.high(lamp.green), board.high(lamp.amber)) == (True, False)
    panel.show("status", Pattern.AMBER_BLINK)
    rhythm = LOOKS[Pattern.AMBER_BLINK].rhythm
    assert rhythm is not None
    lasted = board.changes(lamp.amber, 4.0)
    assert len(lasted) >= 4
    assert lasted == pytest.approx([rhythm.on_ns / 1e9] * len(lasted), abs=LATE_S)
    assert not board.high(lamp.green)
    panel.show("status", Pattern.OFF)
    assert (board.high(lamp.green), board.high(lamp.amber)) == (False, False)


def test_buttons_are_heard_however_often_it_is_opened(
    board: Board, panel: GpioPanel, events: Queue[ButtonEvent]
) -> None:
    for _ in range(3):
        panel.close()
        panel.open(events.put)
        for pressed, action in ((True, ButtonAction.PRESSED), (False, ButtonAction.RELEASED)):
            board.touch("mark", pressed=pressed)
            assert events.get(timeout=5).action is action


def test_the_pins_are_free_and_dark_after_close(board: Board, panel: GpioPanel, tmp_path: Path) -> None:
    lamp = Board.options.lamps["status"]
    assert not isinstance(lamp, int)
    panel.show("status", Pattern.AMBER)
    another = GpioPanel("controller", replace(Options(), run=str(tmp_path)))
    with pytest.raises(DeviceMissing):
        another.open(lambda event: None)
    panel.close()
    assert not board.high(lamp.amber)
    with pytest.raises(DeviceLost):
        panel.show("status", Pattern.GREEN)
    another.open(lambda event: None)
    another.show("status", Pattern.AMBER)
    assert board.high(lamp.amber)
    another.close()
