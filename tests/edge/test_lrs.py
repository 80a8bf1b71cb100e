"""Statements on their way to an LRS that conflicts, refuses, is ill, silent, and at last well, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr
from waiting import until_async

from edge.config.export_settings import LrsConfig
from edge.ledger.ledger import Ledger, open_ledger
from edge.link.control_messages import UploadProgress
from edge.reporting.lrs_sender import BATCH, LrsSender

PASSWORD = "s3cret-passwörd"
VERSION_OF_LRS = {"X-Experience-API-Version": "1.0.3"}
LOGIN_PAGES = {"page": 200, "page of a proxy": 400, "page of a gateway": 409}


class Store:
    """An LRS: takes each id once, whole batches or nothing; ``ills`` are what it answers before it is well."""

    def __init__(self) -> None:
        self.statements: dict[str, Any] = {}
        self.ills: list[int | str] = []
        self.posts: list[int] = []
        self.refuses: set[str] = set()
        self.url = ""
        self.closing = asyncio.Event()

    async def post(self, request: web.Request) -> web.Response:
        assert request.headers["X-Experience-API-Version"] == "1.0.3"
        if request.headers["Authorization"] != f"Basic {b64encode(f'teacher:{PASSWORD}'.encode()).decode()}":
            return answer(401)
        batch = json.loads(await request.read())
        self.posts.append(len(batch))
        if self.ills:
            ill = self.ills.pop(0)
            if ill == "silent":
                await self.closing.wait()
            if ill == "in GBK":
                assert request.transport is not None
                request.transport.write("HTTP/1.1 404 找不到\r\nContent-Length: 0\r\n\r\n".encode("gbk"))
                await asyncio.sleep(0.1)
            if ill in ("cut", "in GBK"):
                assert request.transport is not None
                request.transport.abort()
            if ill in LOGIN_PAGES:
                return web.Response(status=LOGIN_PAGES[str(ill)], text="<html>Log in", content_type="text/html")
            return answer(ill if isinstance(ill, int) else 500)
        if any(one["id"] in self.refuses for one in batch):
            return answer(400)
        if any(self.statements.get(one["id"]) for one in batch):
            return answer(409)
        self.statements |= {one["id"]: one for one in batch}
        return web.json_response([one["id"].upper() for one in batch], headers=VERSION_OF_LRS)


def answer(status: int) -> web.Response:
    """What an LRS itself says."""
    return web.Response(status=status, headers=VERSION_OF_LRS)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    made = Store()
    app = web.Application()
    app.router.add_post("/xapi/statements", made.post)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/xapi/"
    yield made
    made.closing.set()
    await runner.cleanup()


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    made = open_ledger(tmp_path / "ledger.db", tmp_path)
    yield made
    made.close()


def sender(store: Store, ledger: Ledger, password: str = PASSWORD) -> LrsSender:
    config = LrsConfig(url=store.url, user="teacher", password=SecretStr(password), allow_http=True)
    return LrsSender(config, ledger.statements, answer_s=0.5, first_s=0.01)


def statements(first: int, count: int) -> dict[str, str]:
    return {f"id-{n}": json.dumps({"id": f"id-{n}", "verb": "said"}) for n in range(first, first + count)}


async def sent(one: LrsSender, done: Callable[[], object]) -> None:
    task = asyncio.create_task(one.run())
    try:
        await until_async(done)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_every_statement_is_there_once_whatever_happens_on_the_way(
    store: Store, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ledger.statements.add(statements(0, BATCH + 5))
    store.statements = {"id-3": {"id": "id-3"}, "id-7": {"id": "id-7"}}  # taken before, and its answer was lost
    store.refuses = {"id-5"}
    store.ills = [503, "silent", "cut", 429, 500]
    one = sender(store, ledger)
    await sent(one, lambda: ledger.statements.pending_count() == 0 and not one.fault)
    assert set(store.statements) == {f"id-{n}" for n in range(BATCH + 5)} - {"id-5"}
    assert store.posts[:6] == [BATCH] * 6
    ledger.statements.add(statements(5, 1))
    assert ledger.statements.pending(9) == [], "what was refused for good is not sent again"
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("page", LOGIN_PAGES)
async def test_a_login_page_is_no_lrs_whatever_it_says(store: Store, ledger: Ledger, page: str) -> None:
    ledger.statements.add(statements(0, 3))
    store.ills = [page] * 3
    one = sender(store, ledger)
    faults: set[str] = set()

    def told() -> bool:
        faults.add(one.fault)
        return any("no LRS answered" in fault for fault in faults)

    await sent(one, told)
    assert ledger.statements.pending_count() == 3
    store.ills = []
    await sent(one, lambda: len(store.statements) == 3 and ledger.statements.pending_count() == 0)


async def test_an_answer_in_another_encoding_is_told_as_text(store: Store, ledger: Ledger) -> None:
    ledger.statements.add(statements(0, 1))
    store.ills = ["in GBK"]
    one = sender(store, ledger)
    await sent(one, lambda: "404" in one.fault)
    assert UploadProgress(fault=one.fault).model_dump_json()


async def test_an_lrs_that_confirms_other_statements_has_none_of_ours(store: Store, ledger: Ledger) -> None:
    ledger.statements.add(statements(0, 2))
    store.ills = [200] * 1000
    one = sender(store, ledger)
    faults: set[str] = set()

    def told() -> bool:
        faults.add(one.fault)
        return any("without the statements' ids" in fault for fault in faults)

    await sent(one, told)
    assert ledger.statements.pending_count() == 2


async def test_without_rights_it_waits_and_says_why(store: Store, ledger: Ledger) -> None:
    ledger.statements.add(statements(0, 1))
    one = sender(store, ledger, "wrong")
    await sent(one, lambda: one.fault)
    assert one.fault.startswith("401")
    assert ledger.statements.pending_count() == 1
    assert "wrong" not in repr(LrsConfig(url="https://x", password=SecretStr("wrong")))


async def test_nobody_listens_and_then_somebody_does(store: Store, ledger: Ledger) -> None:
    ledger.statements.add(statements(0, 2))
    url, store.url = store.url, "http://127.0.0.1:9/xapi"
    one = sender(store, ledger)
    await sent(one, lambda: one.fault)
    assert store.statements == {}
    store.url = url
    await sent(sender(store, ledger), lambda: len(store.statements) == 2)
