"""Hot-plug: devices that udev reports are opened at once instead of at the end of their back-off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from drivers.udev_monitor import EVENTS_MISSED, UdevMonitor

log = logging.getLogger(__name__)

Wakes = Mapping[str, Callable[[], None]]


async def watch(wakes: Wakes) -> None:
    """Call what is named for a subsystem (as ``video4linux``) whenever udev has such a device; for ever.

    At an end at once where there is no udev.
    """
    try:
        plugs = UdevMonitor(wakes.keys())
    except OSError as error:
        log.info("udev says nothing of devices that are plugged in (%s); they are found by trying", error.strerror)
        return
    loop = asyncio.get_running_loop()
    with plugs:
        loop.add_reader(plugs.fileno(), partial(_wake, plugs, wakes))
        try:
            await loop.create_future()
        finally:
            loop.remove_reader(plugs.fileno())


def _wake(plugs: UdevMonitor, wakes: Wakes) -> None:
    came = {event.subsystem for event in plugs.read_events() if event.is_arrival}
    for subsystem, wake in wakes.items():
        if came & {subsystem, EVENTS_MISSED.subsystem}:
            wake()
