"""The application: every route behind the gate, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import hdrs, web

from edge.config.model import Config
from edge.web.access.accounts import AccountFile
from edge.web.access.gate import Gate
from edge.web.access.sessions import Sessions
from edge.web.app_keys import ACCOUNTS, CONFIG, EVENTS, ONLOOKERS, PAGES, ROOM, SESSIONS
from edge.web.event_stream import EventStreams
from edge.web.listener import request_has_come
from edge.web.onlookers import Onlookers
from edge.web.pages import Pages
from edge.web.room_client import RoomClient
from edge.web.route import Handler, Route
from edge.web.static_files import StaticFiles

# No file is that long that a page sends: a class list, a timetable, a list of seats.
LARGEST_BODY = 2 << 20
# No HSTS: with it a browser refuses a certificate of the box's own for good.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # With no-referrer the browser would not say the Origin of a form either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    hdrs.SERVER: "classroom-edge",
}


def make_app(
    config: Config, room: RoomClient, events: EventStreams, routes: Iterable[Route], https_port: int
) -> web.Application:
    """The application of these routes.

    Raises:
        OSError: The folder of its state cannot be read.
    """
    accounts = AccountFile(config.web.state)
    sessions = Sessions(config.web.state, accounts)
    gate = Gate(accounts, sessions, config.room.language, https_port)
    app = web.Application(client_max_size=LARGEST_BODY)
    app[CONFIG] = config
    app[ROOM] = room
    app[EVENTS] = events
    app[ONLOOKERS] = Onlookers(room)
    app[PAGES] = Pages(StaticFiles(), config.room.name or config.room.room)
    app[ACCOUNTS] = accounts
    app[SESSIONS] = sessions
    app.middlewares.append(_guard_connection)
    for route in routes:
        app.router.add_route(route.method, route.path, gate.guarded(route))
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(_end_streams)
    return app


@web.middleware
async def _guard_connection(request: web.Request, handler: Handler) -> web.StreamResponse:
    request_has_come(request.transport)
    return await handler(request)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.secure:
        # Browsers heed it only over TLS, and complain otherwise.
        del response.headers["Cross-Origin-Opener-Policy"]


async def _end_streams(app: web.Application) -> None:
    app[EVENTS].close()
