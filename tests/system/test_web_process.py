"""The web process as systemd runs it: on sockets that were there before it, killed and started again, and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import web_site

from edge.config.load import load
from edge.web import listener
from edge.web.access.accounts import AccountFile
from edge.web.access.roles import Role

START_S = 60
STOP_S = 10


@contextlib.asynccontextmanager
async def web_process(file: Path, sockets: listener.Sockets) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child that gets the sockets as systemd passes them (sd_listen_fds(3))."""

    def pass_sockets() -> None:
        kept = [os.dup(one.fileno()) for one in (sockets.https, sockets.http)]
        for number, descriptor in enumerate(kept, start=3):
            os.dup2(descriptor, number, inheritable=True)

    child = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        'LISTEN_PID=$$ LISTEN_FDS=2 exec "$0" -m edge.cli.main --config "$1" web',
        sys.executable,
        file,
        preexec_fn=pass_sockets,
        pass_fds=(3, 4),
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def test_callers_wait_while_it_starts_and_its_streams_do_not_keep_it_from_stopping(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(web_site.CONFIG.format(run=tmp_path))
    config = load(file, frozenset())
    AccountFile(config.web.state).set_password("teacher", Role.TEACHER, web_site.PASSWORD)
    with contextlib.closing(listener.sockets(0, 0)) as sockets:
        ports = [one.getsockname()[1] for one in (sockets.https, sockets.http)]
        site = web_site.Site(config, web_site.Controller(tmp_path), *ports)
        client = await site.client()
        try:
            async with asyncio.timeout(START_S):
                asking = asyncio.create_task(client.get("/login"))
                async with web_process(file, sockets) as child:
                    assert (await asking).status == 200, "it was asked before it was there"
                    await client.log_in(Role.TEACHER)
                    child.kill()
                    await child.wait()
                again = asyncio.create_task(client.get("/account"))
                async with web_process(file, sockets) as child:
                    assert (await again).status == 200, "the session outlives the process"
                    async with client.session.get(f"{site.https}/events") as stream:
                        assert await stream.content.readline() == b"event: beat\n"
                        child.send_signal(signal.SIGTERM)
                        async with asyncio.timeout(STOP_S):
                            assert await child.wait() == 0
        finally:
            await site.close()


async def test_a_port_that_is_taken_is_said_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with socket.create_server(("", 0)) as taken:
        file = tmp_path / "config.toml"
        port = taken.getsockname()[1]
        file.write_text(web_site.CONFIG.format(run=tmp_path).replace("http_port = 0", f"http_port = {port}"))
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "edge.cli.main", "--config", file, "web", stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(START_S):
            _, told = await child.communicate()
    assert child.returncode == 1
    assert b"the web cannot go on" in told
    assert b"Traceback" not in told
