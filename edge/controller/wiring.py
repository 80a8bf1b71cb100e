"""The controller's wiring: what it is made of, and which part subscribes to which events of the lesson."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from edge.classroom.board_content import FILE_NAME as BOARD
from edge.classroom.board_content import BoardTexts
from edge.classroom.button_gestures import GestureDetector
from edge.classroom.day_rules import DayRules
from edge.classroom.lesson_ids import LessonIdMaker
from edge.classroom.lesson_state_machine import LessonStateMachine, Phase
from edge.classroom.recorder_messages import FROM_RECORDER, AddMarker, DesiredState, FromRecorder, TurnHead
from edge.classroom.teacher_keypad import Keypad
from edge.classroom.timetable import DayPlan
from edge.config.calibration_folder import calibration_folder
from edge.config.model import Config
from edge.config.storage_demand import storage_demand
from edge.controller import (
    calibration_copies,
    calibration_lease,
    composition,
    finalisation,
    ledger_service,
    lesson_list_version,
    lesson_scheduler,
    lesson_service,
    netlink_events,
    previews,
    uploads,
)
from edge.controller.calibration_copies import CalibrationCopies
from edge.controller.calibration_lease import CalibrationLease
from edge.controller.class_board import ClassBoard
from edge.controller.config_restart import ConfigRestart
from edge.controller.core import Core
from edge.controller.directing import directing
from edge.controller.directing.directing import Directing
from edge.controller.directing.director_requests import DirectorRequests
from edge.controller.fault_registry import FaultRegistry
from edge.controller.finalisation import Finaliser
from edge.controller.ledger_service import LedgerService
from edge.controller.lesson_event_bus import LessonEventBus
from edge.controller.lesson_list_version import LessonListVersion
from edge.controller.lesson_scheduler import LessonScheduler
from edge.controller.lesson_service import LessonService
from edge.controller.maintenance import disk_cleanup, lesson_erasure
from edge.controller.maintenance.disk_cleanup import DiskCleanup, SpaceNeeds
from edge.controller.maintenance.lesson_erasure import LessonErasure
from edge.controller.onlookers import Onlookers
from edge.controller.panel_trial import PanelTrial
from edge.controller.part import Part
from edge.controller.polls import poll_service
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.clicker_listener import ClickerListener
from edge.controller.polls.keypad_commands import KeypadCommands
from edge.controller.polls.phones import FILE_NAME as PHONES
from edge.controller.polls.phones import PhoneClaims, Phones
from edge.controller.polls.poll_requests import PollRequestHandler
from edge.controller.polls.poll_service import PollService
from edge.controller.polls.result_files import PollResultFiles, SharingPolicy
from edge.controller.power_off import PowerOff
from edge.controller.previews import PreviewMaker
from edge.controller.ptz import preset_triggers
from edge.controller.ptz.heads import PtzHeads
from edge.controller.publication import publication
from edge.controller.publication.publication import Publication
from edge.controller.request_handler import RequestHandler
from edge.controller.spooled_lesson_numbers import observe_numbers
from edge.controller.status_report import StatusReport
from edge.controller.timetable import keeper, last_good, lesson_subjects
from edge.controller.timetable.keeper import TimetableKeeper
from edge.controller.timetable.lesson_subjects import LessonSubjects
from edge.controller.timetable.trusted_clock import TrustedClock
from edge.controller.uploads import Uploads
from edge.ledger.database import Database
from edge.ledger.ledger import Ledger
from edge.link.board_view import board_view
from edge.link.control_server import ControlServer
from edge.link.page_requests import PAGE_REQUEST
from edge.link.reconnecting_client import ReconnectingClient
from edge.link.socket_paths import CONTROLLER, PAGES, POWER_OFF, RECORDER
from edge.link.terminal_requests import REQUEST
from edge.player.site import site_files
from edge.school import students_csv
from edge.school.json_model_file import ModelStore
from edge.school.roster_store import NAME as ROSTER
from edge.school.roster_store import RosterStore
from edge.service import hotplug
from edge.service.panel import RoomPanel
from pipelines import system_clocks

# The check of a long lesson on a slow box, and the uploads of many segments side by side.
_LONGEST_CHECK_S = 600.0
_UPLOADS_AT_ONCE = 8
# A check of the calibration that nobody waits for takes minutes.
_DUE_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Controller:
    """What ``process`` runs: the core and the socket for requests, and the parts in the order of their start."""

    core: Core
    serve_requests: Callable[[], Coroutine[Any, Any, None]]
    parts: tuple[Part, ...]
    events: LessonEventBus
    faults: FaultRegistry


def wire(config: Config, restart: Callable[[], None] = lambda: None) -> Controller:
    """Make and connect everything; nothing runs yet. ``restart`` ends the process, to be started again."""
    spool, beside_ledger = config.paths.spool, config.paths.ledger.parent
    tables = beside_ledger / students_csv.FOLDER
    faults, events = FaultRegistry(), LessonEventBus()

    # The core.
    ids = LessonIdMaker(config.room.room)
    lesson = LessonStateMachine(config.recording.longest_min * 60, config.lesson.take_back_s, ids.next_id)
    gestures = GestureDetector(
        {
            "lesson": round(config.lesson.hold_to_end_s * 1e9),
            "pause": round(config.lesson.hold_to_power_off_s * 1e9),
        }
    )

    def send(message: DesiredState | AddMarker) -> bool:
        return link.send(subjects.described(message))

    def send_again() -> None:
        if lesson.desired is not None:
            send(lesson.desired)

    def is_finalising() -> bool:
        return finaliser.is_busy

    panel = RoomPanel(composition.panel(config))
    service = LessonService(
        lesson,
        gestures,
        ids,
        send,
        events.publish,
        faults,
        PowerOff(config.paths.run / POWER_OFF),
        is_finalising,
        panel.beep,
        gives_hints=config.day.hint,
    )

    def on_message(message: FromRecorder) -> None:
        if isinstance(message, TurnHead):
            director.on_turn_head(message)
        else:
            service.on_message(message)

    link = ReconnectingClient(config.paths.run / RECORDER, FROM_RECORDER, on_message, service.on_link)

    # What the parts are made of.
    ledger = Ledger(Database(config.paths.ledger))
    ledger_part = LedgerService(ledger, config.paths.ledger, spool, ids, faults)
    roster = RosterStore(beside_ledger / ROSTER)
    place = f"{config.room.school}/{config.room.room}"
    copies = Uploads(config.store, spool, place, ledger.outbox, events.publish, faults)
    published = Publication(
        config.publication,
        config.store,
        spool,
        config.room,
        config.timetable.zone,
        ledger,
        site_files,
        faults,
    )
    calibrations = CalibrationCopies(config.store, calibration_folder(config.paths), place, ledger.outbox)
    zone = config.timetable.zone
    lrs = composition.lrs_sender(config, ledger.statements)
    topic = composition.board_topic(config, lambda: board_view(status()))
    # What lies beside published lessons anybody may read.
    share_names = config.roster.share_names and config.publication.access == "private"
    sharing = SharingPolicy(share_names, config.lrs.home_page, to_lrs=lrs is not None)
    results = PollResultFiles(spool, tables, config.room, ledger, lambda: roster.roster, sharing)
    finaliser = Finaliser(
        spool, config.room, ledger, events.publish, lambda: lesson.in_use, faults, finish_results=results.finish
    )
    preview_maker = PreviewMaker(
        spool,
        config.previews,
        lambda: lesson.in_use == set() and not finaliser.is_busy and lease.view is None,
        events.publish,
        faults,
    )
    cleanup = DiskCleanup(
        spool,
        tables,
        ledger,
        config.storage.keep_days,
        partial(_space_needs, config, service),
        faults,
        copies.missing_from_copy,
        events.publish,
    )

    async def erase_copy(lesson: str) -> None:
        async with published.withdrawn(lesson):
            await copies.erase_copy(lesson)

    erasure = LessonErasure(
        spool,
        tables,
        ledger,
        lambda: lesson.in_use,
        erase_copy if copies.is_configured else None,
        cleanup.deleting,
        events.publish,
    )
    heads = PtzHeads(composition.heads(config))
    clickers = AsyncClickerBase(partial(composition.clickers, config))
    polls = PollService(
        ledger.polls,
        clickers,
        faults,
        system_clocks.boot_id(),
        lambda: roster.roster.current,
        results.next_number,
        results.schedule,
        phones=config.board.phones,
    )
    director = Directing(
        heads,
        lambda: polls.open_poll.poll.number if polls.open_poll is not None else None,
        lambda: service.recorder,
        link.send,
    )
    director_requests = DirectorRequests(service, tuple(config.cameras), link.send)
    claims = ModelStore(beside_ledger / PHONES, PhoneClaims, PhoneClaims)
    phones = Phones(claims, polls, roster, are_allowed=config.board.phones)
    texts = ModelStore(beside_ledger / BOARD, BoardTexts, BoardTexts)
    board = ClassBoard(
        config.room.name or config.room.room,
        texts,
        polls,
        lambda: roster.roster,
        exam_names=config.board.exam_names,
        phones=config.board.phones,
        today=lambda: datetime.now(zone).date(),
        topic_fault=lambda: topic.fault if topic is not None else "",
    )
    subjects = LessonSubjects(timedelta(minutes=config.timetable.early_min), send_again)
    clock = TrustedClock(
        partial(system_clocks.read_clocks, system_clocks.boot_id()), is_always_right=config.timetable.trust_clock
    )
    timetable = TimetableKeeper(config.timetable, beside_ledger / last_good.FOLDER, faults, clock, subjects)
    scheduler = LessonScheduler(_day_rules(config), service, lambda: timetable.plan, clock, ledger, zone)
    trial = PanelTrial()
    trial.on_change = service.stirred.set
    new_config = ConfigRestart(lambda: lesson.phase is Phase.IDLE and not finaliser.is_busy, restart)
    lease = CalibrationLease(
        config.paths.run,
        link.send,
        lambda: service.recorder,
        lambda: lesson.phase in (Phase.RECORDING, Phase.PAUSED),
        lambda: _is_lesson_due(timetable.plan, clock.now()),
        trial,
        panel.beep,
        new_config.request,
    )
    keypad = Keypad(config.clickers.keys if config.clickers else {})
    listener = ClickerListener(clickers, keypad, KeypadCommands(service, director_requests, polls), polls)

    def on_port() -> None:
        """A serial port was plugged in; which device is on it is not known."""
        clickers.base.retry_now()
        heads.retry_now()

    def on_network() -> None:
        copies.retry()
        calibrations.retry()
        published.retry()
        timetable.on_network()
        if lrs is not None:
            lrs.wake()

    plugs = {"tty": on_port, "hidraw": clickers.base.retry_now}

    parts = (
        Part("ledger", ledger_part.run, ledger_service.EVENTS, ledger_part.on_event, ledger.close),
        Part("numbers", partial(observe_numbers, spool, ids)),
        Part("roster", roster.load),
        Part("board", texts.load),
        Part("phones", claims.load),
        Part(
            keeper.NAME,
            timetable.run,
            lesson_subjects.EVENTS,
            timetable.on_event,
            hung_s=keeper.LONGEST_CHECK_S,
        ),
        Part(lesson_scheduler.NAME, scheduler.run, lesson_scheduler.EVENTS, scheduler.on_event),
        Part(uploads.NAME, copies.run, uploads.EVENTS, copies.on_event, threads=_UPLOADS_AT_ONCE),
        Part(calibration_copies.NAME, calibrations.run),
        Part(publication.NAME, published.run, publication.EVENTS, published.on_event, threads=_UPLOADS_AT_ONCE),
        *([Part("lrs", lrs.run)] if lrs is not None else []),
        *([Part("board-topic", topic.run)] if topic is not None else []),
        Part("checks", finaliser.run, finalisation.EVENTS, finaliser.on_event, hung_s=_LONGEST_CHECK_S),
        Part(previews.NAME, preview_maker.run, previews.EVENTS, preview_maker.on_event),
        Part("cleanup", cleanup.run, disk_cleanup.EVENTS, cleanup.on_event),
        Part(lesson_erasure.NAME, erasure.run),
        Part(calibration_lease.NAME, lease.run, calibration_lease.EVENTS, lease.on_event),
        Part("new-config", new_config.run),
        Part("results", results.run),
        Part("polls", polls.run, poll_service.EVENTS, polls.on_event),
        Part("heads", heads.run, preset_triggers.EVENTS, heads.on_event, heads.close),
        *([Part(directing.NAME, director.run)] if config.is_directed else []),
        Part("clickers", listener.run, close=clickers.close),
        Part("hotplug", partial(hotplug.watch, plugs)),
        Part("network", partial(netlink_events.watch, on_network)),
    )
    poll_requests = PollRequestHandler(polls, clickers, roster, phones)
    onlookers = Onlookers(link.send)
    list_version = LessonListVersion()
    status = StatusReport(
        service,
        faults,
        ledger_part,
        copies,
        cleanup,
        heads,
        panel,
        clickers,
        poll_requests,
        onlookers,
        lrs,
        board,
        timetable,
        scheduler,
        list_version,
        lease,
        preview_maker,
    ).status
    requests = RequestHandler(
        service,
        heads,
        director_requests,
        poll_requests,
        phones,
        board,
        timetable,
        onlookers,
        lease,
        erasure.erase,
        status,
    )
    servers = [ControlServer(config.paths.run / CONTROLLER, REQUEST, requests.handle, status).run]
    if config.web.enabled:
        servers.append(ControlServer(config.paths.run / PAGES, PAGE_REQUEST, requests.handle_page, status).run)
    events.subscribe(lesson_service.EVENTS, service.on_event, _raise)
    events.subscribe(lesson_list_version.EVENTS, list_version.on_event, _raise)
    return Controller(Core(service, panel, link, trial), partial(_all_of, servers), parts, events, faults)


def _day_rules(config: Config) -> DayRules:
    day = config.day
    return DayRules(
        may_start=day.start == "timetable",
        may_end=day.end == "timetable",
        start_after=timedelta(seconds=day.start_after_s),
        grace=timedelta(minutes=day.grace_min),
        overrun=timedelta(minutes=day.overrun_min),
        quiet_s=day.quiet_s,
        warn_s=day.warn_s,
        early=timedelta(minutes=config.timetable.early_min),
    )


def _space_needs(config: Config, service: LessonService) -> SpaceNeeds:
    """The space that the rest of the running lesson needs, else the next lesson."""
    demand = storage_demand(config)
    lasted_s = service.recorder.lesson_time_ns / 1e9 if service.recorder else 0.0
    remaining = replace(demand, seconds=max(0.0, demand.seconds - lasted_s))
    return SpaceNeeds(remaining, service.lesson.in_use or set())


def _is_lesson_due(plan: DayPlan | None, now: datetime | None) -> bool:
    """Whether a lesson of the timetable runs now, or begins soon."""
    if plan is None or now is None:
        return False
    return any(lesson.start - _DUE_BEFORE <= now < lesson.end for lesson in plan.lessons)


async def _all_of(servers: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
    async with asyncio.TaskGroup() as group:
        for serve in servers:
            group.create_task(serve())


def _raise(error: BaseException) -> None:
    raise error
