"""All accounts, for the technician: make one, give it another password, remove it."""

from __future__ import annotations

import asyncio

from aiohttp import hdrs, web

from edge.web.access.accounts import UnusableName, UnusablePassword
from edge.web.access.roles import STAFF, TECHNICIAN, Role
from edge.web.app_keys import ACCOUNTS, PAGES
from edge.web.request_keys import ACTOR, DETAILS
from edge.web.route import Route

PATH = "/accounts"
_ROLES = sorted(STAFF, key=list(Role).index)


async def show_accounts(request: web.Request) -> web.Response:
    """The list, and the form for one more."""
    return _page(request)


async def save_account(request: web.Request) -> web.Response:
    """Make an account, or give it another role and password; its sessions end."""
    form = await request.post()
    name, role = str(form.get("name", "")), str(form.get("role", ""))
    if role not in STAFF:
        return _page(request, 400, "role", name)
    if name.strip() == request[ACTOR].name and role != Role.TECHNICIAN:
        return _page(request, 400, "own-role", name)
    try:
        await asyncio.to_thread(request.app[ACCOUNTS].set_password, name, Role(role), str(form.get("password", "")))
    except UnusableName:
        return _page(request, 400, "name", name)
    except UnusablePassword:
        return _page(request, 400, "unusable", name)
    request[DETAILS].update({"account": name.strip(), "account_role": role})
    return web.Response(status=303, headers={hdrs.LOCATION: PATH})


async def remove_account(request: web.Request) -> web.Response:
    """Remove an account that is not one's own; its sessions end."""
    name = str((await request.post()).get("name", ""))
    if name == request[ACTOR].name:
        return _page(request, 400, "own")
    if await asyncio.to_thread(request.app[ACCOUNTS].remove, name):
        request[DETAILS]["account"] = name
    return web.Response(status=303, headers={hdrs.LOCATION: PATH})


def _page(request: web.Request, status: int = 200, problem: str = "", name: str = "") -> web.Response:
    accounts = sorted(request.app[ACCOUNTS].all().values(), key=lambda one: (_ROLES.index(one.role), one.name))
    return request.app[PAGES].page(
        request, "accounts.html", status, accounts=accounts, roles=_ROLES, problem=problem, name=name
    )


ROUTES = (
    Route("GET", PATH, show_accounts, TECHNICIAN),
    Route("POST", PATH, save_account, TECHNICIAN),
    Route("POST", f"{PATH}/remove", remove_account, TECHNICIAN),
)
