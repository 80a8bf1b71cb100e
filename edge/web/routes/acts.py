"""What may be done to the room from a page, and by whom: each act is one request to the controller."""

from __future__ import annotations

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from edge.classroom.plain_line import plain_line
from edge.i18n import translate_code
from edge.link.control_requests import (
    LONGEST_AGO_S,
    LONGEST_LABEL,
    AwardPoints,
    ChooseDirectorMode,
    ClosePoll,
    ControlRequest,
    CutToCamera,
    DriveHead,
    MarkLesson,
    OpenPoll,
    PauseLesson,
    RecallPreset,
    ResumeLesson,
    ShowPoll,
    StartLesson,
    StopHead,
    StopLesson,
)
from edge.link.page_requests import PAGE_REQUEST
from edge.web.access.roles import STAFF, TEACHER, TEACHER_OR_TECHNICIAN, Role
from edge.web.app_keys import OWNERS, ROOM
from edge.web.request_keys import ACTOR, LANGUAGE
from edge.web.route import Handler, Route

LONGEST_REMARK = 120

_JSON: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])


class Remark(BaseModel):
    """What an observer writes; ``ago_s`` is how long ago it was begun."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, BeforeValidator(plain_line)] = Field(min_length=1, max_length=LONGEST_REMARK)
    ago_s: float = Field(default=0.0, ge=0.0, le=LONGEST_AGO_S)


def act(name: str, catalogue: str = "room") -> Handler:
    """The handler of the act ``name``: the fields of its request come as JSON, who asks from the session.

    A refusal is 409 with the reason as a sentence. No reply carries names: those of a poll are asked for by themselves.
    """

    async def handle(request: web.Request) -> web.Response:
        fields = await _body(request)
        try:
            wanted = PAGE_REQUEST.validate_python(
                {**fields, "type": "request", "act": name, "actor": request[ACTOR].model_dump()}
            )
        except ValidationError:
            raise web.HTTPBadRequest(text="400") from None
        reply = await request.app[ROOM].ask(wanted)
        return _answer(request, reply.reason, catalogue)

    return handle


async def start(request: web.Request) -> web.Response:
    """Begin a lesson, which is then the lesson of whoever began it."""
    actor = request[ACTOR]
    reply = await request.app[ROOM].ask(StartLesson(actor=actor))
    if reply.ok and reply.status.lesson:
        await asyncio.to_thread(request.app[OWNERS].add, reply.status.lesson, actor.name)
    return _answer(request, reply.reason, "room")


async def remark(request: web.Request) -> web.Response:
    """A marker with the observer's name, at the moment when the remark was begun."""
    try:
        said = Remark.model_validate(await _body(request))
    except ValidationError:
        raise web.HTTPBadRequest(text="400") from None
    actor = request[ACTOR]
    label = f"{actor.name}: {said.text}"[:LONGEST_LABEL]
    reply = await request.app[ROOM].ask(MarkLesson(actor=actor, label=label, ago_s=said.ago_s))
    return _answer(request, reply.reason, "room")


async def poll_with_names(request: web.Request) -> web.Response:
    """The newest poll with who answered what: for the teacher alone."""
    reply = await request.app[ROOM].ask(ShowPoll(actor=request[ACTOR]))
    if reply.poll is None:
        return _answer(request, reply.reason or "no-poll", "polls")
    given = [{"name": one.name, "text": one.text, "after_ms": one.after_ms} for one in reply.poll.given]
    return web.json_response({"number": reply.poll.number, "given": given}, headers={"Cache-Control": "no-store"})


async def _body(request: web.Request) -> dict[str, object]:
    try:
        return _JSON.validate_json(await request.read())
    except ValidationError:
        raise web.HTTPBadRequest(text="400") from None


def _answer(request: web.Request, reason: str, catalogue: str) -> web.Response:
    if not reason:
        return web.json_response({})
    language = request[LANGUAGE]
    sentence = translate_code("room.fault", language, translate_code(f"{catalogue}.reason", language, reason))
    return web.json_response({"reason": sentence}, status=409)


def _route(path: str, request: type[ControlRequest], roles: frozenset[Role], catalogue: str = "room") -> Route:
    handler = act(request.model_fields["act"].default, catalogue)
    handler.__doc__ = request.__doc__
    return Route("POST", f"/room/{path}", handler, roles, body=_body_of(request))


def _body_of(request: type[ControlRequest]) -> type[BaseModel]:
    """What a page says of a request: the fields that are its own."""
    given = {
        name: (field.annotation, field)
        for name, field in request.model_fields.items()
        if name != "act" and name not in ControlRequest.model_fields
    }
    return create_model(request.__name__, __config__=ConfigDict(extra="forbid"), **given)  # type: ignore[call-overload, no-any-return]


ROUTES = (
    Route("POST", "/room/start", start, TEACHER_OR_TECHNICIAN),
    _route("stop", StopLesson, TEACHER_OR_TECHNICIAN),
    _route("pause", PauseLesson, TEACHER_OR_TECHNICIAN),
    _route("resume", ResumeLesson, TEACHER_OR_TECHNICIAN),
    _route("mark", MarkLesson, TEACHER_OR_TECHNICIAN),
    Route("POST", "/room/remark", remark, STAFF, body=Remark),
    _route("head/recall", RecallPreset, TEACHER_OR_TECHNICIAN, "ptz"),
    _route("head/drive", DriveHead, TEACHER_OR_TECHNICIAN, "ptz"),
    _route("head/stop", StopHead, TEACHER_OR_TECHNICIAN, "ptz"),
    _route("director/mode", ChooseDirectorMode, TEACHER_OR_TECHNICIAN, "director"),
    _route("director/cut", CutToCamera, TEACHER_OR_TECHNICIAN, "director"),
    _route("poll/open", OpenPoll, TEACHER_OR_TECHNICIAN, "polls"),
    _route("poll/close", ClosePoll, TEACHER_OR_TECHNICIAN, "polls"),
    _route("poll/score", AwardPoints, TEACHER_OR_TECHNICIAN, "polls"),
    Route("GET", "/room/poll", poll_with_names, TEACHER, logged=True),
)
