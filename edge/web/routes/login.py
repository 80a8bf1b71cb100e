"""The login page, and the end of a session."""

from __future__ import annotations

from aiohttp import hdrs, web

from edge.web.access.accounts import Account, TooManyLogins, UnusableName, account_name
from edge.web.access.gate import FIRST_USE, LOGIN
from edge.web.access.roles import PUBLIC, STAFF
from edge.web.access.sessions import COOKIE
from edge.web.app_keys import ACCOUNTS, LOGIN_LIMITS, PAGES, SESSIONS
from edge.web.request_keys import ADDRESS, DETAILS, SESSION
from edge.web.route import Route

HOME = "/"


async def show_login(request: web.Request) -> web.Response:
    """The form; whoever has logged in is sent on."""
    if SESSION in request:
        raise web.HTTPSeeOther(_next(request))
    if not request.app[ACCOUNTS].all():
        raise web.HTTPSeeOther(FIRST_USE)
    return request.app[PAGES].page(request, "login.html", problem="", name="", next=_next(request))


async def log_in(request: web.Request) -> web.Response:
    """Begin a session for whoever knows the password."""
    form = await request.post()
    typed, password = str(form.get("name", "")), str(form.get("password", ""))
    name = _account_name(typed)
    limits = request.app[LOGIN_LIMITS]
    if not limits.may_try(request[ADDRESS], name):
        return _refused(request, "busy", typed, 429)
    # Only a name that is there: people type passwords into the wrong field.
    if name in request.app[ACCOUNTS].all():
        request[DETAILS]["account"] = name
    try:
        account = await request.app[ACCOUNTS].checked(name, password)
    except TooManyLogins:
        return _refused(request, "busy", typed, 429)
    if account is None:
        return _refused(request, "wrong", typed, 401)
    limits.succeeded(request[ADDRESS], name)
    return logged_in(request, account, _next(request))


async def log_out(request: web.Request) -> web.Response:
    """End the session."""
    request.app[SESSIONS].close(request[SESSION])
    response = web.Response(status=303, headers={hdrs.LOCATION: LOGIN})
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return response


def logged_in(request: web.Request, account: Account, then: str) -> web.Response:
    """Begin a session, with a cookie that is new whatever the browser had, and go on at ``then``."""
    if SESSION in request:
        request.app[SESSIONS].close(request[SESSION])
    response = web.Response(status=303, headers={hdrs.LOCATION: then})
    cookie = request.app[SESSIONS].open(account)
    response.set_cookie(COOKIE, cookie, path="/", secure=True, httponly=True, samesite="Lax")
    return response


def _refused(request: web.Request, problem: str, name: str, status: int) -> web.Response:
    return request.app[PAGES].page(request, "login.html", status, problem=problem, name=name, next=_next(request))


def _account_name(typed: str) -> str:
    """The name as accounts have it, so that one is tried under one name alone; empty for what can be no account's."""
    try:
        return account_name(typed)
    except UnusableName:
        return ""


def _next(request: web.Request) -> str:
    """The page that was wanted: a path on this box, and nothing that a browser takes for another."""
    wanted = request.query.get("next", HOME)
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_path and wanted != LOGIN else HOME


ROUTES = (
    Route("GET", LOGIN, show_login, PUBLIC),
    Route("POST", LOGIN, log_in, PUBLIC, logged=True),
    Route("POST", "/logout", log_out, STAFF),
)
