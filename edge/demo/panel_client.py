"""Fingers and eyes at the simulated panel: its buttons are pressed and its lamps read over the pins sockets."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

_AGAIN_S = 0.2


class PanelClient:
    """The pins one process holds; ``lamps`` is what each lamp says, empty while the process is away."""

    def __init__(self, run: Path, process: str) -> None:
        self.lamps: dict[str, str] = {}
        self._path = run / f"{process}-pins.sock"
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Watch the lamps until cancelled, through restarts of the process."""
        while True:
            with contextlib.suppress(OSError):
                await self._watch()
            await asyncio.sleep(_AGAIN_S)

    async def tap(self, button: str, held_s: float) -> None:
        """Press a button and let it go. ConnectionError while the process is away."""
        self._say(f"press {button}")
        await asyncio.sleep(held_s)
        self._say(f"release {button}")

    def _say(self, line: str) -> None:
        if self._writer is None:
            raise ConnectionError(f"{self._path} is not connected")
        self._writer.write(f"{line}\n".encode())

    async def _watch(self) -> None:
        reader, self._writer = await asyncio.open_unix_connection(self._path)
        try:
            async for line in reader:
                match line.decode().split():
                    case ["lamp", name, pattern]:
                        self.lamps[name] = pattern
                    case _:
                        continue
        finally:
            self.lamps.clear()
            self._writer.close()
            self._writer = None
