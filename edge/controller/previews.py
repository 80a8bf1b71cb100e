"""Previews as a part of the controller: while there is no lesson, a child process makes them of lessons that are over.

A lesson that begins has the child killed at once: that frees its memory too, and what it had finished stays.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge.classroom.lesson_events import (
    LessonAdopted,
    LessonDescribed,
    LessonEndTakenBack,
    LessonEvent,
    LessonPreviewed,
    LessonRemoved,
    LessonStarted,
)
from edge.config.preview_settings import PreviewsConfig
from edge.controller.fault_registry import PREVIEWS, FaultRegistry
from edge.link.control_messages import PreviewProgress
from pipelines import system_memory
from pipelines.backoff import BackOff
from pipelines.files.lesson_layout import LESSON_JSON
from pipelines.previews.preview_state import (
    CHILD,
    NICENESS,
    PreviewTask,
    can_read_text,
    has_unlisted_previews,
    missing_previews,
)

log = logging.getLogger(__name__)

NAME = "previews"
INCOMPLETE = "previews-incomplete"
"""The fault code for a lesson of which previews could not be made; they are tried again."""

EVENTS = (LessonStarted, LessonAdopted, LessonEndTakenBack, LessonDescribed, LessonRemoved)
NOT_INSTALLED, NO_MEMORY = "not-installed", "no-memory"
# The reader of text takes 350 MB for its moment, and nobody shall be short of memory for that.
_TEXT_NEEDS_BYTES = 600 << 20
_LONGEST_TOLD = 300


@dataclass(frozen=True, slots=True)
class PreviewPace:
    """The child's niceness and longest time, how often it is looked whether there is time, the waits after failures."""

    niceness: int = NICENESS
    longest_s: float = 5400.0
    look_s: float = 5.0
    sweep_s: float = 600.0
    retry_s: tuple[float, float] = (60.0, 6 * 3600.0)


class PreviewMaker:
    """Makes the previews of one lesson after the other, the newest first; ``run`` is a part's.

    ``is_free`` says whether there is neither a lesson nor work on one that has ended. ``available_bytes`` is the memory
    that could be had now.
    """

    def __init__(
        self,
        spool: Path,
        config: PreviewsConfig,
        is_free: Callable[[], bool],
        publish: Callable[[LessonEvent], None],
        faults: FaultRegistry,
        pace: PreviewPace = PreviewPace(),
        available_bytes: Callable[[], int] = system_memory.available_bytes,
    ) -> None:
        self._spool = spool
        self._is_free = is_free
        self._publish = publish
        self._faults = faults
        self._pace = pace
        self._available_bytes = available_bytes
        self._tasks = {
            task
            for task, is_wanted in ((PreviewTask.PICTURES, config.pictures), (PreviewTask.TEXT, config.screen_text))
            if is_wanted
        }
        self._lessons: set[str] = set()
        self._back_offs: dict[str, BackOff] = {}
        self._held_until_s: dict[str, float] = {}
        self._text_held = ""
        self._is_interrupted = False
        self._child: Process | None = None
        self._wake = asyncio.Event()

    @property
    def progress(self) -> PreviewProgress:
        """How many lessons wait for previews, and why the text of screens is not read."""
        return PreviewProgress(waiting=len(self._lessons), text=self._text_held)

    def on_event(self, event: LessonEvent) -> None:
        """Kill the child where a lesson begins or goes on; look at a lesson that was described."""
        match event:
            case LessonStarted() | LessonAdopted() | LessonEndTakenBack():
                self._interrupt()
            case LessonDescribed(lesson=lesson) if self._tasks:
                self._lessons.add(lesson)
                self._wake.set()
            case LessonRemoved(lesson=lesson):
                self._forget(lesson)
            case _:
                pass

    async def run(self) -> None:
        """Make previews until cancelled; returns at once where the config wants none.

        Raises:
            OSError: the spool cannot be read, or no child be started.
        """
        if PreviewTask.TEXT in self._tasks and not await asyncio.to_thread(can_read_text):
            self._tasks.discard(PreviewTask.TEXT)
            self._tell_text_held(NOT_INSTALLED)
        if not self._tasks:
            self._lessons.clear()
            return
        try:
            swept_s = -self._pace.sweep_s
            while True:
                self._wake.clear()
                if time.monotonic() - swept_s >= self._pace.sweep_s:
                    self._lessons |= await asyncio.to_thread(_described_lessons, self._spool)
                    swept_s = time.monotonic()
                await self._work()
                wait_s = self._pace.look_s if self._lessons else self._pace.sweep_s
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._wake.wait()
        finally:
            self._faults.report(PREVIEWS)

    async def _work(self) -> None:
        """Make what can be made now, for as long as there is time."""
        is_done = False
        while not is_done and self._is_free():
            possible = await asyncio.to_thread(self._possible_tasks)
            due = sorted((one for one in self._lessons if not self._is_held(one)), reverse=True)
            is_done = True
            for lesson in due:
                if not await self._advance(lesson, possible):
                    is_done = False
                    break

    async def _advance(self, lesson: str, possible: Collection[PreviewTask]) -> bool:
        """Make one preview of a lesson; True where there is nothing to be made of it now."""
        folder = self._spool / lesson
        try:
            missing = await asyncio.to_thread(missing_previews, folder)
            is_unlisted = await asyncio.to_thread(has_unlisted_previews, folder)
        except FileNotFoundError:
            missing, is_unlisted = [], False
        wanted = [task for task in missing if task in self._tasks]
        now = next((task for task in wanted if task in possible), None)
        if now is not None:
            await self._make(lesson, now)
            return False
        if is_unlisted:
            self._publish(LessonPreviewed(lesson, time.monotonic_ns()))
        if wanted or is_unlisted:
            self._held_until_s[lesson] = time.monotonic() + self._pace.retry_s[0]
        else:
            self._forget(lesson)
        return not is_unlisted

    async def _make(self, lesson: str, task: PreviewTask) -> None:
        began_s = time.monotonic()
        command = (sys.executable, "-m", CHILD, task, str(self._spool / lesson), str(self._pace.niceness))
        self._is_interrupted = False
        child = self._child = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
        said = b""
        try:
            if not self._is_free():
                self._interrupt()
            async with asyncio.timeout(self._pace.longest_s):
                _, said = await child.communicate()
        except TimeoutError:
            said = b"it took too long"
        finally:
            self._child = None
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode == 0:
            log.info("%s: previews (%s) made in %.1f s", lesson, task, time.monotonic() - began_s)
            self._back_offs.pop(lesson, None)
            self._report()
            self._publish(LessonPreviewed(lesson, time.monotonic_ns()))
        elif self._is_interrupted:
            log.info("%s: previews (%s) wait for the lesson that began", lesson, task)
        else:
            last = said.decode(errors="replace").strip().rpartition("\n")[2][:_LONGEST_TOLD]
            level = logging.DEBUG if lesson in self._back_offs else logging.WARNING
            log.log(level, "%s: previews (%s) not made, tried again: %s (%s)", lesson, task, last, child.returncode)
            self._hold(lesson)
            self._report()

    def _interrupt(self) -> None:
        """Kill the child; what it had begun is gone on with later."""
        if self._child is not None:
            self._is_interrupted = True
            with suppress(ProcessLookupError):
                self._child.kill()

    def _possible_tasks(self) -> set[PreviewTask]:
        """The tasks that this box has the memory for now."""
        if PreviewTask.TEXT not in self._tasks:
            return self._tasks
        is_enough = self._available_bytes() >= _TEXT_NEEDS_BYTES
        self._tell_text_held("" if is_enough else NO_MEMORY)
        return self._tasks if is_enough else self._tasks - {PreviewTask.TEXT}

    def _tell_text_held(self, code: str) -> None:
        if code != self._text_held:
            self._text_held = code
            log.info("The text of screens is %s", f"not read ({code})" if code else "read again")

    def _hold(self, lesson: str) -> None:
        back_off = self._back_offs.setdefault(lesson, BackOff(*self._pace.retry_s))
        self._held_until_s[lesson] = time.monotonic() + back_off.next_delay_s()

    def _is_held(self, lesson: str) -> bool:
        return time.monotonic() < self._held_until_s.get(lesson, 0.0)

    def _forget(self, lesson: str) -> None:
        self._lessons.discard(lesson)
        self._back_offs.pop(lesson, None)
        self._held_until_s.pop(lesson, None)
        self._report()

    def _report(self) -> None:
        self._faults.report(PREVIEWS, INCOMPLETE if self._back_offs else "")


def _described_lessons(spool: Path) -> set[str]:
    return {path.parent.name for path in spool.glob(f"*/{LESSON_JSON}") if not path.parent.name.startswith(".")}
