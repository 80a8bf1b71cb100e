"""The course of the demo's lesson: a press to begin, polls, a mark, a pause, and a long press to end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection

from edge.demo import poll_script
from edge.demo.poll_script import PollScript
from edge.demo.status_watcher import NotObserved, StatusWatcher
from edge.i18n import lazy_message
from edge.link.control_messages import LastCheck, Status
from pipelines.devices.device_state import DeviceState

_READY_S = 40.0
_REACTION_S = 10.0
_CHECK_S = 30.0
_STORED_S = 120.0
_PREVIEWED_S = 120.0
_PAUSE_S = 2.0
_TAP_S = 0.2
# The recorder reports about twice a second.
_BEHIND_S = 1.5
# It blinks while somebody looks at the console.
_IDLE_LAMP = ("off", "short-blink")

Report = Callable[..., None]


class LessonScript:
    """Presses the panel's buttons as a teacher would; ``report(key, **values)`` prints what is being done.

    ``roles`` are the devices that must run, ``hold_to_end_s`` is how long the lesson button is held to end, and
    ``polls`` asks the class. Every method raises NotObserved where something does not come in time.
    """

    def __init__(
        self, watcher: StatusWatcher, report: Report, roles: Collection[str], hold_to_end_s: float, polls: PollScript
    ) -> None:
        self._watcher = watcher
        self._report = report
        self._roles = roles
        self._hold_to_end_s = hold_to_end_s
        self._polls = polls
        self._zero_s = 0.0
        """When lesson time, pauses taken out, was 0 by our own clock."""

    async def lesson(self, seconds: float) -> str:
        """Hold a lesson of ``seconds``; its id."""
        lesson = await self._begin()
        await self._polls.ask(poll_script.ROLL_CALL)
        await self._polls.ask(poll_script.SINGLE)
        await self._reach(seconds / 3)
        self._report("demo.mark")
        await self._tap("mark")
        await self._polls.ask(poll_script.RUSH)
        await self._reach(seconds / 2)
        await self._pause()
        await self._polls.ask(poll_script.MULTIPLE)
        await self._reach(seconds - self._hold_to_end_s)
        await self._end()
        return lesson

    async def delivered(self, lesson: str) -> LastCheck:
        """Wait until the lesson has been checked and its copy is whole."""

        def checked(status: Status) -> bool:
            return status.check is not None and status.check.lesson == lesson and status.check.recording != "running"

        def stored(status: Status) -> bool:
            return checked(status) and status.check is not None and status.check.stored != "pending"

        status = await self._watcher.until(checked, _CHECK_S, lazy_message("demo.no-receipt", seconds=_CHECK_S))
        assert status.check is not None
        self._report(f"demo.checked-{status.check.recording}")
        status = await self._watcher.until(stored, _STORED_S, lazy_message("demo.not-stored", seconds=_STORED_S))
        assert status.check is not None
        self._report(f"demo.stored-{status.check.stored}")
        is_previewed = lazy_message("demo.no-previews", seconds=_PREVIEWED_S)
        await self._watcher.until(
            lambda now: not now.previews.waiting and not now.upload.pending, _PREVIEWED_S, is_previewed
        )
        return status.check

    async def _begin(self) -> str:
        await self._watcher.until(self._ready, _READY_S, lazy_message("demo.not-ready", seconds=_READY_S))
        await self._watcher.until(
            lambda _: {"recording", "status"} <= self._watcher.lamps.keys(),
            _REACTION_S,
            lazy_message("demo.not-ready", seconds=_REACTION_S),
        )
        await self._polls.import_class()
        self._report("demo.ready")
        self._zero_s = time.monotonic()
        await self._tap("lesson")
        status = await self._observed("recording", "on")
        assert status.lesson is not None
        self._report("demo.recording", lesson=status.lesson)
        return status.lesson

    async def _pause(self) -> None:
        self._report("demo.pause")
        paused_s = time.monotonic()
        await self._tap("pause")
        await self._observed("paused", "slow-blink")
        await asyncio.sleep(_PAUSE_S)
        self._report("demo.resume")
        self._zero_s += time.monotonic() - paused_s
        await self._tap("pause")
        await self._observed("recording", "on")

    async def _end(self) -> None:
        self._report("demo.end", seconds=self._hold_to_end_s)
        await self._tap("lesson", self._hold_to_end_s + _TAP_S)
        await self._watcher.until(
            lambda status: status.state in ("finishing", "idle") and self._watcher.lamps.get("recording") in _IDLE_LAMP,
            _REACTION_S,
            lazy_message("demo.not-ended"),
        )

    async def _reach(self, lesson_s: float) -> None:
        """Wait for a lesson time by our own clock, and for the room to have reached it."""
        await asyncio.sleep(max(0.0, self._zero_s + lesson_s - time.monotonic()))
        await self._watcher.until(
            lambda status: status.state == "recording" and status.lesson_time_s > lesson_s - _BEHIND_S,
            _REACTION_S,
            lazy_message("demo.not-reached", seconds=lesson_s),
        )

    async def _tap(self, button: str, held_s: float = _TAP_S) -> None:
        try:
            await self._watcher.controller_pins.tap(button, held_s)
        except ConnectionError as error:
            raise NotObserved(lazy_message("demo.no-panel")) from error

    async def _observed(self, state: str, lamp: str) -> Status:
        """Wait until the room is in this state and the pin of the recording lamp shows it."""
        return await self._watcher.until(
            lambda status: status.state == state and self._watcher.lamps.get("recording") == lamp,
            _REACTION_S,
            lazy_message(
                "demo.not-seen", state=lazy_message(f"room.state-{state}"), lamp=lazy_message(f"room.lamp-{lamp}")
            ),
        )

    def _ready(self, status: Status) -> bool:
        running = {role for role, device in status.devices.items() if device.state is DeviceState.RUNNING}
        clickers = status.clickers is not None and status.clickers.state is DeviceState.RUNNING
        return running.issuperset(self._roles) and clickers
