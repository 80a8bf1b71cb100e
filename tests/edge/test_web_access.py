"""Who may have what of the pages: every route, every role, on real sockets."""

from __future__ import annotations

import html
import re
from pathlib import Path

import web_site

from edge.web.access.roles import STAFF, Role
from edge.web.route import Route
from edge.web.routes import ALL_ROUTES

SSE = "/events"


def address(route: Route) -> str:
    """An address that the route answers."""
    return re.sub(r"\{[^}]*\}", "x", route.path)


async def test_nothing_is_readable_without_login_but_what_is_for_everybody(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        nobody = await site.client()
        for route in ALL_ROUTES:
            if not route.is_public:
                answer = await nobody.ask(route.method, address(route), headers={"Origin": site.https})
                assert answer.status == 401, f"{route}: {answer}"
                page = await nobody.ask(route.method, address(route), headers={"Accept": "text/html"})
                assert page.status == (303 if route.method == "GET" else 401), f"{route}: {page}"


async def test_the_login_page_in_the_other_language_still_knows_where_one_wanted_to_go(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        nobody = await site.client()
        page = await nobody.get("/login?next=/lessons?a%3D1&lang=en")
        (link,) = re.findall(r'href="(\?[^"]*)" lang="zh-CN"', page.text)
        other = await nobody.get("/login" + html.unescape(link))
        assert 'lang="zh-CN"' in other.text
        assert 'action="/login?next=/lessons%3Fa%3D1"' in other.text


async def test_a_role_gets_nothing_that_is_for_others(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        for role in STAFF:
            client = await site.client(role)
            for route in ALL_ROUTES:
                if role not in route.roles:
                    answer = await client.ask(
                        route.method, address(route), headers={"Origin": site.https, "X-CSRF-Token": client.csrf}
                    )
                    assert answer.status == 403, f"{role}: {route}: {answer}"


async def test_without_tls_there_is_nothing_but_what_says_so(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.TECHNICIAN)
        for route in ALL_ROUTES:
            if not route.plain_http:
                answer = await client.ask(route.method, address(route), plain=True)
                assert answer.status == (302 if route.method == "GET" else 403), f"{route}: {answer}"
                if route.method == "GET":
                    assert answer.headers["Location"] == site.https + address(route)
