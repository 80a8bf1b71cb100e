"""The director's errands in the controller: polls and heads are told to it, and heads are turned for it.

The director itself is in the recorder. Nothing is written anywhere; what it does not hear of is no loss to the lesson.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from drivers.errors import DeviceError
from edge.classroom.recorder_messages import (
    ForDirector,
    HeadNotice,
    PollNotice,
    RecorderState,
    TurnHead,
)
from edge.controller.ptz.heads import PtzHeads
from edge.link.control_messages import HeadStatus

log = logging.getLogger(__name__)

NAME = "directing"
_LOOK_S = 0.2
_MOST_WAITING = 64


class Directing:
    """Everything here belongs to the event loop; a wish that cannot be queued is dropped, for another one will come.

    ``open_poll`` is the number of the poll that is open, ``recorder`` the recorder's last state, ``send`` sends to it.
    """

    def __init__(
        self,
        heads: PtzHeads,
        open_poll: Callable[[], int | None],
        recorder: Callable[[], RecorderState | None],
        send: Callable[[ForDirector], bool],
    ) -> None:
        self._heads = heads
        self._open_poll = open_poll
        self._recorder = recorder
        self._send = send
        self._wishes: asyncio.Queue[TurnHead] = asyncio.Queue(_MOST_WAITING)
        self._turning: dict[str, TurnHead] = {}
        self._told_poll: int | None = None
        self._told_heads: dict[str, tuple[bool, str]] = {}
        self._told_lesson: str | None = None

    def on_turn_head(self, wish: TurnHead) -> None:
        """The director wants a head turned; ``run`` does it."""
        if not self._wishes.full():
            self._wishes.put_nowait(wish)

    async def run(self) -> None:
        """Tell the director what changes, and turn heads for it, until cancelled."""
        while True:
            self._tell()
            try:
                async with asyncio.timeout(_LOOK_S):
                    wish = await self._wishes.get()
            except TimeoutError:
                continue
            self._turn(wish)

    def _tell(self) -> None:
        recorder = self._recorder()
        lesson = recorder.lesson if recorder is not None and recorder.mode is not None else None
        if lesson != self._told_lesson:
            # A director that is new, also in a recorder that was started again, knows of nothing.
            self._told_lesson, self._told_poll, self._told_heads = lesson, None, {}
        if lesson is None:
            return
        now_ns = time.monotonic_ns()
        if (poll := self._open_poll()) != self._told_poll:
            self._told_poll = poll
            self._send(PollNotice(at_ns=now_ns, is_open=poll is not None))
        for role, head in self._heads.status().items():
            # Of one that it turns itself the end is known better than by looking.
            if role not in self._turning:
                self._tell_head(role, head, now_ns)

    def _tell_head(self, role: str, head: HeadStatus, now_ns: int) -> None:
        place = (head.moving, head.preset or "")
        # A short turn may have begun and ended since the last look.
        if place != self._told_heads.get(role, (False, "")):
            self._send(HeadNotice(at_ns=now_ns, role=role, is_turning=place[0], preset=place[1]))
        self._told_heads[role] = place

    def _turn(self, wish: TurnHead) -> None:
        arrival = self._heads.start_recall(wish.role, wish.preset)
        if arrival is None:
            log.warning("the director wants %s at %s, which this room has not", wish.role, wish.preset)
            return
        self._turning[wish.role] = wish
        self._send(HeadNotice(at_ns=time.monotonic_ns(), role=wish.role, is_turning=True, preset=wish.preset))
        loop = asyncio.get_running_loop()
        arrival.add_done_callback(partial(_in_loop, loop, partial(self._on_arrival, wish)))

    def _on_arrival(self, wish: TurnHead, is_there: bool) -> None:
        if self._turning.get(wish.role) is not wish:
            return
        del self._turning[wish.role]
        preset = wish.preset if is_there else ""
        self._told_heads[wish.role] = (False, preset)
        self._send(HeadNotice(at_ns=time.monotonic_ns(), role=wish.role, is_turning=False, preset=preset))


def _in_loop(loop: asyncio.AbstractEventLoop, on_arrival: Callable[[bool], None], arrival: Future[None]) -> None:
    """From the head's thread; the loop may be closed already."""
    if not arrival.cancelled() and not loop.is_closed():
        loop.call_soon_threadsafe(on_arrival, not isinstance(arrival.exception(), DeviceError))
