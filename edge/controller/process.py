"""The controller process: started by systemd, by the demo, or by hand."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from dataclasses import replace
from functools import partial
from itertools import count

from drivers.samples import ButtonEvent, KeypadKey
from drivers.thread_bridge import OverflowPolicy, ThreadBridge
from edge.classroom.button_gestures import GestureDetector
from edge.classroom.lesson import Lesson
from edge.classroom.recorder_messages import FROM_RECORDER, AddMarker, DesiredState
from edge.classroom.teacher_keypad import Keypad
from edge.config.model import Config
from edge.config.storage_demand import storage_demand
from edge.config.store import configured_store
from edge.controller import composition, network_events
from edge.controller.fault_registry import FaultRegistry, fault_code
from edge.controller.finalisation import Finaliser
from edge.controller.ledger_startup import opened
from edge.controller.lesson_service import LessonService
from edge.controller.maintenance.disk_cleanup import DiskCleanup, SpaceNeeds
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.keypad_commands import KeypadCommands
from edge.controller.polls.poll_requests import PollRequestHandler
from edge.controller.polls.poll_service import PollService
from edge.controller.polls.result_files import PollResultFiles, SharingPolicy
from edge.controller.power_off import PowerOff
from edge.controller.ptz.heads import PtzHeads
from edge.controller.request_handler import RequestHandler
from edge.controller.status_report import StatusReport
from edge.ledger.database import LedgerDamaged, LedgerError
from edge.ledger.ledger import Ledger
from edge.link.control_server import ControlServer
from edge.link.reconnecting_client import ReconnectingClient
from edge.link.socket_paths import CONTROLLER, POWER_OFF, RECORDER
from edge.reporting.lrs_sender import LrsSender
from edge.school import students_csv
from edge.school.roster_store import NAME as ROSTER
from edge.school.roster_store import RosterStore
from edge.service import hotplug
from edge.service.panel import RoomPanel
from edge.service.sd_notify import notify
from pipelines import system_clocks
from pipelines.delivery.uploader import Uploader

log = logging.getLogger(__name__)

_TICK_S = 0.1
_TICKS_A_SIGN = 10
_SWEEP_S = 30.0
_SWEEP_AGAIN_S = 5.0
_COPY_AGAIN_S = 5.0
# What holds up the copies shows as soon as they go on.
_WELL_AFTER_S = 4.0
_MOST_EDGES = 256
LAMP = "status"


class ControllerProcess:
    """Start order: ledger, uploads, link, heads, clickers, panel, command socket; the stop order is its mirror."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        beside_ledger = config.paths.ledger.parent
        tables = beside_ledger / students_csv.FOLDER
        self._roster = RosterStore(beside_ledger / ROSTER)
        self._lrs = LrsSender(config.lrs, ledger.statements) if config.lrs.url else None
        self._results = PollResultFiles(
            config.paths.spool,
            tables,
            config.room,
            ledger,
            lambda: self._roster.roster,
            SharingPolicy(config.roster.share_names, config.lrs.home_page, to_lrs=self._lrs is not None),
        )
        self._closing = Finaliser(config.paths.spool, config.room, ledger, self._results.finish)
        store = configured_store(config.store)
        prefix = f"{config.room.school}/{config.room.room}"
        self._uploader = (
            Uploader(config.paths.spool, store, ledger.outbox, prefix, self._closing.stored) if store else None
        )
        self._closing.uploader = self._uploader
        self._troubles = FaultRegistry()
        self._demand = storage_demand(config)
        self._housekeeping = DiskCleanup(
            config.paths.spool,
            tables,
            ledger,
            config.storage.keep_days,
            self._needs,
            self._troubles,
            self._uploader,
        )
        self._conductor = LessonService(
            Lesson(config.recording.longest_min * 60, config.lesson.take_back_s),
            GestureDetector(
                {
                    "lesson": round(config.lesson.hold_to_end_s * 1e9),
                    "pause": round(config.lesson.hold_to_power_off_s * 1e9),
                }
            ),
            ledger,
            self._closing,
            self._tell,
            self._uploader.file_finished if self._uploader else _nothing,
            self._housekeeping.before_a_lesson,
            self._troubles,
            PowerOff(config.paths.run / POWER_OFF),
        )
        self._link = ReconnectingClient(
            config.paths.run / RECORDER, FROM_RECORDER, self._conductor.heard, self._conductor.linked
        )
        self._heads = PtzHeads(composition.heads(config))
        self._panel = RoomPanel(composition.panel(config))
        self._clickers = AsyncClickerBase(partial(composition.clickers, config))
        self._desk = PollService(
            ledger.polls,
            self._clickers,
            self._troubles,
            system_clocks.boot_id(),
            lambda: self._roster.roster.current,
            self._results.next_number,
            self._results.soon,
        )
        self._keypad = Keypad(config.clickers.keys if config.clickers else {})
        self._keypad_acts = KeypadCommands(self._conductor, self._desk)
        polls = PollRequestHandler(self._desk, self._clickers, self._roster)
        status = StatusReport(
            self._conductor,
            self._uploader,
            self._housekeeping,
            self._heads,
            self._panel,
            self._clickers,
            self._lrs,
        ).status
        requests = RequestHandler(self._conductor, self._heads, polls, status)
        self._requests = ControlServer(config.paths.run / CONTROLLER, requests.answer, status)
        self._buttons: ThreadBridge[ButtonEvent] = ThreadBridge("buttons", _MOST_EDGES, OverflowPolicy.DROP_NEWEST)

    async def run(self) -> None:
        """Until cancelled, or a bug ends it."""
        await self._roster.load()
        self._heads.start()
        self._clickers.base.start()
        await asyncio.to_thread(self._panel.open, self._buttons.put)
        try:
            async with asyncio.TaskGroup() as group:
                if self._uploader is not None:
                    group.create_task(self._copy_lessons(self._uploader))
                group.create_task(network_events.watch(self._reached))
                if self._lrs is not None:
                    group.create_task(self._lrs.run())
                group.create_task(self._housekeeping.run())
                group.create_task(self._closing.run())
                group.create_task(self._closing.read_ahead())
                group.create_task(self._conductor.run())
                group.create_task(self._link.run())
                group.create_task(self._listen_to_buttons())
                group.create_task(hotplug.watch({"tty": self._port_came, "hidraw": self._clickers.base.retry_now}))
                group.create_task(self._listen_to_clickers())
                group.create_task(self._desk.run())
                group.create_task(self._results.run())
                group.create_task(self._tick())
                group.create_task(self._sweep())
                group.create_task(self._requests.run())
                group.create_task(self._panel.run())
                notify("READY=1")
        finally:
            notify("STOPPING=1")
            self._buttons.close()
            await asyncio.shield(asyncio.to_thread(self._panel.close))
            await asyncio.shield(asyncio.to_thread(self._clickers.close))
            await asyncio.shield(asyncio.to_thread(self._heads.close))

    def _needs(self) -> SpaceNeeds:
        """The disk must have room for what is left of the lesson that runs, else for the next one."""
        recorder = self._conductor.recorder
        lasted_s = recorder.lesson_time_ns / 1e9 if recorder else 0.0
        seconds = max(0.0, self._demand.seconds - lasted_s)
        return SpaceNeeds(replace(self._demand, seconds=seconds), self._conductor.busy())

    def _tell(self, message: DesiredState | AddMarker) -> bool:
        recorder = self._conductor.recorder
        self._heads.told(message, recorder.lesson if recorder else None)
        self._desk.told(message)
        return self._link.send(message)

    async def _listen_to_buttons(self) -> None:
        async for event in self._buttons:
            self._conductor.button(event)

    async def _listen_to_clickers(self) -> None:
        async for events in self._clickers.bursts():
            for event in events:
                if isinstance(event, KeypadKey):
                    act = self._keypad.feed(event.key, event.captured_ns)
                    await self._keypad_acts.obey(act, event.captured_ns)
            await self._desk.hear(events)

    def _port_came(self) -> None:
        """A serial port was plugged in; what hangs on it nobody knows."""
        self._clickers.base.retry_now()
        self._heads.wake()

    def _reached(self) -> None:
        """The network is there."""
        if self._uploader is not None:
            self._uploader.retry_now()
        if self._lrs is not None:
            self._lrs.wake()

    async def _tick(self) -> None:
        for tick in count():
            self._conductor.tick()
            self._heads.watch(time.monotonic_ns())
            self._clickers.base.check_watchdog(time.monotonic_ns())
            self._panel.show(LAMP, self._conductor.lamp())
            if tick % _TICKS_A_SIGN == 0:
                notify("WATCHDOG=1")
            await asyncio.sleep(_TICK_S)

    async def _sweep(self) -> None:
        while True:
            if self._conductor.recorder is not None:
                await self._closing.sweep(self._conductor.busy)
                await self._closing.date()
            if self._conductor.recorder is None:
                await asyncio.sleep(1.0)
            else:
                await asyncio.sleep(_SWEEP_AGAIN_S if self._closing.faults else _SWEEP_S)

    async def _copy_lessons(self, uploader: Uploader) -> None:
        """A ledger that is full or a spool that cannot be read holds up the copies, and nothing else."""
        loop = asyncio.get_running_loop()
        while True:
            well = loop.call_later(_WELL_AFTER_S, self._troubles.say, "copies", "")
            try:
                await uploader.run()
            except* LedgerDamaged:
                raise
            except* (LedgerError, OSError) as held_up:
                self._copies_held_up(held_up.exceptions[0])
            finally:
                well.cancel()
            await asyncio.sleep(_COPY_AGAIN_S)

    def _copies_held_up(self, error: BaseException) -> None:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        assert isinstance(error, LedgerError | OSError)
        trouble = fault_code(error)
        log.log(logging.DEBUG if trouble in self._troubles.all() else logging.ERROR, "copying waits: %s", error)
        self._troubles.say("copies", trouble)


def _nothing(_lesson: str, _path: str) -> None:
    """There is no store to copy to."""


async def run(config: Config) -> None:
    """Run the controller until SIGTERM or SIGINT."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    config.paths.run.mkdir(parents=True, exist_ok=True)
    try:
        ledger = await opened(config, LAMP)
        try:
            await ControllerProcess(config, ledger).run()
        finally:
            await asyncio.to_thread(ledger.close)
    except asyncio.CancelledError:
        log.info("the controller stops")
