"""The page on which staff write what the class board shows, and see whose phones have joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import hdrs, web
from pydantic import ValidationError

from edge.classroom import board_content as limits
from edge.classroom.board_content import BoardTexts, ExamSeat
from edge.link.control_messages import BoardReply, Reply, SeatsReply
from edge.link.control_requests import (
    ControlRequest,
    FreePhones,
    SetDuty,
    SetEmergency,
    SetExam,
    SetNotices,
    ShowBoard,
    ShowSeats,
)
from edge.web.access.roles import TEACHER_OR_TECHNICIAN, TECHNICIAN
from edge.web.app_keys import CONFIG, PAGES, ROOM
from edge.web.request_keys import ACTOR
from edge.web.route import Handler, Route

PATH = "/board/texts"
# A seat, and behind a tab, a comma or spaces the name: as it is pasted from a spreadsheet.
_SEAT = re.compile(r"\s*([^\s,，]+)[\s,，]*(.*)")


async def show(request: web.Request) -> web.Response:
    """What is on the board, in the forms that change it."""
    return await _page(request)


def _set(name: str, make: type[ControlRequest], **fixed: object) -> Handler:
    """A handler that sends what ``_READERS`` reads from the form ``name`` to the controller."""

    async def handle(request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        try:
            wanted = make(actor=request[ACTOR], **(fixed or _READERS[name](form)))
        except ValidationError:
            return await _page(request, 400, name, form)
        reply = await request.app[ROOM].ask(wanted, Reply)
        if not reply.ok:
            return await _page(request, 503, "trouble")
        return web.Response(status=303, headers={hdrs.LOCATION: PATH})

    return handle


def _read_exam(form: Mapping[str, str]) -> Mapping[str, Any]:
    found = (_SEAT.fullmatch(line) for line in form.get("seats", "").splitlines())
    seats = [ExamSeat(seat=one[1], name=one[2].strip()) for one in found if one is not None]
    fields = ("name", "room", "subject", "date", "begins", "ends")
    return {"exam": {**{field: form.get(field, "") for field in fields}, "seats": seats}}


_READERS: Mapping[str, Callable[[Mapping[str, str]], Mapping[str, Any]]] = {
    "notices": lambda form: {"notices": _lines(form)},
    "duty": lambda form: {"duty": _lines(form)},
    "emergency": lambda form: {"text": form.get("text", "")},
    "exam": _read_exam,
    "free": lambda form: {"number": form.get("number", "")},
}


def _lines(form: Mapping[str, str]) -> list[str]:
    return [line for line in form.get("lines", "").splitlines() if line.strip()]


async def _page(
    request: web.Request, status: int = 200, problem: str = "", typed: Mapping[str, str] | None = None
) -> web.Response:
    """The page; ``typed`` is what stood in the form that has the ``problem``."""
    room, actor = request.app[ROOM], request[ACTOR]
    board = await room.ask(ShowBoard(actor=actor), BoardReply)
    phones = await room.ask(ShowSeats(actor=actor), SeatsReply)
    return request.app[PAGES].page(
        request,
        "board_texts.html",
        status,
        texts=board.texts or BoardTexts(),
        joined=phones.joined,
        phones=request.app[CONFIG].board.phones,
        exams=actor.role in TECHNICIAN,
        exam_names=request.app[CONFIG].board.exam_names,
        limits=limits,
        problem=problem,
        typed=typed or {},
    )


ROUTES = (
    Route("GET", PATH, show, TEACHER_OR_TECHNICIAN),
    Route("POST", f"{PATH}/notices", _set("notices", SetNotices), TEACHER_OR_TECHNICIAN),
    Route("POST", f"{PATH}/duty", _set("duty", SetDuty), TEACHER_OR_TECHNICIAN),
    Route("POST", f"{PATH}/emergency", _set("emergency", SetEmergency), TEACHER_OR_TECHNICIAN),
    Route("POST", f"{PATH}/emergency/end", _set("emergency", SetEmergency, text=""), TEACHER_OR_TECHNICIAN),
    Route("POST", f"{PATH}/exam", _set("exam", SetExam), TECHNICIAN),
    Route("POST", f"{PATH}/exam/end", _set("exam", SetExam, exam=None), TECHNICIAN),
    Route("POST", f"{PATH}/phones/free", _set("free", FreePhones), TEACHER_OR_TECHNICIAN),
    Route("POST", f"{PATH}/phones/free-all", _set("free", FreePhones, number=""), TEACHER_OR_TECHNICIAN),
)
