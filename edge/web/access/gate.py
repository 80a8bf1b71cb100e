"""The gate before every handler: TLS, language, session, role, cross-site requests, a bound on time, the audit log."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable
from typing import get_args
from urllib.parse import quote

from aiohttp import hdrs, web

from edge.classroom.actor import Actor
from edge.i18n import Language
from edge.link.control_client import NotReachable
from edge.web.access.accounts import AccountFile
from edge.web.access.audit_log import AuditLog
from edge.web.access.client_address import client_address
from edge.web.access.roles import Role
from edge.web.access.sessions import COOKIE, Sessions
from edge.web.pages import Pages
from edge.web.request_keys import ACTOR, ADDRESS, DETAILS, LANGUAGE, SESSION
from edge.web.route import Handler, Route

LOGIN, FIRST_USE = "/login", "/first-use"
LANGUAGE_COOKIE = "lang"
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_LANGUAGE_KEPT_S = 365 * 86_400
_SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
# An act is answered within 15 s at the latest (edge.link.control_client); its body comes over a person's network.
_LONGEST_ACT_S = 40.0
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# What strangers are refused before anything is tried is theirs to repeat, and would fill the audit log.
_NO_ACT = frozenset({403, 408, 411, 413, 415, 422, 429})
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d+)?")
_HTTPS = 443


class Gate:
    """Lets requests through to the handlers of routes; ``https_port`` is where those come again that need TLS."""

    def __init__(
        self,
        accounts: AccountFile,
        sessions: Sessions,
        audit: AuditLog,
        pages: Pages,
        language: Language,
        https_port: int,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._audit = audit
        self._pages = pages
        self._language: Language = language
        self._https_port = https_port

    def guarded(self, route: Route) -> Handler:
        """The handler of a route, behind the gate."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if not request.secure and not route.plain_http:
                return self._to_https(request)
            self._recognise(request)
            if (refusal := self._refusal(request, route)) is not None:
                return refusal
            status = 500
            try:
                response = await self._let_through(request, route)
                status = response.status
            except web.HTTPException as answer:
                status = answer.status
                raise
            finally:
                if route.is_audited and (SESSION in request or status not in _NO_ACT):
                    act = f"{request.method} {request.path}"
                    await self._audit.add(request[ADDRESS], request[ACTOR], act, status, request[DETAILS])
            self._keep_language(request, response)
            return response

        return handle

    async def _let_through(self, request: web.Request, route: Route) -> web.StreamResponse:
        if request.method in _SAFE:
            return await _answered(route.handler(request), request[LANGUAGE])
        try:
            async with asyncio.timeout(_LONGEST_ACT_S):
                await _check_body(request, route)
                await self._check_origin(request, route)
                return await _answered(route.handler(request), request[LANGUAGE])
        except TimeoutError:
            raise web.HTTPRequestTimeout from None

    def _recognise(self, request: web.Request) -> None:
        """Find out who asks, from where, and in which language."""
        wanted = (request.query.get(LANGUAGE_COOKIE), request.cookies.get(LANGUAGE_COOKIE))
        request[LANGUAGE] = next(
            (language for one in wanted for language in _LANGUAGES if one == language), self._language
        )
        request[ADDRESS] = client_address(request.remote)
        request[DETAILS] = {}
        session = self._sessions.find(cookie) if request.secure and (cookie := request.cookies.get(COOKIE)) else None
        if session is None:
            request[ACTOR] = Actor(role=Role.BOARD)
        else:
            request[SESSION] = session
            request[ACTOR] = Actor(role=session.role, name=session.name)

    def _refusal(self, request: web.Request, route: Route) -> web.Response | None:
        """What is answered to whoever may not have this route; None where they may."""
        if request[ACTOR].role in route.roles:
            return None
        is_page = request.method in _SAFE and "text/html" in request.headers.get(hdrs.ACCEPT, "")
        if SESSION in request:
            if is_page:
                return self._pages.page(request, "refused.html", 403)
            return web.Response(status=403, text="403")
        if not self._accounts.all():
            return _see(FIRST_USE) if is_page else web.Response(status=503, text="503")
        if is_page:
            return _see(f"{LOGIN}?next={quote(request.rel_url.path)}")
        return web.Response(status=401, text="401")

    def _to_https(self, request: web.Request) -> web.Response:
        host = _HOST.fullmatch(request.host)
        if host is None or request.method not in _SAFE:
            return web.Response(status=403, text="403: https")
        port = "" if self._https_port == _HTTPS else f":{self._https_port}"
        return web.Response(status=302, headers={hdrs.LOCATION: f"https://{host[1]}{port}{request.rel_url.raw_path}"})

    async def _check_origin(self, request: web.Request, route: Route) -> None:
        """Refuse what another site has a browser do (OWASP Cross-Site Request Forgery Prevention Cheat Sheet).

        What is for everybody does nothing in the name of a session, and has no token.

        Raises:
            web.HTTPForbidden: It does not come from a page of ours.
        """
        if request.headers.get(hdrs.ORIGIN) != f"{request.scheme}://{request.host}":
            raise web.HTTPForbidden(text="403: Origin")
        if route.is_public:
            return
        token = request.headers.get("X-CSRF-Token")
        if token is None and request.content_type in _FORMS:
            token = str((await request.post()).get("csrf", ""))
        if not hmac.compare_digest((token or "").encode(), request[SESSION].csrf.encode()):
            raise web.HTTPForbidden(text="403: CSRF")

    @staticmethod
    def _keep_language(request: web.Request, response: web.StreamResponse) -> None:
        if request.query.get(LANGUAGE_COOKIE) == request[LANGUAGE] and not response.prepared:
            response.set_cookie(
                LANGUAGE_COOKIE, request[LANGUAGE], max_age=_LANGUAGE_KEPT_S, path="/", samesite="Lax", httponly=True
            )


async def _check_body(request: web.Request, route: Route) -> None:
    """Refuse a body that is too large, or nobody knows how large, for many come at once; and a form that is none.

    Raises:
        web.HTTPUnsupportedMediaType: It is compressed, and may become as large as it likes.
        web.HTTPRequestEntityTooLarge, web.HTTPLengthRequired, web.HTTPUnprocessableEntity
    """
    if hdrs.CONTENT_ENCODING in request.headers:
        raise web.HTTPUnsupportedMediaType
    if request.content_length is None and request.body_exists:
        raise web.HTTPLengthRequired
    if (request.content_length or 0) > route.largest_body:
        raise web.HTTPRequestEntityTooLarge(route.largest_body, request.content_length or 0)
    if request.content_type in _FORMS:
        try:
            for value in (await request.post()).values():
                str(value).encode()
        except (ValueError, LookupError, RuntimeError):  # it is read once; what is wrong aiohttp says in many ways
            raise web.HTTPUnprocessableEntity from None


async def _answered(handling: Awaitable[web.StreamResponse], language: Language) -> web.StreamResponse:
    """The handler's answer; where it needed the controller, and that is away, what to do about it."""
    try:
        return await handling
    except NotReachable as away:
        return web.json_response({"reason": away.why.text(language)}, status=503, headers={hdrs.RETRY_AFTER: "5"})


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: path})
