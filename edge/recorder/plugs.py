"""What is plugged in again is opened at once, not at the end of its back-off."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from drivers.hotplug import MISSED, HotPlug
from pipelines.recording.sources import Sources

log = logging.getLogger(__name__)

_CAMERAS, _CARDS = "video4linux", "sound"


async def watch(sources: Sources) -> None:
    """Wake the sources of a kind whenever udev has such a device; for ever, or at once where there is no udev."""
    try:
        plugs = HotPlug({_CAMERAS, _CARDS})
    except OSError as error:
        log.info("udev says nothing of devices that are plugged in (%s); they are found by trying", error.strerror)
        return
    loop = asyncio.get_running_loop()
    with plugs:
        loop.add_reader(plugs.fileno(), partial(_wake, plugs, sources))
        try:
            await loop.create_future()
        finally:
            loop.remove_reader(plugs.fileno())


def _wake(plugs: HotPlug, sources: Sources) -> None:
    came = {event.subsystem for event in plugs.events() if event.came}
    for subsystem, kind in ((_CAMERAS, sources.cameras), (_CARDS, sources.microphones)):
        if came & {subsystem, MISSED.subsystem}:
            for source in kind.values():
                source.wake()
