"""The page that shows a technician on a ladder what the calibration measures: its step, live figures, a picture."""

from __future__ import annotations

from aiohttp import hdrs, web

from edge.link.calibration_messages import CalibrationView
from edge.link.control_messages import CalibrationReply
from edge.link.control_requests import ShowCalibration
from edge.web.access.roles import TECHNICIAN
from edge.web.app_keys import PAGES, ROOM
from edge.web.request_keys import ACTOR
from edge.web.route import Route

PATH = "/calibration"


async def show(request: web.Request) -> web.Response:
    """The page; its script asks for the view once a second."""
    return request.app[PAGES].page(request, "calibration.html")


async def view(request: web.Request) -> web.Response:
    """What the calibration shows now, as JSON of ``CalibrationView``; 204 while there is none."""
    reply = await request.app[ROOM].ask(ShowCalibration(actor=request[ACTOR]), CalibrationReply)
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    if reply.view is None:
        return web.Response(status=204, headers=headers)
    shown: CalibrationView = reply.view
    return web.Response(text=shown.model_dump_json(), content_type="application/json", headers=headers)


ROUTES = (
    Route("GET", PATH, show, TECHNICIAN),
    Route("GET", f"{PATH}/view", view, TECHNICIAN),
)
