"""Style sheets, scripts and pictures of all pages."""

from __future__ import annotations

from aiohttp import hdrs, web

from edge.web.access.roles import PUBLIC
from edge.web.app_keys import PAGES
from edge.web.route import Route


async def static_file(request: web.Request) -> web.Response:
    """A file of ``edge/web/static``."""
    files = request.app[PAGES].static
    file = files.find(request.match_info["name"])
    if file is None:
        raise web.HTTPNotFound
    is_current = request.match_info["version"] == files.version
    headers = {
        hdrs.CONTENT_TYPE: file.content_type,
        hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable" if is_current else "no-cache",
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }
    if file.compressed and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(body=file.compressed, headers=headers)
    return web.Response(body=file.data, headers=headers)


ROUTES = (Route("GET", "/static/{version}/{name:.+}", static_file, PUBLIC, plain_http=True),)
