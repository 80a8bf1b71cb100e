"""The clicker base as a part of the controller: its keys go to the lesson, its answers to the polls."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from drivers.samples import KeypadKey, ReceiverEvent
from edge.classroom.teacher_keypad import KeyAct, Keypad
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.keypad_commands import KeypadCommands
from edge.controller.polls.poll_service import PollService

log = logging.getLogger(__name__)

_WATCH_S = 0.25
_MOST_BURSTS = 4096


class ClickerListener:
    """Reads what the base sends; keys of the lesson work also while the polls wait for the disk."""

    def __init__(
        self, clickers: AsyncClickerBase, keypad: Keypad, commands: KeypadCommands, polls: PollService
    ) -> None:
        self._clickers = clickers
        self._keypad = keypad
        self._commands = commands
        self._polls = polls
        self._bursts: asyncio.Queue[tuple[Sequence[ReceiverEvent], list[tuple[KeyAct, int]]]] = asyncio.Queue()

    async def run(self) -> None:
        """Listen until cancelled."""
        self._clickers.start()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._answer_polls())
            group.create_task(self._watch())

    async def _listen(self) -> None:
        async for events in self._clickers.bursts():
            acts = [self._press(event) for event in events if isinstance(event, KeypadKey)]
            if self._bursts.qsize() >= _MOST_BURSTS:
                log.error("%d bursts of the clicker base wait for the polls: one is left out", _MOST_BURSTS)
                continue
            self._bursts.put_nowait((events, [act for act in acts if act[0] is not KeyAct.NONE]))

    def _press(self, event: KeypadKey) -> tuple[KeyAct, int]:
        """Do what a key asks for; what is left to be done by the polls, NONE for nothing."""
        act, at_ns = self._keypad.on_key(event.key, event.captured_ns), event.captured_ns
        if act is not KeyAct.NONE:
            log.info("keypad: %s", act)
        return (KeyAct.NONE if self._commands.control_lesson(act, at_ns) else act), at_ns

    async def _answer_polls(self) -> None:
        while True:
            events, acts = await self._bursts.get()
            for act, at_ns in acts:
                await self._commands.control_polls(act, at_ns)
            await self._polls.on_answers(events)

    async def _watch(self) -> None:
        while True:
            self._clickers.base.check_watchdog(time.monotonic_ns())
            await asyncio.sleep(_WATCH_S)
