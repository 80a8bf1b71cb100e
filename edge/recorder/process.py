"""The recorder process: started by systemd, by the demo, or by hand."""

from __future__ import annotations

import asyncio
import logging
import signal

from pydantic import BaseModel

from drivers.errors import DeviceError
from drivers.protocols import Panel
from drivers.samples import ButtonEvent, Pattern
from edge.config.model import Config
from edge.link.messages import TO_RECORDER, FromRecorder, ToRecorder
from edge.link.notify import notify
from edge.link.run_folder import RECORDER
from edge.link.server import LinkServer
from edge.recorder import composition
from edge.recorder.keeper import Keeper
from pipelines.capture.source import Condition
from pipelines.recording.recording import Sources

log = logging.getLogger(__name__)

_TICK_S = 0.1
_TELL_EVERY = 5
LAMP = "recording"


class RecorderProcess:
    """Start order: lamp, devices, what was cut off, link; the stop order is its mirror."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._wishes: asyncio.Queue[ToRecorder] = asyncio.Queue()
        self._sources: Sources = composition.sources(config, self._device_changed)
        self._keeper = Keeper(
            composition.room_plan(config),
            self._sources,
            self._tell_soon,
            config.recording.longest_min * 60_000_000_000,
        )
        self._server = LinkServer(config.paths.run / RECORDER, TO_RECORDER, self._hello, self._wishes.put_nowait)
        self._panel: Panel | None = None

    async def run(self) -> None:
        """Until cancelled, or a bug ends it."""
        self._config.paths.run.mkdir(parents=True, exist_ok=True)
        self._panel = self._opened_panel()
        for source in self._sources:
            source.start()
        try:
            await asyncio.to_thread(self._keeper.take_up)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._server.run())
                group.create_task(self._work())
                notify("READY=1")
        finally:
            notify("STOPPING=1")
            await asyncio.shield(asyncio.to_thread(self._close))

    async def _work(self) -> None:
        """Wishes one after the other, and between them the ticks; all that waits for the disk is in a thread."""
        ticks = 0
        while True:
            try:
                wish = await asyncio.wait_for(self._wishes.get(), _TICK_S)
            except TimeoutError:
                await asyncio.to_thread(self._keeper.tick)
                ticks += 1
                told = ticks % _TELL_EVERY == 0
            else:
                log.debug("wished: %s", wish)
                await asyncio.to_thread(self._keeper.obey, wish)
                told = True
            self._show_lamp()
            if told:
                self._server.tell(self._keeper.state())
                notify("WATCHDOG=1")

    def _opened_panel(self) -> Panel | None:
        panel = composition.panel(self._config)
        if panel is None:
            return None
        try:
            panel.open(_ignore_button)
        except DeviceError as error:
            log.warning("the recording lamp cannot be lit: %s", error.reason)
            return None
        panel.show(LAMP, Pattern.OFF)
        return panel

    def _show_lamp(self) -> None:
        if self._panel is not None:
            self._panel.show(LAMP, self._keeper.lamp())

    def _hello(self) -> list[BaseModel]:
        return [self._keeper.state()]

    def _device_changed(self, role: str, condition: Condition[object]) -> None:
        self._keeper.device_changed(role, condition)

    def _tell_soon(self, message: FromRecorder) -> None:
        self._loop.call_soon_threadsafe(self._server.tell, message)

    def _close(self) -> None:
        self._keeper.close()
        for source in self._sources:
            source.close()
        if self._panel is not None:
            self._panel.close()


def _ignore_button(_event: ButtonEvent) -> None:
    """The recorder has no buttons."""


async def run(config: Config) -> None:
    """Run the recorder until SIGTERM or SIGINT."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await RecorderProcess(config).run()
    except asyncio.CancelledError:
        log.info("the recorder stops")
