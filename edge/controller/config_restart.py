"""The restart of the controller with a config that has changed: once no lesson runs or is worked on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

_PERIOD_S = 0.25


class ConfigRestart:
    """``is_settled`` says whether nothing would be interrupted; ``restart`` ends the process, to be started again."""

    def __init__(self, is_settled: Callable[[], bool], restart: Callable[[], None]) -> None:
        self._is_settled = is_settled
        self._restart = restart
        self._is_wanted = asyncio.Event()

    def request(self) -> None:
        """Restart as soon as nothing would be interrupted."""
        self._is_wanted.set()

    async def run(self) -> None:
        """Wait for a request, and carry it out."""
        await self._is_wanted.wait()
        while True:
            if self._is_settled():
                break
            await asyncio.sleep(_PERIOD_S)
        log.info("the config has changed; the controller ends, to be started again with it")
        self._restart()
        await asyncio.get_running_loop().create_future()
