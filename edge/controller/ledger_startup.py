"""The ledger opened when the controller starts; what holds it up is waited out, and the room told of it."""

from __future__ import annotations

import asyncio
import logging
import time

from edge.config.model import Config
from edge.controller.degraded_mode import DegradedMode
from edge.controller.fault_registry import fault_code
from edge.ledger.database import LedgerError
from edge.ledger.ledger import Ledger, open_ledger
from pipelines.files import disk

log = logging.getLogger(__name__)

_AGAIN_S = 1.0
# SQLite makes two files beside the ledger to open it.
_LEAST_BYTES = 1 << 16


async def opened(config: Config, lamp: str) -> Ledger:
    """The room's ledger as soon as it can be opened; until then lamp and command line tell why it is not.

    A disk may be full, not mounted yet or in the wrong hands: somebody puts that right, and nothing is to be
    started again for it. OSError where the command line cannot be served.
    """
    begun_s = time.monotonic()
    try:
        return await asyncio.to_thread(_open, config)
    except (LedgerError, OSError) as error:
        log.error("nothing can be recorded until the ledger can be opened: %s", error)
        room = DegradedMode(config, lamp, await asyncio.to_thread(_why, config, error))
    async with asyncio.TaskGroup() as group:
        standing_in = group.create_task(room.run())
        ledger = await _waited_for(config, room)
        standing_in.cancel()
    log.info("the ledger is open after %.0f s", time.monotonic() - begun_s)
    return ledger


async def _waited_for(config: Config, room: DegradedMode) -> Ledger:
    while True:
        await asyncio.sleep(_AGAIN_S)
        try:
            return await asyncio.to_thread(_open, config)
        except (LedgerError, OSError) as error:
            log.debug("the ledger cannot be opened yet: %s", error)
            room.fault = await asyncio.to_thread(_why, config, error)


def _open(config: Config) -> Ledger:
    return open_ledger(config.paths.ledger, config.room.room, config.paths.spool)


def _why(config: Config, error: LedgerError | OSError) -> str:
    """A word; SQLite itself does not always know that it is for the disk."""
    try:
        space = disk.read_space(config.paths.ledger.parent)
    except OSError as no_disk:
        return fault_code(no_disk)
    if space.is_read_only:
        return disk.READ_ONLY
    return disk.FULL if space.free_bytes < _LEAST_BYTES else fault_code(error)
