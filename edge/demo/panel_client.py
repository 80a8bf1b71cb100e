"""Client of the simulated panel's pins sockets: presses buttons and reads lamps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

_RETRY_S = 0.2


class PanelClient:
    """The pins of one process; ``lamps`` is the pattern of each lamp, empty while the process is away.

    ``on_change`` is called when a lamp has changed.
    """

    def __init__(self, run: Path, process: str, on_change: Callable[[], None]) -> None:
        self.lamps: dict[str, str] = {}
        self._on_change = on_change
        self._path = run / f"{process}-pins.sock"
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Read the lamps until cancelled, through restarts of the process."""
        while True:
            with contextlib.suppress(OSError):
                await self._read()
            await asyncio.sleep(_RETRY_S)

    async def tap(self, button: str, held_s: float) -> None:
        """Press a button and release it after ``held_s``; returns when it is released.

        Raises:
            ConnectionError: The process is away.
        """
        self._send(f"tap {button} {round(held_s * 1000)}")
        await asyncio.sleep(held_s)

    def _send(self, line: str) -> None:
        if self._writer is None:
            raise ConnectionError(f"{self._path} is not connected")
        self._writer.write(f"{line}\n".encode())

    async def _read(self) -> None:
        reader, self._writer = await asyncio.open_unix_connection(self._path)
        try:
            async for line in reader:
                match line.decode().split():
                    case ["lamp", name, pattern]:
                        self.lamps[name] = pattern
                        self._on_change()
                    case _:
                        continue
        finally:
            self.lamps.clear()
            self._writer.close()
            self._writer = None
