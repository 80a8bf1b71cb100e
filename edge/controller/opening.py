"""The ledger opened when the controller starts; a disk that is full or read-only is waited for."""

from __future__ import annotations

import asyncio
import logging
import time

from drivers.samples import ButtonEvent, Pattern
from edge.config.model import Config
from edge.controller import composition
from edge.controller.ledger.database import LedgerFull, LedgerUnusable
from edge.controller.ledger.ledger import Ledger, open_ledger
from edge.link.notify import notify
from edge.panel import RoomPanel
from pipelines import disk

log = logging.getLogger(__name__)

_AGAIN_S = 1.0
# SQLite makes two files beside the ledger to open it.
_LEAST_BYTES = 1 << 16


async def opened(config: Config, lamp: str) -> Ledger:
    """The room's ledger as soon as the disk lets it be opened; the lamp tells while it does not.

    LedgerUnusable, OSError where it is not the disk.
    """
    begun_s = time.monotonic()
    try:
        return await asyncio.to_thread(_open, config)
    except (LedgerFull, LedgerUnusable) as error:
        if not await asyncio.to_thread(_is_for_the_disk, config, error):
            raise
        log.error("nothing can be recorded until the disk lets the ledger be opened: %s", error)
    panel = RoomPanel(composition.panel(config))
    await asyncio.to_thread(panel.open, _ignore_button)
    try:
        ledger = await _waited_for(config, panel, lamp)
    finally:
        await asyncio.shield(asyncio.to_thread(panel.close))
    log.info("the ledger is open after %.0f s", time.monotonic() - begun_s)
    return ledger


async def _waited_for(config: Config, panel: RoomPanel, lamp: str) -> Ledger:
    """The process is as ready as it can be: to start it again would change nothing."""
    panel.show(lamp, Pattern.AMBER_FAST_BLINK)
    notify("READY=1")
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(_AGAIN_S)
        try:
            return await asyncio.to_thread(_open, config)
        except (LedgerFull, LedgerUnusable) as error:
            log.debug("the ledger cannot be opened yet: %s", error)


def _open(config: Config) -> Ledger:
    return open_ledger(config.paths.ledger, config.room.room, config.paths.spool)


def _is_for_the_disk(config: Config, error: LedgerFull | LedgerUnusable) -> bool:
    space = disk.space(config.paths.ledger.parent)
    return isinstance(error, LedgerFull) or space.is_read_only or space.free_bytes < _LEAST_BYTES


def _ignore_button(_event: ButtonEvent) -> None:
    """Without a ledger a lesson could not have a number."""
