"""The console: the page from which a teacher runs the lesson, a technician sees the room, and an observer remarks."""

from __future__ import annotations

from aiohttp import web

from edge.web.access.roles import STAFF, TEACHER_OR_TECHNICIAN
from edge.web.app_keys import CONFIG, EVENTS, PAGES
from edge.web.console_view import console_view, role_name
from edge.web.request_keys import ACTOR, LANGUAGE
from edge.web.route import Route

PATH = "/console"


async def show_console(request: web.Request) -> web.Response:
    """The page; all that changes comes over its events."""
    config, language = request.app[CONFIG], request[LANGUAGE]
    can_act = request[ACTOR].role in TEACHER_OR_TECHNICIAN
    room = {
        "cameras": [(role, role_name(role, language)) for role in config.cameras],
        "microphones": [(role, role_name(role, language)) for role in config.microphones],
        "heads": [(role, role_name(role, language), [*head.presets]) for role, head in config.ptz.items()],
        "canCut": can_act and config.is_directed,
        "holdToEndMs": round(config.lesson.hold_to_end_s * 1000),
    }
    return request.app[PAGES].page(
        request,
        "console.html",
        room=room,
        can_act=can_act,
        is_directed=config.is_directed,
        has_clickers=config.clickers is not None,
    )


async def events(request: web.Request) -> web.StreamResponse:
    """The room as the console shows it, in the reader's language."""
    return await request.app[EVENTS].serve(request, console_view(request[LANGUAGE]))


ROUTES = (
    Route("GET", PATH, show_console, STAFF),
    Route("GET", f"{PATH}/events", events, STAFF),
)
