"""The box's own screen in a real browser: a page of its own while the board is away, the board once it is there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from browsing import Trouble, overflows, window
from playwright.async_api import Browser, expect

from edge.link.control_messages import Status
from tests import web_site
from tests.web_site import Site

PATIENCE_MS = 30_000  # it tries every three seconds
PAGE = Path(__file__).parents[2] / "systemd" / "kiosk.html"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with web_site.running(tmp_path, passwords=False) as site:
        site.controller.now = Status(state="recording", lamp="on")
        yield site


class Port:
    """A port of the loopback network at which the site answers between ``open`` and ``close``."""

    def __init__(self, site: Site) -> None:
        self._site = site
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.number: int = free.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.number)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        task.add_done_callback(self._links.discard)
        ours, theirs = await asyncio.open_connection("127.0.0.1", self._site.http_port)
        try:
            with contextlib.suppress(OSError):
                await asyncio.gather(_pass_on(reader, theirs), _pass_on(ours, writer))
        finally:
            writer.close()
            theirs.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
        await writer.drain()
    writer.close()


@pytest.fixture
async def port(site: Site) -> AsyncIterator[Port]:
    port = Port(site)
    yield port
    await port.close()


async def test_it_waits_for_the_board_and_has_it_back_after_the_browsers_error_page(
    site: Site, port: Port, browser: Browser
) -> None:
    async with window(browser, "screen", Trouble()) as page:
        await page.goto(f"file://{PAGE}#http://127.0.0.1:{port.number}/board")
        waiting, board = page.locator("#waiting"), page.frame_locator("#board")
        await expect(waiting).to_contain_text("教室主机的网页服务没有回应")
        await expect(waiting).to_contain_text("pages do not answer")
        assert not await overflows(page)
        await port.open()
        await expect(waiting).to_be_hidden(timeout=PATIENCE_MS)
        await expect(board.locator("#lamp")).to_have_class("recording")

        await port.close()
        await expect(waiting).to_be_hidden()  # the board itself says that it does not hear the box
        frame = page.frame(url=f"**:{port.number}/board")
        assert frame is not None
        await frame.evaluate("location.reload()")
        await expect(waiting).to_be_visible(timeout=PATIENCE_MS)
        await port.open()
        await expect(waiting).to_be_hidden(timeout=PATIENCE_MS)
        await expect(board.locator("#lamp")).to_have_class("recording")
