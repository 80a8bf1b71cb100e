"""The clicker base as a part of the controller: its keys go to the lesson, its answers to the polls."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from drivers.samples import KeypadKey, ReceiverEvent
from edge.classroom.teacher_keypad import Keypad, KeypadAction
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.keypad_commands import KeypadCommands
from edge.controller.polls.poll_service import PollService

log = logging.getLogger(__name__)

_WATCH_S = 0.5
_MOST_BURSTS = 4096


class ClickerListener:
    """Dispatches the base's events; keys of the lesson work also while the polls wait for the disk."""

    def __init__(
        self, clickers: AsyncClickerBase, keypad: Keypad, commands: KeypadCommands, polls: PollService
    ) -> None:
        self._clickers = clickers
        self._keypad = keypad
        self._commands = commands
        self._polls = polls
        self._bursts: asyncio.Queue[tuple[Sequence[ReceiverEvent], list[tuple[KeypadAction, int]]]] = asyncio.Queue()

    async def run(self) -> None:
        """Listen until cancelled."""
        self._clickers.start()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._answer_polls())
            group.create_task(self._watch())

    async def _listen(self) -> None:
        async for events in self._clickers.bursts():
            actions = [self._handle_key(event) for event in events if isinstance(event, KeypadKey)]
            if self._bursts.qsize() >= _MOST_BURSTS:
                log.error("%d bursts of the clicker base wait for the polls: one is left out", _MOST_BURSTS)
                continue
            self._bursts.put_nowait((events, [action for action in actions if action[0] is not KeypadAction.NONE]))

    def _handle_key(self, event: KeypadKey) -> tuple[KeypadAction, int]:
        """Apply a key to the lesson; the action that is left for the polls, NONE for nothing."""
        action, at_ns = self._keypad.on_key(event.key, event.captured_ns), event.captured_ns
        if action is not KeypadAction.NONE:
            log.info("keypad: %s", action)
        return (KeypadAction.NONE if self._commands.control_lesson(action, at_ns) else action), at_ns

    async def _answer_polls(self) -> None:
        while True:
            events, actions = await self._bursts.get()
            for action, at_ns in actions:
                await self._commands.control_polls(action, at_ns)
            await self._polls.on_receiver_events(events)

    async def _watch(self) -> None:
        while True:
            self._clickers.base.check_watchdog(time.monotonic_ns())
            await asyncio.sleep(_WATCH_S)
