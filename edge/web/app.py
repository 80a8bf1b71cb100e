"""The application: every route behind the gate, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from edge.config.model import Config
from edge.web.access.accounts import AccountFile
from edge.web.access.audit_log import AuditLog
from edge.web.access.client_address import client_address
from edge.web.access.first_use import FirstUse
from edge.web.access.gate import Gate
from edge.web.access.login_limits import LoginLimits
from edge.web.access.phone_limits import PhoneLimits
from edge.web.access.rate_limit import RateLimit
from edge.web.access.sessions import Sessions
from edge.web.app_keys import (
    ACCOUNTS,
    API,
    CONFIG,
    DOWNLOADS,
    EVENTS,
    FIRST_USE_CODE,
    LESSONS,
    LOGIN_LIMITS,
    ONLOOKERS,
    OWNERS,
    PAGES,
    PHONE_LIMITS,
    ROOM,
    SESSIONS,
)
from edge.web.connection_count import ConnectionCount
from edge.web.event_stream import EventStreams
from edge.web.lesson_download import LessonDownloads
from edge.web.lesson_owners import LessonOwners
from edge.web.lesson_shelf import LessonShelf
from edge.web.listener import request_has_come
from edge.web.onlookers import Onlookers
from edge.web.openapi import openapi_document
from edge.web.pages import Pages
from edge.web.response_headers import add_headers
from edge.web.room_client import RoomClient
from edge.web.route import FILE_BYTES, Handler, Route
from edge.web.static_files import StaticFiles

# A class of sixty may come by one address, and opens its pages at the same moment.
BURST, REQUESTS_PER_S = 600, 100
MOST_STREAMS, MOST_STREAMS_OF_ONE = 256, 128
# A name has 253 characters at most (RFC 1035, 2.3.4).
_LONGEST_HOST = 253


def make_app(
    config: Config,
    room: RoomClient,
    routes: Iterable[Route],
    https_port: int,
    show_code: Callable[[str], None],
    now: Callable[[], datetime],
) -> web.Application:
    """The application of these routes; ``show_code`` is called with the code for the first password, ``now`` is local.

    Raises:
        OSError: The folder of its state cannot be read.
    """
    state, language = config.web.state, config.room.language
    accounts = AccountFile(state)
    sessions = Sessions(state, accounts)
    pages = Pages(StaticFiles(), config.room.name or config.room.room)
    gate = Gate(accounts, sessions, AuditLog(state, now), pages, language, https_port)
    app = web.Application(client_max_size=FILE_BYTES, middlewares=[_Doorkeeper().middleware])
    app[CONFIG] = config
    app[ROOM] = room
    app[EVENTS] = EventStreams(room, sessions.is_good, now, ConnectionCount(MOST_STREAMS, MOST_STREAMS_OF_ONE))
    app[ONLOOKERS] = Onlookers(room)
    app[LESSONS] = LessonShelf(config.paths.spool)
    app[DOWNLOADS] = LessonDownloads(state)
    app[OWNERS] = LessonOwners(state)
    app[PAGES] = pages
    app[ACCOUNTS] = accounts
    app[SESSIONS] = sessions
    app[FIRST_USE_CODE] = FirstUse(state, accounts, show_code)
    app[LOGIN_LIMITS] = LoginLimits()
    app[PHONE_LIMITS] = PhoneLimits()
    table = tuple(routes)
    app[API] = openapi_document(table)
    for route in table:
        app.router.add_route(route.method, route.path, gate.guarded(route))
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_end_streams)
    return app


class _Doorkeeper:
    """Counts the requests of each address, whatever they are for, and refuses what no browser sends."""

    def __init__(self) -> None:
        self._limit = RateLimit(BURST, REQUESTS_PER_S)

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            request_has_come(request.transport)
            if not self._limit.take(client_address(request.remote)):
                return web.Response(status=429, headers={hdrs.RETRY_AFTER: "5", hdrs.CONNECTION: "close"})
            if not _is_sound(request):
                return web.Response(status=400, headers={hdrs.CONNECTION: "close"})
            return await handler(request)

        return count


def _is_sound(request: web.Request) -> bool:
    """Whether the headers are text and the host is one: what comes after takes them for that."""
    try:
        "".join(request.headers.values()).encode()
        return len(request.url.host or "") <= _LONGEST_HOST
    except ValueError:
        return False


async def _end_streams(app: web.Application) -> None:
    app[EVENTS].close()
