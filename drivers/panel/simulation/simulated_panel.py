"""The same panel on pins that exist in memory only, with a socket for fingers and eyes."""

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
from drivers.panel.pin_assignment import Process, colours
from drivers.panel.simulation.lamp_decoder import LampDecoder
from drivers.samples import ButtonEvent, Pattern
from drivers.unix_line_server import UnixLineServer

RASPBERRY_PI_4 = "c03114"


class SimulatedPanel:
    """``GpioPanel`` over gpiozero's mock pins, reached at ``<run>/<process>-pins.sock``.

    Lines in: ``press NAME``, ``release NAME``, for the buttons this process holds; a wrong line is
    answered with ``error …``. Lines out: ``lamp NAME PATTERN``, first the present one of every lamp
    this process holds, then every change, as read from the pins.
    """

    Options = pin_assignment.PanelOptions

    def __init__(self, process: Process, options: pin_assignment.PanelOptions) -> None:
        self._process = process
        self._options = options
        self._panel = GpioPanel(process, options, self._mock_pins)
        self._fingers: dict[str, MockPin] = {}
        self._lamps: dict[str, _SeenLamp] = {}
        self._changes: deque[tuple[str, Pattern]] = deque()
        self._told: dict[str, Pattern] = {}
        self._server: UnixLineServer | None = None

    def open(self, on_button: Callable[[ButtonEvent], None]) -> None:
        """Claim the mock pins and listen. DeviceUnfit where the run folder does not allow a socket."""
        self._panel.open(on_button)
        path = self._options.run_folder() / f"{self._process}-pins.sock"
        self._server = UnixLineServer(path, self._greet, self._answer, self._tick)
        try:
            self._server.open()
        except OSError as error:
            self.close()
            raise DeviceMisconfigured("panel", f"the socket {path} cannot be made: {error}") from error

    def show(self, lamp: str, pattern: Pattern) -> None:
        """As ``GpioPanel.show``."""
        if lamp not in self._lamps:
            self._panel.show(lamp, pattern)
            return
        with self._lamps[lamp].told(pattern):
            self._panel.show(lamp, pattern)

    def close(self) -> None:
        """Lamps off (the clients still hear of it), pins free, socket and threads gone."""
        self._panel.close()
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _mock_pins(self, process: Process, options: pin_assignment.PanelOptions) -> PinSource:
        factory = MockFactory(RASPBERRY_PI_4, MockPin)
        self._fingers = {name: factory.pin(pin) for name, pin in options.buttons_of(process).items()}
        self._lamps = {}
        for name, lamp in options.lamps_of(process).items():
            seen = self._lamps[name] = _SeenLamp(colours(lamp), partial(self._changed, name))
            for colour, pin in colours(lamp).items():
                turned = partial(self._turned, seen, colour)
                factory.pin(pin, pin_class=_WatchedPin, turned=turned)
        self._changes.clear()
        self._told = dict.fromkeys(self._lamps, Pattern.OFF)
        return PinSource(factory, (GPIOZeroError,))

    def _turned(self, lamp: _SeenLamp, colour: str, high: bool) -> None:
        lamp.turned(colour, high != self._options.lamps_active_low)

    def _changed(self, lamp: str, pattern: Pattern) -> None:
        self._changes.append((lamp, pattern))
        if self._server is not None:
            self._server.wake()

    def _greet(self) -> Sequence[str]:
        return [f"lamp {lamp} {pattern}" for lamp, pattern in self._told.items()]

    def _answer(self, line: str) -> Sequence[str]:
        match line.split():
            case ["press" | "release" as act, name] if name in self._fingers:
                pin = self._fingers[name]
                if (act == "press") == self._options.buttons_active_low:
                    pin.drive_low()
                else:
                    pin.drive_high()
                return []
            case ["press" | "release", name]:
                known = ", ".join(self._fingers) or "none"
                return [f"error there is no button {name} on the {self._process}; its buttons: {known}"]
            case _:
                return ["error say press NAME or release NAME"]

    def _tick(self) -> tuple[Sequence[str], float | None]:
        overdue = [lamp.look() for lamp in self._lamps.values()]
        lines = []
        while self._changes:
            lamp, pattern = self._changes.popleft()
            self._told[lamp] = pattern
            lines.append(f"lamp {lamp} {pattern}")
        now_ns = time.monotonic_ns()
        return lines, min((max(0, at_ns - now_ns) / 1e9 for at_ns in overdue if at_ns is not None), default=None)


class _SeenLamp:
    """A lamp under observation: calls ``changed`` with every new pattern, once."""

    def __init__(self, colours: Iterable[str], changed: Callable[[Pattern], None]) -> None:
        self._lock = Lock()
        self._reading = LampDecoder(dict.fromkeys(colours, False))
        self._changed = changed
        self._seen = Pattern.OFF
        self._in_between = 0

    @contextmanager
    def told(self, pattern: Pattern) -> Iterator[None]:
        """While the driver changes the pins; what they say in between is not a pattern."""
        with self._lock:
            self._reading.ask(pattern)
            self._in_between += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_between -= 1
            self.look()

    def turned(self, colour: str, lit: bool) -> None:
        """A pin of the lamp changed."""
        with self._lock:
            self._reading.turn(colour, lit, time.monotonic_ns())
        self.look()

    def look(self) -> int | None:
        """Look again; when it is worth doing so even if no pin changes."""
        with self._lock:
            now_ns = time.monotonic_ns()
            pattern = self._reading.read(now_ns)
            if pattern is not self._seen and not self._in_between:
                self._seen = pattern
                self._changed(pattern)
            overdue_ns = self._reading.overdue_ns
            return overdue_ns if overdue_ns is not None and overdue_ns > now_ns else None


class _WatchedPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A mock pin that reports its changes, and does not keep their history."""

    def __init__(self, factory: MockFactory, info: Any, turned: Callable[[bool], None]) -> None:
        super().__init__(factory, info)
        self._turned = turned

    def _change_state(self, value: bool) -> bool:
        changed: bool = super()._change_state(value)
        if changed:
            del self.states[:-1]
            self._turned(value)
        return changed
