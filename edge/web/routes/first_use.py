"""The page that sets the first password, while there is none."""

from __future__ import annotations

import asyncio

from aiohttp import web

from edge.web.access.accounts import UnusablePassword
from edge.web.access.first_use import ACCOUNT
from edge.web.access.gate import FIRST_USE
from edge.web.access.roles import PUBLIC
from edge.web.app_keys import ACCOUNTS, FIRST_USE_CODE, LOGIN_LIMITS, PAGES
from edge.web.request_keys import ADDRESS, DETAILS
from edge.web.route import Route
from edge.web.routes.login import logged_in


async def show_first_use(request: web.Request) -> web.Response:
    """What to do, and the form."""
    if not request.app[FIRST_USE_CODE].is_open():
        raise web.HTTPNotFound
    return request.app[PAGES].page(request, "first_use.html", problem="")


async def set_first_password(request: web.Request) -> web.Response:
    """Give the technician a password, and log in, for whoever knows the code."""
    first = request.app[FIRST_USE_CODE]
    if not first.is_open():
        raise web.HTTPNotFound
    request[DETAILS]["account"] = ACCOUNT
    form = await request.post()
    if not request.app[LOGIN_LIMITS].may_try(request[ADDRESS], ACCOUNT):
        return _refused(request, "busy", 429)
    if not first.is_right(str(form.get("code", ""))):
        return _refused(request, "code", 401)
    try:
        await asyncio.to_thread(first.set_password, str(form.get("password", "")))
    except UnusablePassword:
        return _refused(request, "unusable", 400)
    return logged_in(request, request.app[ACCOUNTS].all()[ACCOUNT], "/accounts")


def _refused(request: web.Request, problem: str, status: int) -> web.Response:
    return request.app[PAGES].page(request, "first_use.html", status, problem=problem)


ROUTES = (
    Route("GET", FIRST_USE, show_first_use, PUBLIC),
    Route("POST", FIRST_USE, set_first_password, PUBLIC, logged=True),
)
