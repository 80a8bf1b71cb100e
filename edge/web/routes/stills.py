"""Stills of the cameras, as they are now; whoever asks for one is counted among those who look."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from aiohttp import hdrs, web

from edge.link.socket_paths import STILLS
from edge.web.access.roles import STAFF
from edge.web.app_keys import CONFIG, ONLOOKERS, ROOM
from edge.web.request_keys import ACTOR, SESSION
from edge.web.route import Route

AGE = "X-Still-Age-Ms"
# What a recorder that was killed has left is no picture of now.
_OLDEST_S = 15.0


async def still(request: web.Request) -> web.Response:
    """The newest still of a camera, a JPEG, with its age; 204 while there is none, as in a pause."""
    role = request.match_info["role"]
    config = request.app[CONFIG]
    if role not in config.cameras:
        raise web.HTTPNotFound
    request.app[ONLOOKERS].looked(request[SESSION].key, request[ACTOR])
    status = request.app[ROOM].status
    found = None
    if status is not None and status.state != "paused":
        found = await asyncio.to_thread(_read, config.paths.run / STILLS / f"{role}.jpg")
    headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store"}
    if found is None:
        return web.Response(status=204, headers=headers)
    data, age_s = found
    headers[AGE] = str(round(age_s * 1000))
    return web.Response(body=data, content_type="image/jpeg", headers=headers)


def _read(path: Path) -> tuple[bytes, float] | None:
    try:
        with path.open("rb") as file:
            data = file.read()
            age_s = time.time() - path.stat().st_mtime
    except OSError:
        return None
    return (data, max(0.0, age_s)) if age_s < _OLDEST_S else None


ROUTES = (Route("GET", "/stills/{role}", still, STAFF),)
