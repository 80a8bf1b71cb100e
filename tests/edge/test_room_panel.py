"""A panel that is not there yet is tried again, and what its lamps should say is not forgotten."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from waiting import stays_async, until_async

from drivers.errors import DeviceLost
from drivers.panel.pin_assignment import PanelOptions
from drivers.panel.simulation.simulated_panel import SimulatedPanel
from drivers.samples import Beep, ButtonEvent, Pattern
from edge.service.panel import RoomPanel
from pipelines.backoff import BackOff
from pipelines.devices.device_state import DeviceState


def ignore(_event: ButtonEvent) -> None:
    """Nobody presses."""


async def test_a_panel_that_comes_later_shows_what_was_wanted(tmp_path: Path) -> None:
    run = tmp_path / "run"  # its socket cannot be made before the folder is there
    panel = RoomPanel(SimulatedPanel("recorder", PanelOptions(run=str(run))), BackOff(initial_s=0.05, max_s=0.05))
    await asyncio.to_thread(panel.open, ignore)
    assert panel.fault is not None
    assert panel.fault.state is DeviceState.UNFIT
    assert "cannot be made" in panel.fault.reason
    task = asyncio.create_task(panel.run())
    panel.show("recording", Pattern.ON)
    await stays_async(lambda: panel.fault is not None, 0.15)
    run.mkdir()
    await until_async(lambda: panel.fault is None)
    with socket.socket(socket.AF_UNIX) as eye:
        eye.settimeout(2.0)
        eye.connect(str(run / "recorder-pins.sock"))
        assert await asyncio.to_thread(eye.recv, 100) == b"lamp recording on\n"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(panel.close)
    panel.close()


class Pulled:
    """A panel whose pins go away once, and then take their time."""

    def __init__(self) -> None:
        self.shown: list[Pattern] = []
        self.lit = asyncio.Event()
        self.closed_by: list[threading.Thread] = []
        self._opened = 0

    def open(self, _on_button: Callable[[ButtonEvent], None]) -> None:
        self._opened += 1

    def show(self, _lamp: str, pattern: Pattern) -> None:
        if self._opened == 1:
            raise DeviceLost("panel", "its pins no longer answer")
        self.shown.append(pattern)
        self.lit.set()

    def close(self) -> None:
        self.closed_by.append(threading.current_thread())


async def test_a_beep_is_for_now_or_never_and_one_that_fails_has_the_panel_opened_again() -> None:
    class Deaf(Pulled):
        def beep(self, _beep: Beep) -> None:
            self.beeps += 1
            raise DeviceLost("panel", "its pins no longer answer")

        beeps = 0

    deaf = Deaf()
    panel = RoomPanel(deaf, BackOff(initial_s=0.01, max_s=0.01))
    panel.beep(Beep.LONG)
    assert deaf.beeps == 0, "it is not open yet"
    await asyncio.to_thread(panel.open, ignore)
    task = asyncio.create_task(panel.run())
    panel.beep(Beep.LONG)
    assert panel.fault is not None
    await until_async(lambda: panel.fault is None)
    assert deaf.beeps == 1, "it is not caught up on"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(panel.close)


async def test_pins_that_hang_when_they_are_lost_hold_up_nothing() -> None:
    pulled = Pulled()
    panel = RoomPanel(pulled, BackOff(initial_s=0.01, max_s=0.01))
    await asyncio.to_thread(panel.open, ignore)
    task = asyncio.create_task(panel.run())
    panel.show("status", Pattern.GREEN)
    assert panel.fault is not None
    async with asyncio.timeout(5):
        await pulled.lit.wait()
    assert pulled.shown == [Pattern.GREEN]
    assert threading.main_thread() not in pulled.closed_by
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(panel.close)


async def test_a_room_without_a_panel_has_no_trouble() -> None:
    panel = RoomPanel(None)
    panel.open(ignore)
    panel.show("recording", Pattern.ON)
    assert panel.fault is None
    panel.close()
