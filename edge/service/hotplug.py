"""Hot-plug: devices that udev reports are opened at once instead of at the end of their back-off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from drivers.udev_monitor import EVENTS_MISSED, UdevMonitor

log = logging.getLogger(__name__)

Callbacks = Mapping[str, Callable[[], None]]


async def watch(callbacks: Callbacks) -> None:
    """Call the callback of a subsystem (such as ``video4linux``) whenever udev reports a device of it, until cancelled.

    Returns at once where there is no udev.
    """
    try:
        monitor = UdevMonitor(callbacks.keys())
    except OSError as error:
        log.info("udev says nothing of devices that are plugged in (%s); they are found by trying", error.strerror)
        return
    loop = asyncio.get_running_loop()
    with monitor:
        loop.add_reader(monitor.fileno(), partial(_call, monitor, callbacks))
        try:
            await loop.create_future()
        finally:
            loop.remove_reader(monitor.fileno())


def _call(monitor: UdevMonitor, callbacks: Callbacks) -> None:
    arrived = {event.subsystem for event in monitor.read_events() if event.is_arrival}
    for subsystem, callback in callbacks.items():
        if arrived & {subsystem, EVENTS_MISSED.subsystem}:
            callback()
