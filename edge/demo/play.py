"""The demo as a whole: both processes on simulated devices, one lesson, and what became of it."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from pathlib import Path

from edge.children import Child, running
from edge.config.load import load
from edge.config.model import Config
from edge.demo.class_list import STUDENTS
from edge.demo.ending import ended_well
from edge.demo.quiz import Quiz
from edge.demo.room import CAMERAS, MICROPHONE, DemoRoom
from edge.demo.screen import Screen
from edge.demo.script import Script
from edge.demo.watch import NotSeen, Watch
from pipelines.delivery.faults import StoreFault

PROCESSES = ("recorder", "controller")

_LOG_LINES = 8


async def play(room: DemoRoom, seconds: float, screen: Screen) -> bool:
    """Hold a lesson of ``seconds`` in a furnished room; whether all is well with it.

    Cancelled by SIGTERM; however it ends, both processes have ended before.
    """
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    config = load(room.config)
    screen.tell("demo.begins", folder=room.folder, seconds=seconds)
    try:
        lesson = await _held(room, config, seconds, screen)
        return await ended_well(lesson, config, room, screen)
    except NotSeen as missing:
        screen.tell("demo.failed", what=missing.what)
    except (StoreFault, OSError) as error:
        screen.tell("demo.failed", what=str(error))
    for process in PROCESSES:
        _show_log(room.log(process), screen)
    return False


async def _held(room: DemoRoom, config: Config, seconds: float, screen: Screen) -> str:
    """The lesson, held and delivered by two processes that have ended again. NotSeen."""
    children = [Child(process, room.config, room.log(process)) for process in PROCESSES]
    watch = Watch(config.paths.run)
    failure: NotSeen | None = None
    lesson = ""
    async with running(children), asyncio.TaskGroup() as group:
        onlookers = [group.create_task(watch.run()), group.create_task(screen.show(watch))]
        try:
            teacher = Quiz(config.paths.run, room.class_list, STUDENTS, seconds, screen.tell)
            script = Script(watch, screen.tell, (*CAMERAS, MICROPHONE), config.lesson.hold_to_end_s, teacher)
            lesson = await script.lesson(seconds)
            await script.delivered(lesson)
        except NotSeen as missing:  # past the groups, which would wrap it
            failure = missing
        finally:
            for onlooker in onlookers:
                onlooker.cancel()
    if failure is not None:
        raise failure
    return lesson


def _show_log(file: Path, screen: Screen) -> None:
    """The last lines of a process's log, and where the rest is."""
    screen.tell("demo.log", file=file)
    if file.exists():
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in deque(lines, _LOG_LINES):
                screen.console.print(
                    f"  {line.rstrip()}", style="dim", markup=False, highlight=False, soft_wrap=True
                )
