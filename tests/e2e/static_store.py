"""A folder on a web server that knows nothing of lessons, as a bucket or any file server would have it; with faults."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from edge.player.published_files import PAGE, player_files

_TYPES = {".js": "text/javascript", ".html": "text/html", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass
class StaticStore:
    """Files below ``folder`` at ``address``, with ranges.

    ``lost`` are ends of paths that are answered with 404, ``delays_s`` how long others take, by ends of paths. Where a
    lesson ``began_s`` (time.monotonic) it is being recorded: its playlists have what was recorded since.
    """

    folder: Path
    address: str = ""
    lost: set[str] = field(default_factory=set)
    delays_s: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    began_s: float | None = None

    def player(self, lesson: str, more: str = "&lang=en") -> str:
        """Where the player plays the lesson of this folder."""
        return f"{self.address}/player/{PAGE}?lesson=../{lesson}{more}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append(path)
        await asyncio.sleep(next((delay for end, delay in self.delays_s.items() if path.endswith(end)), 0))
        found = (self.folder / path).resolve()
        is_lost = any(path.endswith(end) for end in self.lost)
        if is_lost or not found.is_file() or not found.is_relative_to(self.folder.resolve()):
            raise web.HTTPNotFound
        if self.began_s is not None and found.suffix == ".m3u8":
            return web.Response(text=_so_far(found.read_text(), time.monotonic() - self.began_s))
        # What a plain server tells of a playlist is seldom its true type.
        return web.FileResponse(found, headers={"Content-Type": _TYPES.get(found.suffix, "application/octet-stream")})


def _so_far(playlist: str, seconds: float) -> str:
    """The playlist as it was when the lesson was so long."""
    lines, end_s = [], 0.0
    for line in playlist.replace("VOD", "EVENT").splitlines():
        if line.startswith("#EXTINF:"):
            end_s += float(line[8:].rstrip(","))
        if end_s > seconds:
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[StaticStore]:
    """The folder with the published player beside its lessons, until the block is left."""
    for file in player_files():
        path = folder / "player" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    store = StaticStore(folder)
    app = web.Application()
    app.router.add_get("/{path:.*}", store.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        _, port = runner.addresses[0][:2]
        store.address = f"http://127.0.0.1:{port}"
        yield store
    finally:
        await runner.cleanup()
