"""The driver ``simulated`` for panels: the GPIO driver on mock pins, with a socket for fingers, eyes and ears."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any

from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPin

from drivers.errors import DeviceMisconfigured
from drivers.panel import pin_assignment
from drivers.panel.gpio_chip import PinSource
from drivers.panel.gpio_panel import GpioPanel
from drivers.panel.pin_assignment import ProcessName, pins_by_colour
from drivers.panel.simulation.lamp_decoder import LampDecoder
from drivers.run_folder import run_folder
from drivers.samples import Beep, ButtonEvent, Pattern
from drivers.unix_line_server import UnixLineServer

RASPBERRY_PI_4 = "c03114"
BUZZER = "room"
LONGEST_TAP_MS = 60_000


class SimulatedPanel:
    """See ``drivers.protocols.Panel``: ``GpioPanel`` on gpiozero's mock pins, with ``<run>/<process>-pins.sock``.

    Lines in: ``press NAME``, ``release NAME``, for the buttons that this process holds, and ``tap NAME MS``, which is
    released again after so many milliseconds: a ``release`` that a busy machine reads together with its ``press`` is
    rightly taken for a spike. A wrong line is answered with ``error …``.

    Lines out: ``lamp NAME PATTERN``, first the present one of every lamp that this process holds, then every change, as
    decoded from the pins; ``buzzer room BEEP`` when the buzzer begins to sound a beep.
    """

    Options = pin_assignment.PanelOptions

    def __init__(self, process: ProcessName, options: pin_assignment.PanelOptions) -> None:
        self._process = process
        self._options = options
        self._panel = GpioPanel(process, options, self._mock_pins)
        self._button_pins: dict[str, MockPin] = {}
        self._lamps: dict[str, _ObservedLamp] = {}
        self._releases_ns: dict[str, int] = {}
        self._beep = Beep.SILENT
        self._changes: deque[tuple[str, str, Pattern | Beep]] = deque()
        self._published: dict[str, Pattern] = {}
        self._server: UnixLineServer | None = None

    def open(self, on_button: Callable[[ButtonEvent], None]) -> None:
        """Claim the mock pins and serve the socket; DeviceMisconfigured where the folder does not allow it."""
        self._panel.open(on_button)
        path = run_folder(self._options.run) / f"{self._process}-pins.sock"
        self._server = UnixLineServer(path, self._on_connect, self._on_line, self._on_tick)
        try:
            self._server.open()
        except OSError as error:
            self.close()
            raise DeviceMisconfigured("panel", f"the socket {path} cannot be made: {error}") from error

    def show(self, lamp: str, pattern: Pattern) -> None:
        if lamp not in self._lamps:
            self._panel.show(lamp, pattern)
            return
        with self._lamps[lamp].driver_request(pattern):
            self._panel.show(lamp, pattern)

    def beep(self, beep: Beep) -> None:
        self._beep = beep
        self._panel.beep(beep)

    def close(self) -> None:
        """Switch the lamps off (the clients are still told), release the pins and close the socket."""
        self._panel.close()
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _mock_pins(self, process: ProcessName, options: pin_assignment.PanelOptions) -> PinSource:
        factory = MockFactory(RASPBERRY_PI_4, MockPin)
        self._button_pins = {name: factory.pin(pin) for name, pin in options.buttons_of(process).items()}
        self._releases_ns.clear()
        self._lamps = {}
        for name, lamp in options.lamps_of(process).items():
            observed = self._lamps[name] = _ObservedLamp(pins_by_colour(lamp), partial(self._on_pattern, name))
            for colour, pin in pins_by_colour(lamp).items():
                on_pin = partial(self._on_pin, observed, colour)
                factory.pin(pin, pin_class=_WatchedPin, on_pin=on_pin)
        buzzer = options.buzzer_of(process)
        if buzzer is not None:
            factory.pin(buzzer, pin_class=_WatchedPin, on_pin=self._on_buzzer)
        self._changes.clear()
        self._published = dict.fromkeys(self._lamps, Pattern.OFF)
        return PinSource(factory, (GPIOZeroError,))

    def _on_pin(self, lamp: _ObservedLamp, colour: str, high: bool) -> None:
        lamp.on_pin(colour, high != self._options.lamps_active_low)

    def _on_pattern(self, lamp: str, pattern: Pattern) -> None:
        self._announce("lamp", lamp, pattern)

    def _on_buzzer(self, high: bool) -> None:
        """The first tone of a beep says which one it is."""
        if high != self._options.buzzer_active_low and self._beep is not Beep.SILENT:
            self._announce("buzzer", BUZZER, self._beep)
            self._beep = Beep.SILENT

    def _announce(self, kind: str, name: str, says: Pattern | Beep) -> None:
        self._changes.append((kind, name, says))
        if self._server is not None:
            self._server.wake()

    def _on_connect(self) -> Sequence[str]:
        return [f"lamp {lamp} {pattern}" for lamp, pattern in self._published.items()]

    def _on_line(self, line: str) -> Sequence[str]:
        match line.split():
            case ["press" | "release" as action, name] if name in self._button_pins:
                self._releases_ns.pop(name, None)
                self._touch(name, pressed=action == "press")
                return []
            case ["tap", name, held] if (
                name in self._button_pins and held.isdecimal() and 0 < int(held) <= LONGEST_TAP_MS
            ):
                self._touch(name, pressed=True)
                self._releases_ns[name] = time.monotonic_ns() + int(held) * 1_000_000
                return []
            case ["press" | "release", name]:
                known = ", ".join(self._button_pins) or "none"
                return [f"error there is no button {name} on the {self._process}; its buttons: {known}"]
            case _:
                return ["error say press NAME, release NAME or tap NAME MILLISECONDS"]

    def _touch(self, button: str, *, pressed: bool) -> None:
        pin = self._button_pins[button]
        if pressed == self._options.buttons_active_low:
            pin.drive_low()
        else:
            pin.drive_high()

    def _on_tick(self) -> tuple[Sequence[str], float | None]:
        for button, at_ns in list(self._releases_ns.items()):
            if time.monotonic_ns() >= at_ns:
                del self._releases_ns[button]
                self._touch(button, pressed=False)
        timeouts = [*self._releases_ns.values(), *(lamp.update() for lamp in self._lamps.values())]
        lines = []
        while self._changes:
            kind, name, says = self._changes.popleft()
            if isinstance(says, Pattern):
                self._published[name] = says
            lines.append(f"{kind} {name} {says}")
        now_ns = time.monotonic_ns()
        return lines, min((max(0, at_ns - now_ns) / 1e9 for at_ns in timeouts if at_ns is not None), default=None)


class _ObservedLamp:
    """A lamp under observation; calls ``on_pattern`` once for every new pattern."""

    def __init__(self, colours: Iterable[str], on_pattern: Callable[[Pattern], None]) -> None:
        self._lock = Lock()
        self._decoder = LampDecoder(dict.fromkeys(colours, False))
        self._on_pattern = on_pattern
        self._reported = Pattern.OFF
        self._requests_in_progress = 0

    @contextmanager
    def driver_request(self, pattern: Pattern) -> Iterator[None]:
        """Enter while the driver changes the pins; what they show in between is no pattern."""
        with self._lock:
            self._decoder.on_requested(pattern)
            self._requests_in_progress += 1
        try:
            yield
        finally:
            with self._lock:
                self._requests_in_progress -= 1
            self.update()

    def on_pin(self, colour: str, lit: bool) -> None:
        """Handle a change of a pin."""
        with self._lock:
            self._decoder.on_pin(colour, lit, time.monotonic_ns())
        self.update()

    def update(self) -> int | None:
        """Report a new pattern; return when to look again if no pin changes."""
        with self._lock:
            now_ns = time.monotonic_ns()
            pattern = self._decoder.pattern_at(now_ns)
            if pattern is not self._reported and not self._requests_in_progress:
                self._reported = pattern
                self._on_pattern(pattern)
            blink_timeout_ns = self._decoder.blink_timeout_ns
            return blink_timeout_ns if blink_timeout_ns is not None and blink_timeout_ns > now_ns else None


class _WatchedPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A mock pin that reports its changes and keeps no history of them."""

    def __init__(self, factory: MockFactory, info: Any, on_pin: Callable[[bool], None]) -> None:
        super().__init__(factory, info)
        self._on_pin = on_pin

    def _change_state(self, value: bool) -> bool:
        is_changed: bool = super()._change_state(value)
        if is_changed:
            del self.states[:-1]
            self._on_pin(value)
        return is_changed
