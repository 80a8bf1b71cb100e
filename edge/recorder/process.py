"""The recorder process: started by systemd, by the demo, or by hand."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from pydantic import BaseModel

from drivers.samples import ButtonEvent, Pattern
from edge.classroom.recorder_messages import TO_RECORDER, FromRecorder, ToRecorder
from edge.config.model import Config
from edge.link.broadcast_server import BroadcastServer
from edge.link.socket_paths import RECORDER
from edge.recorder import composition
from edge.recorder.recording_manager import RecordingManager
from edge.service import hotplug
from edge.service.panel import RoomPanel
from edge.service.sd_notify import notify
from pipelines.devices.device_state import DeviceCondition
from pipelines.encoding.encoder_benchmark import EncoderBenchmark
from pipelines.files import disk
from pipelines.recording.liveness import LivenessMonitor
from pipelines.recording.recording_config import AUTO
from pipelines.recording.room_devices import RoomDevices

log = logging.getLogger(__name__)

_TICK_S = 0.1
_TELL_S = 0.5
_MOST_WAITING = 64
# What holds a wish up for so long is the disk.
_HUNG_S = 5.0
# Less than systemd waits: devices are let go after it.
_STOP_S = 25.0
LAMP = "recording"


class RecorderProcess:
    """Start order: lamp, devices, link, what was cut off; the stop order is its mirror.

    It is ready without any device, and before what was cut off is mended; nobody hears a state until it is.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._wishes: asyncio.Queue[ToRecorder] = asyncio.Queue()
        self._news = asyncio.Event()
        self._idle_s = time.monotonic()
        self._taken_up = self._given_up = False
        self._turns = ThreadPoolExecutor(1, "keeper")
        self._pulse = LivenessMonitor()
        self._sources: RoomDevices = composition.sources(config, self._device_changed)
        self._headroom = EncoderBenchmark()
        self._keeper = RecordingManager(
            composition.room_plan(config),
            self._sources,
            self._tell_soon,
            config.recording.longest_min * 60_000_000_000,
            composition.preroll_ns(config),
            self._headroom,
        )
        self._server = BroadcastServer(config.paths.run / RECORDER, TO_RECORDER, self._hello, self._wished)
        self._panel = RoomPanel(composition.panel(config))

    async def run(self) -> None:
        """Until cancelled, or a bug ends it."""
        self._config.paths.run.mkdir(parents=True, exist_ok=True)
        self._panel.open(_ignore_button)
        self._panel.show(LAMP, Pattern.OFF)
        for source in self._sources:
            source.start()
        if self._config.recording.preset == AUTO:
            self._headroom.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._server.run())
                group.create_task(self._work())
                group.create_task(self._show())
                group.create_task(hotplug.watch(self._wakes()))
                group.create_task(self._panel.run())
                notify("READY=1")
        finally:
            notify("STOPPING=1")
            await asyncio.shield(self._stop())

    def _wakes(self) -> hotplug.Wakes:
        return {"video4linux": self._sources.retry_cameras, "sound": self._sources.retry_microphones}

    async def _work(self) -> None:
        """What was cut off, then wishes one after the other, and ticks in between."""
        await self._in_turn(self._keeper.take_up)
        self._taken_up = True
        self._news.set()
        while True:
            self._idle_s = time.monotonic()
            try:
                wish = await asyncio.wait_for(self._wishes.get(), _TICK_S)
            except TimeoutError:
                await self._in_turn(self._keeper.tick)
            else:
                log.debug("wished: %s", wish)
                await self._in_turn(partial(self._keeper.obey, wish))
                self._news.set()

    def _in_turn(self, job: Callable[[], None]) -> asyncio.Future[None]:
        """In the keeper's own thread, which the disk may hold up."""
        return self._loop.run_in_executor(self._turns, job)

    async def _show(self) -> None:
        """The lamp, and what the controller and systemd are told, also while the disk holds up the work."""
        told_s = 0.0
        while True:
            self._panel.show(LAMP, self._keeper.lamp())
            now_s = time.monotonic()
            due = now_s - told_s >= _TELL_S
            if due or self._news.is_set():
                self._news.clear()
                for state in self._hello():
                    self._server.send(state)
            if due:
                told_s = now_s
                if self._lives():
                    notify("WATCHDOG=1")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _TICK_S)

    def _wished(self, message: ToRecorder) -> None:
        if self._wishes.qsize() >= _MOST_WAITING:
            log.warning("too many wishes wait for the disk; the oldest is given up: %s", self._wishes.get_nowait())
        self._wishes.put_nowait(message)

    def _lives(self) -> bool:
        """Whether systemd may leave us alone: this loop runs, and so does what all roles share."""
        lives = self._pulse.is_alive(self._keeper.signs())
        if not lives and not self._given_up:
            self._given_up = True
            log.critical("the lesson's threads stand still; systemd starts the recorder again, which goes on with it")
        return lives

    def _hello(self) -> list[BaseModel]:
        """The state, from when it is known what goes on."""
        if not self._taken_up:
            return []
        state = self._keeper.state().model_copy(update={"panel": self._panel.trouble})
        if time.monotonic() - self._idle_s > _HUNG_S and not state.faults:
            state = state.model_copy(update={"faults": [disk.HUNG]})
        return [state]

    def _device_changed(self, role: str, condition: DeviceCondition[object]) -> None:
        self._keeper.device_changed(role, condition)

    def _tell_soon(self, message: FromRecorder) -> None:
        self._loop.call_soon_threadsafe(self._server.send, message)

    async def _stop(self) -> None:
        # What is being done just now may be the beginning of a lesson, which must not be left running.
        left = self._in_turn(self._keeper.close)
        self._turns.shutdown(wait=False)
        try:
            await asyncio.wait_for(asyncio.shield(left), _STOP_S)
        except TimeoutError:
            log.error("the disk does not let the lesson go; what it has of it is taken up at the next start")
        finally:
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._headroom.close()
        for source in self._sources:
            source.close()
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
