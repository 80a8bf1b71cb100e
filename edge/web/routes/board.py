"""The class board: its page, its events, the seats of an exam, and the way to the students' page as a QR code."""

from __future__ import annotations

import io
from functools import cache

import segno
from aiohttp import hdrs, web
from yarl import URL

from edge.classroom.board_content import BoardTexts
from edge.link.board_view import board_view
from edge.link.control_messages import BoardReply, Status
from edge.link.control_requests import ShowBoard
from edge.link.merge_patch import JsonObject
from edge.web.access.roles import PUBLIC
from edge.web.app_keys import CONFIG, EVENTS, PAGES, PHONE_LIMITS, ROOM
from edge.web.box_address import public_host
from edge.web.event_stream import Projection
from edge.web.request_keys import ACTOR
from edge.web.response_headers import CONTENT_SECURITY_POLICY, content_security_policy
from edge.web.route import Route
from edge.web.routes.student import PAGE as STUDENT_PAGE

_NOT_KEPT = {hdrs.CACHE_CONTROL: "no-store"}


async def page(request: web.Request) -> web.Response:
    """The board; it fills itself from its events."""
    pages = request.app[PAGES]
    answer = pages.page(request, "board.html", version=pages.static.version, host=_shown_host(request.url))
    # The page of the box's own screen is a file (systemd/kiosk.html).
    answer.headers[CONTENT_SECURITY_POLICY] = content_security_policy(framed_by="file:")
    return answer


async def events(request: web.Request) -> web.StreamResponse:
    """What the board shows, as it changes."""
    return await request.app[EVENTS].serve(request, _projection(request.app[PAGES].static.version))


async def seats(request: web.Request) -> web.Response:
    """The seats of the exam, with names only where the config shows them."""
    if not request.app[PHONE_LIMITS].may_ask_room():
        raise web.HTTPTooManyRequests
    reply = await request.app[ROOM].ask(ShowBoard(actor=request[ACTOR]), BoardReply)
    exam = (reply.texts or BoardTexts()).exam
    shown = [one.model_dump() for one in exam.seats] if exam is not None else []
    return web.json_response({"seats": shown}, headers=_NOT_KEPT)


async def join(request: web.Request) -> web.Response:
    """The address of the students' page, for people to type; null where the box has none in a network."""
    return web.json_response({"address": _student_address(request)}, headers=_NOT_KEPT)


async def qr_code(request: web.Request) -> web.Response:
    """The same as a QR code (ISO/IEC 18004), black on white with its quiet zone."""
    address = _student_address(request)
    if address is None:
        raise web.HTTPNotFound
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4, light="#fff")
    return web.Response(body=drawn.getvalue(), content_type="image/svg+xml", headers=_NOT_KEPT)


@cache
def _projection(version: str) -> Projection:
    """The view with the version of the pages: a board whose page is of another one loads it anew."""

    def project(status: Status) -> JsonObject:
        return {**board_view(status), "version": version}

    return project


def _shown_host(asked: URL) -> str:
    """Where others find this box, for people to type; empty where it has no address in a network."""
    host = public_host(asked) or ""
    return host if not host or asked.is_default_port() else f"{host}:{asked.port}"


def _student_address(request: web.Request) -> str | None:
    host = public_host(request.url)
    port = request.app[CONFIG].web.http_port if request.secure else request.url.port
    if host is None:
        return None
    return f"http://{host}{STUDENT_PAGE}" if port == 80 else f"http://{host}:{port}{STUDENT_PAGE}"


ROUTES = (
    Route("GET", "/board", page, PUBLIC, plain_http=True),
    Route("GET", "/board/events", events, PUBLIC, plain_http=True),
    Route("GET", "/board/seats", seats, PUBLIC, plain_http=True),
    Route("GET", "/board/join", join, PUBLIC, plain_http=True),
    Route("GET", "/board/qr.svg", qr_code, PUBLIC, plain_http=True),
)
