"""The pages on real sockets in this process, logged into as any role, with a controller that says what a test says."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp

from edge.classroom.actor import Actor as Actor
from edge.config.load import load
from edge.config.model import Config
from edge.link.control_messages import Reply, Status
from edge.link.control_server import ControlServer
from edge.link.page_requests import PAGE_REQUEST, PageRequest
from edge.link.socket_paths import PAGES
from edge.web import listener, process
from edge.web.access.accounts import AccountFile
from edge.web.access.roles import STAFF, Role
from tests.waiting import until_async

PASSWORD = "correct horse"
CONFIG = """
[room]
school = "hill"
room = "r1"
name = "204"
language = "en"
[paths]
spool = "spool"
ledger = "ledger.db"
run = "{run}"
[web]
https_port = 0
mdns = false
http_port = 0
state = "state"
"""


class Controller:
    """The other side of ``pages.sock``: its status is ``now``, its answers are made by ``reply``."""

    def __init__(self, run: Path) -> None:
        self.path = run / PAGES
        self.now = Status(state="idle")
        self.asked: list[PageRequest] = []
        self.reply: Callable[[PageRequest], Reply] = lambda _: Reply(ok=True, status=self.now)

    async def run(self) -> None:
        await ControlServer(self.path, PAGE_REQUEST, self._answer, lambda: self.now).run()

    async def _answer(self, request: PageRequest) -> Reply:
        self.asked.append(request)
        return self.reply(request)


class Site:
    """The pages' addresses: ``https`` and ``http``, such as ``https://127.0.0.1:4711``."""

    def __init__(self, config: Config, controller: Controller, https_port: int, http_port: int) -> None:
        self.config = config
        self.controller = controller
        self.https_port, self.http_port = https_port, http_port
        self.https, self.http = f"https://127.0.0.1:{https_port}", f"http://127.0.0.1:{http_port}"
        self.accounts = AccountFile(config.web.state)
        self._controlling: asyncio.Task[None] | None = None
        self._clients = contextlib.AsyncExitStack()

    async def client(self, role: Role = Role.BOARD) -> Client:
        """A browser; one that has logged in, in a role that has a password."""
        client = await self._clients.enter_async_context(Client(self))
        if role is not Role.BOARD:
            await client.log_in(role)
        return client

    def start_controller(self) -> None:
        self._controlling = asyncio.create_task(self.controller.run())

    async def kill_controller(self) -> None:
        if self._controlling is not None:
            self._controlling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._controlling

    async def close(self) -> None:
        await self._clients.aclose()


class Client:
    """A browser, with its cookies; ``csrf`` is the token of its session."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.csrf = ""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), connector=aiohttp.TCPConnector(ssl=context)
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def get(self, path: str, *, plain: bool = False, **more: Any) -> Answer:
        return await self.ask("GET", path, plain=plain, **more)

    async def post(self, path: str, *, plain: bool = False, **more: Any) -> Answer:
        """With the headers of a page of ours, unless ``headers`` says otherwise."""
        base = self.site.http if plain else self.site.https
        headers = more.pop("headers", {"Origin": base, "X-CSRF-Token": self.csrf})
        return await self.ask("POST", path, plain=plain, headers=headers, **more)

    async def ask(self, method: str, path: str, *, plain: bool = False, **more: Any) -> Answer:
        base = self.site.http if plain else self.site.https
        async with self.session.request(method, base + path, allow_redirects=False, **more) as response:
            return Answer(response.status, response.headers, await response.text())

    async def log_in(self, role: Role) -> None:
        answer = await self.post("/login", data={"name": role.value, "password": PASSWORD})
        assert answer.status == 303, answer
        page = await self.get("/account")
        self.csrf = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]


class Answer:
    def __init__(self, status: int, headers: Any, text: str) -> None:
        self.status, self.headers, self.text = status, headers, text

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.text[:500]}"


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, passwords: bool = True, config: str = "", controller: bool = True
) -> AsyncIterator[Site]:
    """Serve all routes until the block is left; every role has PASSWORD. ``config`` is added to the config.

    Without ``controller`` a test runs one of its own.
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as run:
        (folder / "spool").mkdir(exist_ok=True)
        file = folder / "config.toml"
        file.write_text(CONFIG.format(run=run) + config)
        loaded = load(file, frozenset())
        if passwords:
            for role in STAFF:
                AccountFile(loaded.web.state).set_password(role.value, role, PASSWORD)
        other = Controller(Path(run))
        sockets = listener.sockets(0, 0)
        ports = sockets.https.getsockname()[1], sockets.http.getsockname()[1]
        site = Site(loaded, other, *ports)
        if controller:
            site.start_controller()
            await until_async(other.path.exists)
        serving = asyncio.create_task(process.serve(loaded, sockets))
        await asyncio.sleep(0)  # it has begun, and closes its sockets
        try:
            yield site
            assert not serving.done(), "nothing may end it"
        finally:
            await site.close()
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
            await site.kill_controller()
