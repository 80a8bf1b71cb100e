"""The GPIO panel on mock pins: wiring, blinking, and pins that fail."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPin
from waiting import pass_time, until

from drivers.errors import DeviceLost, DeviceMissing
from drivers.panel.gpio_chip import PinSource
from drivers.panel.gpio_panel import GpioPanel
from drivers.panel.pin_assignment import BicolourPins, PanelOptions
from drivers.samples import Beep, ButtonAction, ButtonEvent, Pattern


@pytest.mark.parametrize(
    "wrong",
    [
        {"buttons": {"leson": 17}},
        {"lamps": {"recording": BicolourPins(1, 2)}},
        {"lamps": {"status": 5}},
        {"lamps": {"recording": 17}},
        {"buttons": {"lesson": 28}},
        {"debounce_ms": -1},
        {"buzzer": 23},
        {"buzzer": ""},
    ],
)
def test_a_wiring_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"allowed|given|needs"):
        PanelOptions(**wrong)


def test_blinking_keeps_to_its_grid() -> None:
    """The real thread: after eleven changes it is still on the grid of the first one."""
    factory = MockFactory()
    panel = GpioPanel(
        "controller", PanelOptions(buttons={}), lambda process, options: PinSource(factory, (GPIOZeroError,))
    )
    panel.open(lambda event: None)
    pin = factory.pin(25)
    pin.clear_states()
    panel.show("status", Pattern.AMBER_FAST_BLINK)
    until(lambda: len(pin.states) > 12)
    states = list(pin.states)
    panel.close()
    changes_s = [sum(state.timestamp for state in states[2 : n + 1]) for n in range(1, len(states))]
    late_s = [at_s - n * 0.15 for n, at_s in enumerate(changes_s)]
    assert abs(statistics.median(late_s[-5:])) < 0.06, late_s


def test_a_beep_is_so_many_tones_of_their_length_and_then_silence() -> None:
    factory = MockFactory()
    options = PanelOptions(buttons={}, lamps={}, buzzer=18)
    panel = GpioPanel("controller", options, lambda process, options: PinSource(factory, (GPIOZeroError,)))
    panel.open(lambda event: None)
    pin = factory.pin(18)
    pin.clear_states()
    panel.beep(Beep.TRIPLE)
    until(lambda: len(pin.states) == 7)
    states = list(pin.states)
    panel.close()
    assert [state.state for state in states] == [False, True, False, True, False, True, False]
    lengths_s = [state.timestamp for state in states[2:]]
    assert sum(lengths_s) == pytest.approx(0.6, abs=0.15), lengths_s


def test_a_beep_sounds_before_the_call_returns_however_late_the_thread_is() -> None:
    factory = MockFactory()
    options = PanelOptions(buttons={}, lamps={}, buzzer=18)
    panel = GpioPanel("controller", options, lambda process, options: PinSource(factory, (GPIOZeroError,)))
    panel.open(lambda event: None)
    panel.beep(Beep.LONG)
    sounds = factory.pin(18).state
    panel.close()
    assert sounds


class BreakingPin(MockPin):
    def _set_state(self, value: float) -> None:
        if self.broken:
            self.refused = True
            raise GPIOZeroError("chip gone")
        super()._set_state(value)

    broken = refused = False


@pytest.mark.parametrize("pattern", [Pattern.AMBER, Pattern.AMBER_FAST_BLINK])
def test_a_chip_that_goes_away_is_a_lost_device_and_leaves_no_thread(pattern: Pattern) -> None:
    factory = MockFactory(pin_class=BreakingPin)
    panel = GpioPanel("controller", PanelOptions(), lambda process, options: PinSource(factory, (GPIOZeroError,)))
    panel.open(lambda event: None)
    panel.show("status", pattern)
    factory.pin(24).broken = factory.pin(25).broken = True
    if pattern is Pattern.AMBER_FAST_BLINK:
        until(lambda: factory.pin(24).refused or factory.pin(25).refused)  # the thread finds out by itself
    with pytest.raises(DeviceLost):
        panel.show("status", Pattern.GREEN if pattern is Pattern.AMBER else pattern)
    panel.close()


class LatePin(MockPin):
    """A pin that tells of its changes only when ``deliver`` is called, with the times (s) at which they happened."""

    def deliver(self, *changes: tuple[float, int]) -> None:
        for ticks_s, level in changes:
            super(MockPin, self)._call_when_changed(ticks_s, level)


@pytest.mark.parametrize(
    ("clock_s", "told"),
    [
        pytest.param(time.monotonic, [ButtonAction.PRESSED, ButtonAction.RELEASED], id="the clock of events"),
        pytest.param(time.time, [], id="the time of day, of an old kernel"),
    ],
)
def test_a_press_that_a_stalled_process_hears_of_late_counts_as_long_as_it_was(
    clock_s: Callable[[], float], told: list[ButtonAction]
) -> None:
    """All that the kernel held is delivered at once; where its times say nothing, that is a spike."""
    factory = MockFactory(pin_class=LatePin)
    options = PanelOptions(buttons={"lesson": 17}, lamps={})
    panel = GpioPanel("controller", options, lambda process, options: PinSource(factory, (GPIOZeroError,)))
    events: list[ButtonEvent] = []
    panel.open(events.append)
    now_s = clock_s()
    factory.pin(17).deliver((now_s - 1.0, 0), (now_s - 0.6, 1))
    until(lambda: len(events) == len(told))
    pass_time(2 * options.debounce_ms / 1000)
    panel.close()
    assert [event.action for event in events] == told
    assert [event.at_ns / 1e9 for event in events] == [
        pytest.approx(now_s + at_s) for at_s in (-1.0, -0.6)[: len(told)]
    ]


def test_a_machine_without_gpio_says_what_to_do_and_keeps_its_folder(tmp_path: Path) -> None:
    """In a process of its own: lgpio starts a thread when imported and moves the working directory."""
    program = f"""
import os
from drivers.errors import DeviceMissing
from drivers.panel.gpio_panel import GpioPanel
from drivers.panel.pin_assignment import PanelOptions
here = os.getcwd()
try:
    GpioPanel("controller", PanelOptions(run={str(tmp_path)!r}, chip=99)).open(print)
except DeviceMissing as error:
    print(error)
assert os.getcwd() == here
assert os.listdir({str(tmp_path / "lgpio-controller")!r})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "in the group gpio" in done.stdout


def test_a_pin_that_is_taken_is_a_missing_device_and_everything_is_let_go() -> None:
    factory = MockFactory()
    taken = PanelOptions(buttons={"lesson": 2}, buttons_active_low=False)  # GPIO2 has a fixed pull-up
    panel = GpioPanel("controller", taken, lambda process, options: PinSource(factory, (GPIOZeroError,)))
    with pytest.raises(DeviceMissing, match="cannot be used"):
        panel.open(lambda event: None)
    panel.close()
