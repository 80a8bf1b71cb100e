"""The document of all addresses, for the technician and for tools."""

from __future__ import annotations

from aiohttp import web

from edge.web.access.roles import TECHNICIAN
from edge.web.app_keys import API
from edge.web.route import Route


async def document(request: web.Request) -> web.Response:
    """The OpenAPI document of the pages."""
    return web.json_response(request.app[API])


ROUTES = (Route("GET", "/openapi.json", document, TECHNICIAN),)
