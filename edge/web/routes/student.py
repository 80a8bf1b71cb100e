"""The students' page: join for a seat of the class list, and answer the open question; no account, no names.

All that a phone learns is the question's number, kind and choices, whether it has joined, whether its answer counts.
"""

from __future__ import annotations

from functools import wraps
from typing import TypeVar

from aiohttp import hdrs, web
from pydantic import BaseModel, Field, ValidationError

from edge.link.board_view import question_view
from edge.link.control_messages import PhoneReply
from edge.link.control_requests import (
    LONGEST_SEAT,
    LONGEST_TOKEN,
    AnswerByPhone,
    JoinByPhone,
    PhoneRequest,
    ShowPhone,
)
from edge.link.merge_patch import JsonObject
from edge.link.poll_messages import LONGEST_ANSWER
from edge.web.access.client_address import client_address
from edge.web.access.roles import PUBLIC
from edge.web.app_keys import CONFIG, EVENTS, PAGES, PHONE_LIMITS, ROOM
from edge.web.request_keys import ACTOR
from edge.web.route import Handler, Route
from pipelines.number_ranges import Int64

PAGE = "/s"
COOKIE = "phone"
_LESSONS_S = 12 * 3600
_NOT_KEPT = {hdrs.CACHE_CONTROL: "no-store"}
# What the controller says of a phone's request, as the status of an answer; what is not here is the box's trouble.
_STATUS = {"": 200, "seat": 409, "not-now": 409, "not-joined": 401, "closed": 409, "invalid": 400}
_TROUBLE = 503


class Wish(BaseModel):
    """The body of a join."""

    seat: str = Field(min_length=1, max_length=LONGEST_SEAT)


class Given(BaseModel):
    """The body of an answer to question ``number``."""

    number: Int64
    answer: str = Field(default="", max_length=LONGEST_ANSWER)


B = TypeVar("B", bound=BaseModel)


async def page(request: web.Request) -> web.Response:
    """The page, which fills itself from its events."""
    return request.app[PAGES].page(request, "student.html")


async def events(request: web.Request) -> web.StreamResponse:
    """The open question, as it changes."""
    return await request.app[EVENTS].serve(request, question_view)


async def state(request: web.Request) -> web.Response:
    """Whether this phone has joined, and whether its answer counts."""
    return await _asked(request, ShowPhone(actor=request[ACTOR], token=_token(request)))


async def join(request: web.Request) -> web.Response:
    """Take a seat; the cookie that comes with it is what the phone is known by."""
    wish = await _body(request, Wish)
    if not request.app[PHONE_LIMITS].joins.take(client_address(request.remote)):
        raise web.HTTPTooManyRequests
    return await _asked(request, JoinByPhone(actor=request[ACTOR], seat=wish.seat))


async def answer(request: web.Request) -> web.Response:
    """Answer the open question."""
    given = await _body(request, Given)
    token = _token(request)
    if not request.app[PHONE_LIMITS].answers.take(token or client_address(request.remote)):
        raise web.HTTPTooManyRequests
    return await _asked(
        request, AnswerByPhone(actor=request[ACTOR], token=token, number=given.number, answer=given.answer)
    )


async def _asked(request: web.Request, wanted: PhoneRequest) -> web.Response:
    if not request.app[PHONE_LIMITS].may_ask_room():
        raise web.HTTPTooManyRequests
    reply = await request.app[ROOM].ask(wanted, PhoneReply)
    phone = reply.phone
    said: JsonObject = {"joined": bool(phone.token), "counted": phone.counted}
    status = _STATUS.get(reply.reason, _TROUBLE)
    if status != 200:
        said["reason"] = reply.reason if reply.reason in _STATUS else "trouble"
    response = web.json_response(said, status=status, headers=_NOT_KEPT)
    if isinstance(wanted, JoinByPhone) and phone.token:
        response.set_cookie(
            COOKIE, phone.token, path=PAGE, max_age=_LESSONS_S, httponly=True, samesite="Strict", secure=request.secure
        )
    return response


async def _body(request: web.Request, kind: type[B]) -> B:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as error:
        raise web.HTTPBadRequest from error


def _token(request: web.Request) -> str:
    return request.cookies.get(COOKIE, "")[:LONGEST_TOKEN]


def _for_phones(handler: Handler) -> Handler:
    """Where phones are not allowed there is no such page."""

    @wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        if not request.app[CONFIG].board.phones:
            raise web.HTTPNotFound
        return await handler(request)

    return handle


ROUTES = (
    Route("GET", PAGE, _for_phones(page), PUBLIC, plain_http=True),
    Route("GET", f"{PAGE}/events", _for_phones(events), PUBLIC, plain_http=True),
    Route("GET", f"{PAGE}/state", _for_phones(state), PUBLIC, plain_http=True),
    Route("POST", f"{PAGE}/join", _for_phones(join), PUBLIC, plain_http=True, body=Wish),
    Route("POST", f"{PAGE}/answer", _for_phones(answer), PUBLIC, plain_http=True, body=Given),
)
