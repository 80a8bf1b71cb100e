"""The status of the room as it changes, whole: for the pages of those who have logged in."""

from __future__ import annotations

from aiohttp import web

from edge.web.access.roles import STAFF
from edge.web.app_keys import EVENTS
from edge.web.event_stream import whole_status
from edge.web.route import Route


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events; see ``edge.web.event_stream``."""
    return await request.app[EVENTS].serve(request, whole_status)


ROUTES = (Route("GET", "/events", events, STAFF),)
