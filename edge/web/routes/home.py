"""The address without a path: it leads to the page that a role begins with."""

from __future__ import annotations

from aiohttp import web

from edge.web.access.gate import LOGIN
from edge.web.access.roles import PUBLIC
from edge.web.request_keys import SESSION
from edge.web.route import Route

FIRST = "/console"


async def home(request: web.Request) -> web.Response:
    """Send whoever has logged in to their first page, everybody else to the login page."""
    raise web.HTTPSeeOther(FIRST if SESSION in request else LOGIN)


ROUTES = (Route("GET", "/", home, PUBLIC),)
