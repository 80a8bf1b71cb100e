"""The room's PTZ heads: moved by lesson events and requests, and their status."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import Future

from drivers.errors import DeviceError, Superseded
from edge.classroom.lesson_events import LessonEvent
from edge.controller.ptz.head import PtzHead
from edge.controller.ptz.preset_triggers import triggered_preset
from edge.link.control_messages import HeadStatus
from edge.link.control_requests import DriveHead, HeadRequest, RecallPreset, StorePreset

_ARRIVES_S = 40.0
_WATCH_S = 0.5


class PtzHeads:
    """The heads by the roles of their cameras; a broken one does not affect the others."""

    def __init__(self, heads: Iterable[PtzHead]) -> None:
        self._heads = {head.role: head for head in heads}

    async def run(self) -> None:
        """Open all heads, and watch them until cancelled; a room without heads needs nobody to watch."""
        for head in self._heads.values():
            head.start()
        while self._heads:
            for head in self._heads.values():
                head.check_watchdog(time.monotonic_ns())
            await asyncio.sleep(_WATCH_S)

    def retry_now(self) -> None:
        """Try to open missing heads now: something was plugged in."""
        for head in self._heads.values():
            head.retry_now()

    def close(self) -> None:
        """Stop and close all heads; blocks. Idempotent."""
        for head in self._heads.values():
            head.close()

    def on_event(self, event: LessonEvent) -> None:
        """Recall the presets that the config names for this event."""
        for head in self._heads.values():
            if preset := triggered_preset(event, head.config):
                head.start_recall(preset)

    def start_recall(self, role: str, preset: str) -> Future[None] | None:
        """Send a head to a preset without waiting; the future is that of its arrival, None where there is no such."""
        head = self._heads.get(role)
        if head is None or preset not in head.config.presets:
            return None
        return head.start_recall(preset)

    def status(self) -> dict[str, HeadStatus]:
        """The state of each head by role."""
        return {role: head.status() for role, head in self._heads.items()}

    async def handle(self, request: HeadRequest) -> str:
        """Command a head, and wait until it does so or has arrived.

        Returns an empty string, or the reason for a failure as a word or a sentence.
        """
        head = self._heads.get(request.role)
        if head is None:
            return "no-head"
        if isinstance(request, RecallPreset) and request.preset not in head.config.presets:
            return "no-preset"
        try:
            async with asyncio.timeout(_ARRIVES_S):
                await asyncio.wrap_future(_order(head, request))
        except TimeoutError:
            return "still-moving"
        except Superseded:
            return "superseded"
        except DeviceError as error:
            return error.reason
        return ""


def _order(head: PtzHead, request: HeadRequest) -> Future[None]:
    match request:
        case RecallPreset(preset=preset):
            return head.recall(preset)
        case StorePreset(number=number):
            return head.store(number)
        case DriveHead(pan=pan, tilt=tilt, zoom=zoom):
            return head.drive(pan, tilt, zoom)
        case _:
            return head.drive(0, 0, 0)
