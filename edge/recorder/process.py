"""The recorder process: started by systemd, by the demo, or by hand."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import cv2
from pydantic import BaseModel

from drivers.samples import ButtonEvent, Pattern
from edge.classroom.recorder_messages import (
    TO_RECORDER,
    Activity,
    AddMarker,
    DesiredState,
    ForDirector,
    FromRecorder,
    LendDevices,
    Look,
    TakeUpConfig,
    ToRecorder,
)
from edge.config.model import Config
from edge.link.broadcast_server import BroadcastServer
from edge.link.socket_paths import RECORDER, STILLS
from edge.recorder import composition
from edge.recorder.device_loan import DeviceLoan
from edge.recorder.recording_manager import RecordingManager
from edge.service import hotplug
from edge.service.panel import RoomPanel
from edge.service.sd_notify import notify
from edge.service.stop_signals import cancel_by
from pipelines.devices.device_state import DeviceCondition
from pipelines.encoding.encoder_benchmark import EncoderBenchmark
from pipelines.files import disk
from pipelines.recording.liveness import LivenessMonitor
from pipelines.recording.recording_settings import AUTO
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.still_maker import StillMaker

log = logging.getLogger(__name__)

_TICK_S = 0.25
# Between lessons, most of the day: what is urgent wakes the loops by itself.
_IDLE_TICK_S = 0.5
_REPORT_S = 0.5
_MAX_WAITING = 64
# What holds up a command for so long is the disk.
_HUNG_S = 5.0
# Less than systemd waits: devices are released after it.
_STOP_S = 25.0
LAMP = "recording"


class RecorderProcess:
    """Starts lamp, devices and link, then resumes interrupted lessons; stops in the reverse order.

    It is ready without any device, and before interrupted lessons are repaired; no state is sent until they are.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._commands: asyncio.Queue[DesiredState | AddMarker | LendDevices] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._idle_since_s = time.monotonic()
        self._is_resumed = self._is_stalled = self._must_restart = False
        self._worker = ThreadPoolExecutor(1, "recording manager")
        self._liveness = LivenessMonitor()
        self._devices: RoomDevices = composition.room_devices(config, self._device_changed)
        self._loan = DeviceLoan(self._devices)
        self._stills = StillMaker(self._devices.stills, self._devices.cameras, config.paths.run / STILLS)
        self._benchmark = EncoderBenchmark(config.recording.rate)
        self._speech = composition.speech_monitor(config)
        self._manager = RecordingManager(
            composition.recording_settings(config),
            self._devices,
            self._send_soon,
            config.recording.longest_min * 60_000_000_000,
            composition.preroll_ns(config),
            self._benchmark,
            self._speech,
        )
        self._server = BroadcastServer(config.paths.run / RECORDER, TO_RECORDER, self._current_state, self._on_command)
        self._panel = RoomPanel(composition.panel(config))
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Run until cancelled, also by a config that has changed, or a bug ends it."""
        self._task = asyncio.current_task()
        self._config.paths.run.mkdir(parents=True, exist_ok=True)
        self._panel.open(_ignore_button)
        self._panel.show(LAMP, Pattern.OFF)
        for source in self._devices:
            source.start()
        self._stills.start()
        if self._config.recording.preset == AUTO:
            self._benchmark.start()
        if self._speech is not None:
            self._speech.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._server.run())
                group.create_task(self._work())
                group.create_task(self._show())
                group.create_task(hotplug.watch(self._hotplug_actions()))
                group.create_task(self._panel.run())
                notify("READY=1")
        finally:
            notify("STOPPING=1")
            await asyncio.shield(self._stop())

    def _hotplug_actions(self) -> hotplug.Callbacks:
        return {"video4linux": self._devices.retry_cameras, "sound": self._devices.retry_microphones}

    async def _work(self) -> None:
        """Resume interrupted lessons, then carry out commands in their order, with ticks in between."""
        await self._in_worker(self._manager.resume_interrupted)
        self._is_resumed = True
        self._changed.set()
        while True:
            self._idle_since_s = time.monotonic()
            try:
                async with asyncio.timeout(self._tick_s()):
                    command = await self._commands.get()
            except TimeoutError:
                await self._in_worker(self._tick)
                self._restart_if_idle()
            else:
                log.debug("command: %s", command)
                await self._in_worker(partial(self._carry_out, command))
                self._changed.set()

    def _tick(self) -> None:
        self._manager.tick()
        self._loan.tick(are_needed=self._manager.is_recording)

    def _restart_if_idle(self) -> None:
        if self._must_restart and not self._manager.is_busy and self._commands.empty() and self._task is not None:
            log.info("the config has changed; the recorder ends, to be started again with it")
            self._must_restart = False
            self._task.cancel()

    def _carry_out(self, command: DesiredState | AddMarker | LendDevices) -> None:
        if isinstance(command, LendDevices):
            self._loan.on_request(command, are_needed=self._manager.is_recording)
            return
        if isinstance(command, DesiredState) and command.activity is not Activity.IDLE:
            self._loan.end()
        self._manager.reconcile(command)

    def _in_worker(self, job: Callable[[], None]) -> asyncio.Future[None]:
        """Run a job in the manager's own thread, which the disk may hold up."""
        return self._loop.run_in_executor(self._worker, job)

    async def _show(self) -> None:
        """Keep the lamp, the controller and systemd informed, also while the disk holds up the work."""
        reported_s = 0.0
        while True:
            self._panel.show(LAMP, self._loan.lamp or self._manager.lamp())
            now_s = time.monotonic()
            due = now_s - reported_s >= _REPORT_S
            if due or self._changed.is_set():
                self._changed.clear()
                for state in self._current_state():
                    self._server.send(state)
            if due:
                reported_s = now_s
                if self._is_alive():
                    notify("WATCHDOG=1")
            until_report_s = max(0.0, reported_s + _REPORT_S - time.monotonic())
            with suppress(TimeoutError):
                async with asyncio.timeout(min(self._tick_s(), until_report_s)):
                    await self._changed.wait()

    def _tick_s(self) -> float:
        return _TICK_S if self._manager.is_busy else _IDLE_TICK_S

    def _on_command(self, message: ToRecorder) -> None:
        if isinstance(message, Look):
            self._stills.look(message.until_ns)
            return
        if isinstance(message, ForDirector):
            # The director waits for no disk, and nothing waits for the director.
            self._manager.direct(message)
            return
        if isinstance(message, TakeUpConfig):
            self._must_restart = True
            return
        if self._commands.qsize() >= _MAX_WAITING:
            log.warning("too many commands wait for the disk; the oldest is dropped: %s", self._commands.get_nowait())
        self._commands.put_nowait(message)

    def _is_alive(self) -> bool:
        """Whether the watchdog may be fed: this loop runs, and so does what all roles share."""
        is_alive = self._liveness.is_alive(self._manager.progress_counters())
        if not is_alive and not self._is_stalled:
            self._is_stalled = True
            log.critical("the lesson's threads stand still; systemd starts the recorder again, which goes on with it")
        return is_alive

    def _current_state(self) -> list[BaseModel]:
        """The state to send; none before interrupted lessons were looked for."""
        if not self._is_resumed:
            return []
        state = self._manager.state(is_watched=self._stills.are_wanted).model_copy(update={"panel": self._panel.fault})
        if time.monotonic() - self._idle_since_s > _HUNG_S and not state.faults:
            state = state.model_copy(update={"faults": [disk.HUNG]})
        if self._speech is not None and self._speech.fault:
            state = state.model_copy(update={"faults": [*state.faults, self._speech.fault]})
        return [state]

    def _device_changed(self, role: str, condition: DeviceCondition[object]) -> None:
        self._manager.device_changed(role, condition)
        # A device may still hang when the loop is closed.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._changed.set)

    def _send_soon(self, message: FromRecorder) -> None:
        self._loop.call_soon_threadsafe(self._server.send, message)

    async def _stop(self) -> None:
        # What is being done just now may be the beginning of a lesson, which must not be left running.
        left = self._in_worker(self._manager.close)
        self._worker.shutdown(wait=False)
        try:
            async with asyncio.timeout(_STOP_S):
                await asyncio.shield(left)
        except TimeoutError:
            log.error("the disk does not let the lesson go; what it has of it is resumed at the next start")
        finally:
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._benchmark.close()
        self._stills.close()
        if self._speech is not None:
            self._speech.close()
        for source in self._devices:
            source.close()
        self._panel.close()


def _ignore_button(_event: ButtonEvent) -> None:
    """The recorder has no buttons."""


async def run(config: Config) -> None:
    """Run the recorder until SIGTERM or SIGINT."""
    cancel_by()
    # Its pool serves the director's small pictures, and spins while it waits for the next.
    cv2.setNumThreads(1)
    try:
        await RecorderProcess(config).run()
    except asyncio.CancelledError:
        log.info("the recorder stops")
