"""One's own account: a new password."""

from __future__ import annotations

import asyncio

from aiohttp import hdrs, web

from edge.web.access.accounts import TooManyLogins, UnusablePassword
from edge.web.access.roles import STAFF
from edge.web.app_keys import ACCOUNTS, LOGIN_LIMITS, PAGES
from edge.web.request_keys import ADDRESS, SESSION
from edge.web.route import Route

PATH = "/account"


async def show_account(request: web.Request) -> web.Response:
    """Who is logged in, and the form for another password."""
    return request.app[PAGES].page(request, "account.html", problem="")


async def change_password(request: web.Request) -> web.Response:
    """Set another password for whoever knows the present one; every session of the account ends with that."""
    form = await request.post()
    session, accounts = request[SESSION], request.app[ACCOUNTS]
    if not request.app[LOGIN_LIMITS].may_try(request[ADDRESS], session.name):
        return _refused(request, "busy", 429)
    try:
        if await accounts.checked(session.name, str(form.get("present", ""))) is None:
            return _refused(request, "wrong", 403)
        password = str(form.get("password", ""))
        await asyncio.to_thread(accounts.set_password, session.name, session.role, password)
    except TooManyLogins:
        return _refused(request, "busy", 429)
    except UnusablePassword:
        return _refused(request, "unusable", 400)
    return web.Response(status=303, headers={hdrs.LOCATION: "/login"})


def _refused(request: web.Request, problem: str, status: int) -> web.Response:
    return request.app[PAGES].page(request, "account.html", status, problem=problem)


ROUTES = (
    Route("GET", PATH, show_account, STAFF),
    Route("POST", PATH, change_password, STAFF),
)
