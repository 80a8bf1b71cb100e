"""Erasure of lessons that somebody asked for: from the store first, then from this box."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Set
from pathlib import Path

from edge.classroom.lesson_events import LessonEvent, LessonRemoved
from edge.controller.fault_registry import fault_code
from edge.controller.maintenance import lesson_deletion
from edge.ledger.database import LedgerError
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonState, UnknownLesson
from pipelines.delivery.errors import StoreError

log = logging.getLogger(__name__)

NAME = "erasure"
# A store over the internet takes minutes for thousands of files; whoever asks does not wait for so long.
_ANSWER_S = 12.0
_MOST_WAITING = 20


class LessonErasure:
    """Erases one lesson after the other; ``run`` is a part's.

    ``busy`` are lessons that are recorded or worked on, None where that is not known yet. ``erase_copy`` deletes the
    copy in the store, and is None where there is no store. ``deleting`` is the lock of whoever else looks for copies,
    which must not miss what goes here. ``publish`` delivers an event to its subscribers.
    """

    def __init__(
        self,
        spool: Path,
        tables: Path,
        ledger: Ledger,
        busy: Callable[[], Set[str] | None],
        erase_copy: Callable[[str], Awaitable[None]] | None,
        deleting: asyncio.Lock,
        publish: Callable[[LessonEvent], None],
    ) -> None:
        self._spool = spool
        self._tables = tables
        self._ledger = ledger
        self._busy = busy
        self._erase_copy = erase_copy
        self._deleting = deleting
        self._publish = publish
        self._wanted: asyncio.Queue[tuple[str, asyncio.Future[str]]] = asyncio.Queue()

    async def erase(self, lesson: str) -> str:
        """Erase a lesson; the reason why it is not, as a code, empty where it is gone."""
        if self._wanted.qsize() >= _MOST_WAITING:
            return "erasure-waits"
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._wanted.put_nowait((lesson, done))
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await asyncio.shield(done)
        except TimeoutError:
            return "erasure-goes-on"

    async def run(self) -> None:
        """Erase what was asked for, until cancelled."""
        while True:
            lesson, done = await self._wanted.get()
            reason = "erasure-failed"
            try:
                async with self._deleting:
                    reason = await self._erase(lesson)
            except StoreError as error:
                log.warning("%s is not erased: the store does not answer: %s", lesson, error)
                reason = error.code
            except (OSError, LedgerError) as error:
                log.warning("%s is not erased: %s", lesson, error)
                reason = fault_code(error)
            finally:
                if not done.done():
                    done.set_result(reason)

    async def _erase(self, lesson: str) -> str:
        busy = self._busy()
        if busy is None or lesson in busy:
            return "lesson-in-use"
        try:
            state = (await asyncio.to_thread(self._ledger.lessons.get, lesson)).state
        except UnknownLesson:
            return "no-such-lesson"
        if not (self._spool / lesson).is_dir():
            return "no-such-lesson"
        # What is still being sent would be sent again; it is a matter of minutes.
        if state is not (LessonState.STORED if self._erase_copy else LessonState.CHECKED):
            return "not-stored-yet"
        if self._erase_copy is not None:
            await self._erase_copy(lesson)
        erase = lesson_deletion.erase_lesson
        is_gone = await asyncio.to_thread(erase, self._spool, self._tables, self._ledger, lesson)
        if not is_gone:
            return "lesson-in-use"
        self._publish(LessonRemoved(lesson, time.monotonic_ns()))
        return ""
