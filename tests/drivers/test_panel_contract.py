"""What every panel promises, on the simulated one, with a finger and an eye per kind of panel."""

import dataclasses
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from drivers.errors import DeviceLost
from drivers.panel.pin_assignment import PanelOptions
from drivers.panel.simulation.simulated_panel import SimulatedPanel
from drivers.protocols import Panel
from drivers.samples import Beep, ButtonAction, ButtonEvent, Pattern


class Room:
    """A panel with somebody before it."""

    def __init__(self, make: Callable[[str, PanelOptions], Panel], run: Path) -> None:
        self._make = make
        self._run = run
        self._panels: list[Panel] = []
        self._clients: list[Client] = []
        self.events: Queue[ButtonEvent] = Queue()

    def panel(self, process: str, **options: object) -> Panel:
        panel = self._make(process, dataclasses.replace(PanelOptions(run=str(self._run)), **options))
        panel.open(self.events.put)
        self._panels.append(panel)
        return panel

    def client(self, process: str) -> "Client":
        eye = socket.socket(socket.AF_UNIX)
        eye.settimeout(5)
        eye.connect(str(self._run / f"{process}-pins.sock"))
        client = Client(eye)
        self._clients.append(client)
        return client

    def leave(self) -> None:
        for panel in self._panels:
            panel.close()
        for client in self._clients:
            client.close()


class Client:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._lines = connection.makefile("r")

    def say(self, line: str) -> None:
        self.connection.sendall(f"{line}\n".encode())

    def line(self) -> str:
        return self._lines.readline().rstrip("\n")

    def close(self) -> None:
        self._lines.close()
        self.connection.close()

    def lines(self, count: int) -> list[str]:
        return [self.line() for _ in range(count)]


@pytest.fixture(params=[SimulatedPanel])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    before = set(threading.enumerate())
    room = Room(request.param, tmp_path)
    yield room
    room.leave()
    assert set(threading.enumerate()) == before
    assert not list(tmp_path.glob("*.sock"))


def test_a_press_and_its_release_come_with_the_moment_of_the_contact(room: Room) -> None:
    room.panel("controller")
    finger = room.client("controller")
    before_ns = time.monotonic_ns()
    finger.say("press pause")
    press = room.events.get(timeout=5)
    finger.say("release pause")
    release = room.events.get(timeout=5)
    assert (press.name, press.action) == ("pause", ButtonAction.PRESSED)
    assert (release.name, release.action) == ("pause", ButtonAction.RELEASED)
    assert before_ns < press.at_ns < release.at_ns < time.monotonic_ns()


def test_a_tap_lasts_although_the_panel_reads_all_of_it_at_once(room: Room) -> None:
    room.panel("controller")
    finger = room.client("controller")
    finger.say("press mark\nrelease mark\ntap pause 80")
    press, release = room.events.get(timeout=5), room.events.get(timeout=5)
    assert (press.name, press.action) == ("pause", ButtonAction.PRESSED), "a press without length is a spike"
    assert (release.name, release.action) == ("pause", ButtonAction.RELEASED)
    assert release.at_ns - press.at_ns >= 80_000_000
    finger.say("tap pause -1")
    assert finger.lines(2)[-1].startswith("error say press NAME")


def test_a_contact_that_chatters_is_one_press(room: Room) -> None:
    room.panel("controller", debounce_ms=200)
    finger = room.client("controller")
    before_ns = time.monotonic_ns()
    finger.say("\n".join(["press lesson", "release lesson"] * 5 + ["press lesson"]))
    press = room.events.get(timeout=5)
    assert press.action is ButtonAction.PRESSED
    assert press.at_ns - before_ns < 150_000_000 <= time.monotonic_ns() - press.at_ns
    assert room.events.empty()


def test_a_button_held_while_the_process_starts_gives_its_release_only(room: Room) -> None:
    room.panel("controller", buttons_active_low=False)
    finger = room.client("controller")
    finger.say("press mark")
    assert room.events.get(timeout=5).action is ButtonAction.PRESSED
    finger.say("press mark")
    finger.say("release mark")
    assert room.events.get(timeout=5).action is ButtonAction.RELEASED


@pytest.mark.parametrize("lamps_active_low", [False, True])
def test_a_lamp_says_each_pattern_once_and_goes_out_at_close(room: Room, lamps_active_low: bool) -> None:
    panel = room.panel("controller", lamps_active_low=lamps_active_low)
    eye = room.client("controller")
    patterns = [
        Pattern.GREEN,
        Pattern.AMBER_BLINK,
        Pattern.GREEN_BLINK,
        Pattern.AMBER_FAST_BLINK,
        Pattern.ALTERNATING,
        Pattern.AMBER,
        Pattern.ALTERNATING,
        Pattern.OFF,
        Pattern.GREEN,
    ]
    assert eye.line() == "lamp status off"
    for pattern in patterns:
        panel.show("status", pattern)
        panel.show("status", pattern)
    assert eye.lines(len(patterns)) == [f"lamp status {pattern}" for pattern in patterns]
    panel.close()
    panel.close()
    assert eye.lines(2) == ["lamp status off", ""]
    with pytest.raises(DeviceLost):
        panel.show("status", Pattern.GREEN)


def test_a_blinking_lamp_goes_on_blinking(room: Room) -> None:
    panel = room.panel("controller")
    eye = room.client("controller")
    assert eye.line() == "lamp status off"
    panel.show("status", Pattern.AMBER_FAST_BLINK)
    assert eye.line() == "lamp status amber-fast-blink"
    eye.connection.settimeout(1.5)
    with pytest.raises(TimeoutError):
        eye.line()


def test_each_process_holds_its_own_part(room: Room) -> None:
    recorder = room.panel("recorder")
    controller = room.panel("controller")
    recorder.show("recording", Pattern.SLOW_BLINK)
    controller.show("recording", Pattern.ON)
    recorder.show("status", Pattern.AMBER)
    assert room.client("recorder").line() == "lamp recording slow-blink"
    assert room.client("controller").line() == "lamp status off"
    finger = room.client("recorder")
    finger.line()
    finger.say("press lesson")
    assert finger.line().startswith("error")


def test_a_room_without_lamps_and_buttons_still_works(room: Room) -> None:
    panel = room.panel("controller", lamps={}, buttons={})
    panel.show("status", Pattern.GREEN)
    eye = room.client("controller")
    eye.say("hello")
    assert eye.line().startswith("error")


def test_a_panel_opens_again_after_close(room: Room) -> None:
    panel = room.panel("recorder")
    panel.show("recording", Pattern.SHORT_BLINK)
    panel.close()
    panel.open(room.events.put)
    assert room.client("recorder").line() == "lamp recording off"
    panel.show("recording", Pattern.ON)
    eye = room.client("recorder")
    assert eye.line() == "lamp recording on"


@pytest.mark.parametrize("buzzer_active_low", [False, True])
def test_the_buzzer_says_each_beep_once_and_a_new_one_takes_its_place(room: Room, buzzer_active_low: bool) -> None:
    panel = room.panel("controller", buzzer=18, buzzer_active_low=buzzer_active_low, lamps={})
    ear = room.client("controller")
    ear.say("hello")  # what it answers tells that it listens
    ear.line()
    for beep in (Beep.DOUBLE, Beep.DOUBLE, Beep.LONG):
        panel.beep(beep)
        assert ear.line() == f"buzzer room {beep}"
    ear.connection.settimeout(1.2)
    with pytest.raises(TimeoutError):
        ear.line()
    panel.close()
    with pytest.raises(DeviceLost):
        panel.beep(Beep.LONG)


def test_a_room_without_a_buzzer_is_silent(room: Room) -> None:
    panel = room.panel("controller")
    panel.beep(Beep.LONG)
    assert room.client("controller").line() == "lamp status off"
