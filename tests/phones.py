"""Students' phones: clients of the students' page, each with its own cookies and address."""

from __future__ import annotations

from typing import Any

import aiohttp


class Phone:
    """A phone with its cookies and an address of its own; ``at`` tells phones apart, ``base`` is the pages' address."""

    def __init__(self, base: str, at: int) -> None:
        self._base = base
        connector = aiohttp.TCPConnector(local_addr=(f"127.0.1.{at % 250 + 1}", 0))
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), connector=connector)

    async def ask(self, path: str, body: object = None) -> tuple[int, Any]:
        method, headers = ("GET", {}) if body is None else ("POST", {"Origin": self._base})
        more = {} if body is None else {"json": body}
        async with self.session.request(method, f"{self._base}/s{path}", headers=headers, **more) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else await answer.text()

    async def join(self, seat: str) -> tuple[int, Any]:
        return await self.ask("/join", {"seat": seat})

    async def answer(self, number: int, text: str) -> tuple[int, Any]:
        return await self.ask("/answer", {"number": number, "answer": text})


def students(clickers: int, phones: int) -> list[dict[str, str]]:
    """So many with a clicker, so many without, who have a seat."""
    with_clicker = [{"number": f"1{at:02}", "name": f"有{at}", "device": str(at)} for at in range(1, clickers + 1)]
    without = [{"number": f"2{at:02}", "name": f"无{at}", "seat": f"{at}"} for at in range(1, phones + 1)]
    return with_clicker + without
