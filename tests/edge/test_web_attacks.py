"""What strangers try on the pages: forged and oversized and slow requests, guessing, floods; on real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import json
import logging
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import web_site

from edge.link.control_messages import Status
from edge.web import app, listener
from edge.web.access.login_limits import OF_ADDRESS
from edge.web.access.roles import Role
from edge.web.access.sessions import COOKIE
from edge.web.route import FORM_BYTES
from tests.waiting import stays_async, until_async

FORGED = [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1"}]


async def test_another_site_cannot_act_for_somebody_who_has_logged_in(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.TECHNICIAN)
        for headers in FORGED:
            form = {"name": "teacher", "csrf": client.csrf}
            assert (await client.post("/accounts/remove", data=form, headers=headers)).status == 403, headers
        assert "teacher" in site.accounts.all()


async def test_an_act_needs_the_token_of_the_session_that_does_it(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client, other = await site.client(Role.TECHNICIAN), await site.client(Role.TEACHER)
        for token in ("", other.csrf, "x"):
            form = {"name": "observer", **({"csrf": token} if token else {})}
            answer = await client.post("/accounts/remove", data=form, headers={"Origin": site.https})
            assert answer.status == 403
        assert "observer" in site.accounts.all()
        answer = await client.post(
            "/accounts/remove", data={"name": "observer", "csrf": client.csrf}, headers={"Origin": site.https}
        )
        assert answer.status == 303
        assert "observer" not in site.accounts.all()


async def test_a_session_is_new_after_login_whatever_the_browser_had(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        planted = {"Origin": site.https, "Cookie": f"{COOKIE}=planted-by-somebody"}
        form = {"name": "teacher", "password": web_site.PASSWORD}
        first = await client.post("/login", data=form, headers=planted)
        one = re.search(rf"{COOKIE}=([^;]+);(.*)", first.headers["Set-Cookie"])
        assert one is not None
        assert one[1] != "planted-by-somebody"
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in one[2].split(";")}
        again = await client.post("/login", data=form, headers={"Origin": site.https, "Cookie": f"{COOKIE}={one[1]}"})
        two = again.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        client.session.cookie_jar.clear()
        assert (await client.get("/account", headers={"Cookie": f"{COOKIE}={one[1]}"})).status == 401
        assert (await client.get("/account", headers={"Cookie": f"{COOKIE}={two}"})).status == 200
        assert (await client.get("/account", plain=True, headers={"Cookie": f"{COOKIE}={two}"})).status == 302
        kept = site.config.web.state / "sessions.json"
        await until_async(lambda: kept.exists() and two not in kept.read_text())


async def test_passwords_cannot_be_guessed_by_trying_and_the_teacher_is_not_kept_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        tries = [
            (await client.post("/login", data={"name": "teacher", "password": f"guess {number}"})).status
            for number in range(OF_ADDRESS[0] + 3)
        ]
        assert tries == [401] * OF_ADDRESS[0] + [429] * 3
        answer = await client.post("/login", data={"name": "teacher", "password": web_site.PASSWORD})
        assert answer.status == 429, "not even the right one, from there"
        audit = [json.loads(line) for line in (site.config.web.state / "audit.jsonl").read_text().splitlines()]
        assert [entry["status"] for entry in audit] == [401] * OF_ADDRESS[0], "what was not tried fills no log"
        assert audit[0] | {"at": ""} == {
            "at": "",
            "address": "127.0.0.1",
            "name": "",
            "role": "board",
            "act": "POST /login",
            "status": 401,
            "account": "teacher",
        }
        everything = caplog.text + (site.config.web.state / "audit.jsonl").read_text()
        assert "guess" not in everything
        assert web_site.PASSWORD not in everything


async def test_a_password_typed_into_the_field_of_the_name_is_not_logged(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        await client.post("/login", data={"name": web_site.PASSWORD, "password": "x"})
        assert web_site.PASSWORD not in (site.config.web.state / "audit.jsonl").read_text()


PATHS = (
    "/static/x/../../app.py",
    "/static/x/%2e%2e/%2e%2e/app.py",
    "/static/x/..%2f..%2fapp.py",
    "/static/x//etc/passwd",
    "/static/x/css/../../../templates/login.html",
    "/static/%2e%2e/access/accounts.py",
    "/static/x/css%00/base.css",
    "//etc/passwd",
    "/../../../../etc/passwd",
)


async def test_no_path_leads_out_of_the_folder(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        for path in PATHS:
            head, _ = await raw(
                site, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode(), plain=True
            )
            assert b" 404 " in head.splitlines()[0], path


async def test_what_is_too_large_is_refused_and_the_next_request_is_answered(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        for head in (
            b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 3000 + b"\r\n",
        ):
            answer, _ = await raw(site, head)
            assert b" 400 " in answer.splitlines()[0], answer[:200]
        client = await site.client(Role.TECHNICIAN)
        headers = {
            "Origin": site.https,
            "X-CSRF-Token": client.csrf,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = io.BytesIO(b"name=" + b"x" * FORM_BYTES)
        answer = await client.post("/accounts", data=body, headers=headers)
        assert answer.status == 413

        async def endless() -> AsyncIterator[bytes]:
            yield b"name="

        answer = await client.post("/accounts", data=endless(), headers=headers)
        assert answer.status == 411
        assert (await client.get("/account")).status == 200


NO_FORMS = (
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
    ("multipart/form-data; boundary=x", b"nothing of the kind"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n'),
    ("application/x-www-form-urlencoded; charset=nonsense", b"name=x"),
    ("application/x-www-form-urlencoded", b"name=%ff&password=\xff"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"name=teacher&password=+2AA-"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: foo\r\n\r\nx\r\n--x--\r\n',
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\n' + b"a" * 40 + b"\r\n--x--\r\n",
    ),
    ("application/json", b"{"),
    ("nonsense", b"\x00"),
)


async def test_a_form_that_is_none_is_the_callers_mistake(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        for content_type, body in NO_FORMS:
            headers = {"Origin": site.https, "Content-Type": content_type}
            answer = await client.post("/login", data=body, headers=headers)
            assert 400 <= answer.status < 500, (content_type, answer)
        audit = [json.loads(line) for line in (site.config.web.state / "audit.jsonl").read_text().splitlines()]
        assert {entry["status"] for entry in audit} == {401}, "what is no try fills no log"


HEADERS = (
    b"Host: a\r\nCookie: __Host-session=\xff; phone=\xff",
    b"Host: a\r\nX-CSRF-Token: \xff",
    b"Host: \xff",
    b"Host: a:b:c",
    b"Host: a:99999",
    b"Host: xn--a",
    b"Host: " + b"a" * 4000,
)


async def test_headers_that_no_browser_sends_are_the_callers_mistake(tmp_path: Path) -> None:
    async with web_site.running(tmp_path, config="[board]\nphones = true\n") as site:
        for headers in HEADERS:
            for path in ("board", "board/join", "board/qr.svg", "s/state"):
                request = b"GET /%s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n" % (path.encode(), headers)
                answer, _ = await raw(site, request, plain=True)
                assert answer.startswith(b"HTTP/1.1 400 "), (path, headers, answer)


async def test_a_body_cannot_become_larger_than_it_says(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        headers = {
            "Origin": site.https,
            "Content-Encoding": "gzip",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = await client.post("/login", data=gzip.compress(b"name=" + b"x" * 1_900_000), headers=headers)
        assert answer.status == 415


async def test_an_account_is_limited_however_its_name_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.web.access.login_limits.OF_ACCOUNT", (2, 1e-6))
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        tries = [
            (await client.post("/login", data={"name": name, "password": "guess"})).status
            for name in ("teacher", " teacher ", "teacher  ", "x" * 65, "y" * 50_000, "\x00")
        ]
        assert tries == [401, 401, 429, 401, 401, 429], "what can be no account's is one"


async def test_whoever_is_slow_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "FIRST_REQUEST_S", 0.3)
    monkeypatch.setattr(listener, "HANDSHAKE_S", 0.3)
    async with web_site.running(tmp_path) as site:
        shaking = await asyncio.open_connection("127.0.0.1", site.https_port)
        waiting = await asyncio.open_connection("127.0.0.1", site.http_port)
        waiting[1].write(b"GET /login HT")
        async with asyncio.timeout(10):
            for reader, writer in (shaking, waiting):
                with contextlib.suppress(ConnectionError):
                    assert await reader.read() == b""
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()
        client = await site.client()
        assert (await client.get("/login")).status == 200


async def test_a_body_that_never_comes_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.web.access.gate._LONGEST_ACT_S", 0.3)
    monkeypatch.setitem(listener.PROTOCOL_LIMITS, "lingering_time", 0.1)
    async with web_site.running(tmp_path) as site:
        head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{site.https_port}\r\nOrigin: {site.https}\r\n"
        answer, _ = await raw(
            site,
            f"{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nname=".encode(),
        )
        assert answer.startswith(b"HTTP/1.1 408"), answer


async def test_a_request_that_is_broken_off_is_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with web_site.running(tmp_path, config="[board]\nphones = true\n") as site:
        _, writer = await asyncio.open_connection("127.0.0.1", site.http_port)
        head = f"POST /s/join HTTP/1.1\r\nHost: 127.0.0.1:{site.http_port}\r\nOrigin: {site.http}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{{".encode())
        await asyncio.sleep(0.1)  # it is being read
        writer.transport.abort()
        await asyncio.sleep(0.1)
        client = await site.client()
        assert (await client.get("/board", plain=True)).status == 200
        assert not caplog.records, caplog.text


async def test_so_many_connections_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scaled down; ``bench/figures/web_flood.py`` has the figures."""
    monkeypatch.setattr(listener, "MOST_OF_ONE", 20)
    async with web_site.running(tmp_path) as site:
        async with contextlib.AsyncExitStack() as stack:
            held = []
            for _ in range(60):
                reader, writer = await asyncio.open_connection("127.0.0.1", site.http_port)
                stack.push_async_callback(closed, writer)
                held.append(reader)
            await until_async(lambda: sum(map(has_ended, held)) == 40)
            await stays_async(lambda: sum(map(has_ended, held)) == 40, 0.3)
        client = await site.client()
        assert (await client.get("/login", plain=True)).status == 302


async def test_streams_are_bounded_and_those_of_readers_that_have_gone_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MOST_STREAMS_OF_ONE", 5)
    monkeypatch.setattr("edge.web.event_stream.BEAT_S", 0.05)
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.TEACHER)
        for _ in range(20):
            async with client.session.get(f"{site.https}/events") as response:
                assert response.status == 200
                assert await response.content.readline() == b"event: beat\n"
            response.close()
        async with contextlib.AsyncExitStack() as stack:
            answers = [await stack.enter_async_context(client.session.get(f"{site.https}/events")) for _ in range(6)]
            assert sorted(answer.status for answer in answers) == [200] * 5 + [503]
            site.controller.now = Status(state="recording", lesson="r1-7f3a-000001")
            for answer in answers:
                if answer.status == 200:
                    async with asyncio.timeout(10):
                        while b'"recording"' not in await answer.content.readline():
                            pass


async def test_a_stream_ends_with_its_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.web.event_stream.BEAT_S", 0.05)
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.TEACHER)
        async with client.session.get(f"{site.https}/events") as response:
            await response.content.readline()
            assert (await client.post("/logout")).status == 303
            async with asyncio.timeout(10):
                await response.content.read()
        assert (await client.get("/events")).status == 401


async def test_a_flood_of_requests_from_one_address_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "BURST", 10)
    monkeypatch.setattr(app, "REQUESTS_PER_S", 0.001)
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        assert [(await client.get("/login")).status for _ in range(12)] == [200] * 10 + [429] * 2


async def raw(site: web_site.Site, request: bytes, *, plain: bool = False) -> tuple[bytes, bytes]:
    """Head and body of the answer to bytes that no client would send; empty where the connection is cut."""
    context = None if plain else ssl.create_default_context()
    if context is not None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    port = site.http_port if plain else site.https_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            answer = await reader.read()
    except ConnectionError:
        return b"", b""
    finally:
        await closed(writer)
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def has_ended(reader: asyncio.StreamReader) -> bool:
    return reader.at_eof() or reader.exception() is not None


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        await writer.wait_closed()
