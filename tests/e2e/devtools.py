"""An old Chromium, driven over the DevTools protocol: Playwright's own scripts are too new for it.

Source: Chrome DevTools Protocol, the methods that are stable since Chromium 80.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
from browsing import Trouble

from tests.waiting import until_async

BROWSERS = Path(__file__).parent / "old_chromium" / "node_modules"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--ignore-certificate-errors",
    "--remote-debugging-port=0",
)


class Tab:
    """A page of a browser; ``version`` is the browser's, ``trouble`` collects what goes wrong in the page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, version: str, trouble: Trouble) -> None:
        self.version = version
        self._socket = socket
        self._trouble = trouble
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        async for message in self._socket:
            said = message.json()
            if future := self._asked.pop(said.get("id"), None):
                future.set_result(said)
            self._note(said.get("method", ""), said.get("params", {}))

    def _note(self, event: str, of: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            details = of["exceptionDetails"]
            self._trouble.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and of["type"] in ("error", "assert"):
            self._trouble.append(str(of["args"]))
        elif event == "Log.entryAdded" and of["entry"]["level"] == "error":
            self._trouble.append(f"{of['entry']['text']} {of['entry'].get('url', '')}")

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a method of the protocol."""
        number = next(self._numbers)
        self._asked[number] = answer = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(60):
            said = await answer
        assert "error" not in said, (method, said["error"])
        result: dict[str, Any] = said["result"]
        return result

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression of the page."""
        said = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in said, (expression, said["exceptionDetails"])
        return said["result"].get("value")

    async def until(self, expression: str, seconds: float = 30.0) -> None:
        """Wait until an expression is true."""
        deadline_s = time.monotonic() + seconds
        while not await self.evaluate(expression):
            assert time.monotonic() < deadline_s, f"not so after {seconds} s: {expression}; {self._trouble}"
            await asyncio.sleep(0.05)

    async def go_to(self, url: str) -> None:
        """Open a page, and wait until it and its scripts have run."""
        await self.ask("Page.navigate", url=url)
        await self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    async def text(self, selector: str) -> str:
        return str(await self.evaluate(f"document.querySelector({selector!r}).textContent"))

    async def click(self, selector: str) -> None:
        """Press the mouse on the middle of an element."""
        box = await self.evaluate(
            f"(one => {{ one.scrollIntoView({{block: 'center'}}); const {{x, y, width, height}} ="
            f" one.getBoundingClientRect(); return [x + width / 2, y + height / 2]; }})"
            f"(document.querySelector({selector!r}))"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    async def write(self, selector: str, text: str) -> None:
        await self.click(selector)
        await self.ask("Input.insertText", text=text)

    async def picture(self, name: str) -> None:
        """Keep what is seen as ``build/old_chromium/<name>.png``, to be looked at."""
        folder = Path(__file__).parents[2] / "build" / "old_chromium"
        folder.mkdir(parents=True, exist_ok=True)
        taken = await self.ask("Page.captureScreenshot", format="png")
        (folder / f"{name}.png").write_bytes(base64.b64decode(taken["data"]))


@contextlib.asynccontextmanager
async def old_chromium(version: int, size: tuple[int, int], trouble: Trouble) -> AsyncIterator[Tab]:
    """The one page of a new browser, which is closed at the end of the block."""
    with tempfile.TemporaryDirectory() as profile:
        browser = await asyncio.create_subprocess_exec(
            BROWSERS / f"chromium-{version}" / "bin" / "chromium",
            *_FLAGS,
            f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            told = Path(profile) / "DevToolsActivePort"
            await until_async(lambda: told.exists() and bool(told.read_text()), 60)
            address = f"http://127.0.0.1:{told.read_text().split()[0]}/json"
            async with aiohttp.ClientSession() as http:
                version_of = await (await http.get(f"{address}/version")).json()
                (page,) = await (await http.get(f"{address}/list")).json()
                async with http.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    tab = Tab(socket, version_of["Browser"], trouble)
                    listening = asyncio.create_task(tab.listen())
                    for domain in ("Page", "Runtime", "Log"):
                        await tab.ask(f"{domain}.enable")
                    yield tab
                await listening
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(browser.pid, signal.SIGKILL)
            await browser.wait()
