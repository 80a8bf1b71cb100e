"""The driver ``gpio``: buttons, lamps and a buzzer on GPIO pins."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from threading import Condition, Thread

import gpiozero

from drivers.errors import DeviceLost, DeviceMissing
from drivers.panel import pin_assignment
from drivers.panel.beep_patterns import BeepSchedule
from drivers.panel.blink_patterns import APPEARANCES, BlinkSchedule
from drivers.panel.button_contact import ButtonContact
from drivers.panel.debounce import Debouncer
from drivers.panel.gpio_chip import PinSource, open_machine_pins
from drivers.panel.pin_assignment import Pin, ProcessName, pins_by_colour
from drivers.samples import Beep, ButtonAction, ButtonEvent, Pattern

log = logging.getLogger(__name__)

JOIN_TIMEOUT_S = 2.0


class GpioPanel:
    """See ``drivers.protocols.Panel``: the part of the panel that ``process`` holds, see ``PanelOptions``.

    One thread blinks the lamps, sounds the buzzer, debounces the contacts and calls ``on_button``. A lamp that the room
    does not have is ignored, with one line in the log; so is a buzzer, without. ``pins`` opens the pin factory; by
    default the machine's.
    """

    Options = pin_assignment.PanelOptions

    def __init__(
        self,
        process: ProcessName,
        options: pin_assignment.PanelOptions,
        pins: Callable[[ProcessName, pin_assignment.PanelOptions], PinSource] = open_machine_pins,
    ) -> None:
        self._process = process
        self._options = options
        self._open_pins = pins
        self._errors: tuple[type[Exception], ...] = ()
        self._changed = Condition()
        self._resources = ExitStack()
        self._buttons: dict[str, Debouncer] = {}
        self._lamps: dict[str, _Lamp] = {}
        self._buzzer: _Buzzer | None = None
        self._missing_lamps: set[str] = set()
        self._thread: Thread | None = None
        self._failure: Exception | None = None

    def open(self, on_button: Callable[[ButtonEvent], None]) -> None:
        pins = self._open_pins(self._process, self._options)
        self._errors = pins.errors
        self._failure = None
        self._resources.callback(pins.factory.close)
        try:
            self._claim(pins.factory)
        except pins.errors as error:
            self._release()
            raise DeviceMissing("panel", f"a pin cannot be used: {error}; does another program hold it?") from error
        # A daemon, since a write to a pin that hangs can only be abandoned.
        thread = Thread(target=self._run, args=(on_button,), name=f"panel-{self._process}", daemon=True)
        self._thread = thread
        thread.start()

    def show(self, lamp: str, pattern: Pattern) -> None:
        with self._changed:
            self._check_pins()
            if lamp in self._lamps:
                self._show(self._lamps[lamp], pattern)
            elif lamp not in self._missing_lamps:
                self._missing_lamps.add(lamp)
                log.info("panel: this room has no lamp %s on the %s; it is passed over", lamp, self._process)

    def beep(self, beep: Beep) -> None:
        with self._changed:
            self._check_pins()
            if self._buzzer is not None:
                self._begin_beep(self._buzzer, beep)

    def close(self) -> None:
        with self._changed:
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None:
            thread.join(JOIN_TIMEOUT_S)
            self._release()

    def _check_pins(self) -> None:
        if self._thread is None:
            raise DeviceLost("panel", "it is not open")
        if self._failure is not None:
            raise DeviceLost("panel", f"its pins no longer answer: {self._failure}")

    def _claim(self, factory: gpiozero.Factory) -> None:
        options = self._options
        for name, pin in options.buttons_of(self._process).items():
            on_move = partial(self._on_contact, name)
            contact = ButtonContact(pin, factory, on_move, active_low=options.buttons_active_low)
            self._resources.callback(contact.close)
            self._buttons[name] = Debouncer(options.debounce_ms * 1_000_000, contact.is_closed)
            contact.listen()
        for name, lamp in options.lamps_of(self._process).items():
            outputs = {}
            for colour, pin in pins_by_colour(lamp).items():
                outputs[colour] = self._claim_output(pin, factory, active_high=not options.lamps_active_low)
            self._lamps[name] = _Lamp(outputs)
        buzzer = options.buzzer_of(self._process)
        if buzzer is not None:
            self._buzzer = _Buzzer(self._claim_output(buzzer, factory, active_high=not options.buzzer_active_low))

    def _claim_output(self, pin: Pin, factory: gpiozero.Factory, *, active_high: bool) -> gpiozero.DigitalOutputDevice:
        output = gpiozero.DigitalOutputDevice(pin, active_high=active_high, pin_factory=factory)
        self._resources.callback(output.close)
        self._resources.callback(output.off)
        return output

    def _release(self) -> None:
        with self._changed:
            self._buttons.clear()
            self._lamps.clear()
            self._buzzer = None
        try:
            self._resources.close()
        except self._errors as error:
            log.info("panel: its pins were gone already: %s", error)

    def _on_contact(self, name: str, pressed: bool, at_ns: int) -> None:
        with self._changed:
            if name in self._buttons:
                self._buttons[name].on_contact(pressed, at_ns)
                self._changed.notify()

    def _show(self, lamp: _Lamp, pattern: Pattern) -> None:
        try:
            is_new = lamp.show(pattern, time.monotonic_ns())
        except self._errors as error:
            self._failure = error
            self._changed.notify()
            raise DeviceLost("panel", f"its pins no longer answer: {error}") from error
        if is_new:
            self._changed.notify()

    def _begin_beep(self, buzzer: _Buzzer, beep: Beep) -> None:
        try:
            buzzer.begin(beep, time.monotonic_ns())
        except self._errors as error:
            self._failure = error
            raise DeviceLost("panel", f"its pins no longer answer: {error}") from error
        finally:
            self._changed.notify()

    def _run(self, on_button: Callable[[ButtonEvent], None]) -> None:
        while True:
            with self._changed:
                if self._thread is None:
                    return
                events = self._settled_events(time.monotonic_ns())
                if not events:
                    self._changed.wait(self._blink(time.monotonic_ns()))
            for event in events:
                on_button(event)

    def _settled_events(self, now_ns: int) -> list[ButtonEvent]:
        events = [
            ButtonEvent(name, ButtonAction.PRESSED if edge.pressed else ButtonAction.RELEASED, edge.at_ns)
            for name, button in self._buttons.items()
            for edge in button.settled_edges(now_ns)
        ]
        return sorted(events, key=lambda event: event.at_ns)

    def _blink(self, now_ns: int) -> float | None:
        """Update the buzzer and every blinking lamp; return the seconds until something is due, None for never."""
        due_times = [button.due_ns for button in self._buttons.values()]
        if self._failure is None:
            try:
                due_times += [lamp.blink(now_ns) for lamp in self._lamps.values()]
                if self._buzzer is not None:
                    due_times.append(self._buzzer.sound(now_ns))
            except self._errors as error:
                self._failure = error
                log.warning("panel: its pins no longer answer: %s", error)
        return min(((at_ns - now_ns) / 1e9 for at_ns in due_times if at_ns is not None), default=None)


class _Buzzer:
    def __init__(self, output: gpiozero.DigitalOutputDevice) -> None:
        self._output = output
        self._is_on = False
        self._schedule = BeepSchedule(Beep.SILENT, 0)

    def begin(self, beep: Beep, now_ns: int) -> None:
        """Begin a beep at once, so that it is heard however late the thread is; one that sounds stops before it."""
        self._set_output(False)
        self._schedule = BeepSchedule(beep, now_ns)
        self.sound(now_ns)

    def sound(self, now_ns: int) -> int | None:
        """Follow the schedule; return when the next change is due, None when the beep is over."""
        is_on, due_ns = self._schedule.state_at(now_ns)
        self._set_output(is_on)
        return due_ns

    def _set_output(self, is_on: bool) -> None:
        if is_on != self._is_on:
            self._output.value = is_on
            self._is_on = is_on


class _Lamp:
    def __init__(self, outputs: dict[str, gpiozero.DigitalOutputDevice]) -> None:
        self._outputs = outputs
        self._lit = dict.fromkeys(outputs, False)
        self._pattern = Pattern.OFF
        self._blink_schedule: BlinkSchedule | None = None

    def show(self, pattern: Pattern, now_ns: int) -> bool:
        """Show ``pattern``; false where it is shown. Blinking starts with a change, so that it is seen at once."""
        appearance = APPEARANCES[pattern]
        if not {appearance.colour, appearance.between} - {None} <= self._outputs.keys():
            raise ValueError(f"a lamp of {', '.join(self._outputs)} cannot say {pattern}")
        if pattern is self._pattern:
            return False
        self._pattern = pattern
        self._blink_schedule = None
        lit = appearance.rhythm is None or appearance.colour is None or not self._lit[appearance.colour]
        self._light(appearance.colour if lit else appearance.between)
        if appearance.rhythm is not None:
            self._blink_schedule = BlinkSchedule(appearance.rhythm, now_ns, lit)
        return True

    def blink(self, now_ns: int) -> int | None:
        """Follow the rhythm; return when the next change is due, None for a steady lamp."""
        if self._blink_schedule is None:
            return None
        appearance = APPEARANCES[self._pattern]
        lit, due_ns = self._blink_schedule.state_at(now_ns)
        self._light(appearance.colour if lit else appearance.between)
        return due_ns

    def _light(self, colour: str | None) -> None:
        """Light this colour alone (None: none); what goes dark does so first."""
        for other in sorted(self._outputs, key=lambda other: other == colour):
            if self._lit[other] != (other == colour):
                self._outputs[other].value = other == colour
                self._lit[other] = other == colour
