"""The demo from start to end: the processes on simulated devices, one lesson, and the check of its results."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from pathlib import Path

from edge.config.load import load
from edge.config.model import Config
from edge.config.process_table import wanted_processes
from edge.demo.class_list import STUDENTS
from edge.demo.lesson_script import LessonScript
from edge.demo.page_access import set_passwords, show_addresses
from edge.demo.poll_script import PollScript
from edge.demo.progress_screen import ProgressScreen
from edge.demo.result_check import results_are_good
from edge.demo.room_setup import CAMERAS, MICROPHONES, DemoRoom
from edge.demo.status_watcher import NotObserved, StatusWatcher
from edge.service.process_supervisor import ChildProcess, running
from edge.service.stop_signals import cancel_by
from pipelines.delivery.errors import StoreError

_LOG_LINES = 8


async def run_demo(room: DemoRoom, seconds: float, screen: ProgressScreen, *, stay: bool = False) -> bool:
    """Hold a lesson of ``seconds`` in a room that is set up; whether all is well with it.

    Where it is to ``stay`` the room goes on after the lesson, for whoever looks around, until it is cancelled, as it is
    by SIGTERM; however it ends, the processes have ended before.

    Raises:
        BrokenPipeError: Whoever read the output is gone.
    """
    cancel_by(signal.SIGTERM)
    config = load(room.config)
    screen.report("demo.begins", folder=room.folder, seconds=seconds)
    try:
        lesson = await _hold_lesson(room, config, seconds, screen, stay=stay)
        return await results_are_good(lesson, config, room, screen)
    except NotObserved as missing:
        screen.report("demo.failed", what=missing.what)
    except BrokenPipeError:
        raise
    except (StoreError, OSError) as error:
        screen.report("demo.failed", what=str(error))
    for process in wanted_processes(config):
        _show_log(room.log(process), screen)
    return False


async def _hold_lesson(room: DemoRoom, config: Config, seconds: float, screen: ProgressScreen, *, stay: bool) -> str:
    """The id of the lesson, held and delivered by processes that have ended again.

    Raises:
        NotObserved: Something that was waited for did not come.
    """
    children = [ChildProcess(process, room.config, room.log(process)) for process in wanted_processes(config)]
    password = set_passwords(config)
    show_addresses(config, password, screen)
    watcher = StatusWatcher(config.paths.run)
    failure: NotObserved | None = None
    lesson = ""
    async with running(children), asyncio.TaskGroup() as group:
        observers = [group.create_task(watcher.run()), group.create_task(screen.show(watcher))]
        try:
            polls = PollScript(config.paths.run, room.class_list, STUDENTS, seconds, screen.report)
            script = LessonScript(watcher, screen.report, (*CAMERAS, *MICROPHONES), config.lesson.hold_to_end_s, polls)
            lesson = await script.lesson(seconds)
            await script.delivered(lesson)
            if stay:
                await results_are_good(lesson, config, room, screen)
                show_addresses(config, password, screen)
                screen.report("demo.stays")
                await asyncio.get_running_loop().create_future()
        except NotObserved as missing:  # past the groups, which would wrap it
            failure = missing
        finally:
            for observer in observers:
                observer.cancel()
    if failure is not None:
        raise failure
    return lesson


def _show_log(file: Path, screen: ProgressScreen) -> None:
    """Print the last lines of a process's log, and its path."""
    screen.report("demo.log", file=file)
    if file.exists():
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in deque(lines, _LOG_LINES):
                screen.console.print(f"  {line.rstrip()}", style="dim", markup=False, highlight=False, soft_wrap=True)
