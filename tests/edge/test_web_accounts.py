"""Passwords, sessions, limits and the first-use code, with a clock that the test moves; and the pages that use them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import stat
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import web_site
from hypothesis import given
from hypothesis import strategies as st

from edge.classroom.actor import Actor
from edge.web.access import accounts as accounts_module
from edge.web.access import sessions as sessions_module
from edge.web.access.accounts import AccountFile, TooManyLogins, UnusableName, UnusablePassword
from edge.web.access.audit_log import AuditLog
from edge.web.access.client_address import client_address
from edge.web.access.first_use import FirstUse
from edge.web.access.login_limits import OF_ACCOUNT, OF_ADDRESS, OF_STRANGERS, LoginLimits
from edge.web.access.rate_limit import RateLimit
from edge.web.access.roles import Role
from edge.web.access.sessions import IDLE_S, LONGEST_S, Sessions

GOOD = "密码 with ÄÖ"


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_password_opens_its_account_and_no_other(tmp_path: Path) -> None:
    accounts = AccountFile(tmp_path)
    accounts.set_password("王敏", Role.TEACHER, GOOD)
    accounts.set_password("technician", Role.TECHNICIAN, "another one")
    opened = await accounts.checked("王敏", GOOD)
    assert opened is not None
    assert (opened.name, opened.role) == ("王敏", Role.TEACHER)
    assert await accounts.checked("王敏", GOOD.replace("Ä", "A\u0308")) is not None, "typed on another keyboard"
    for name, password in (("王敏", "another one"), ("nobody", GOOD), ("王敏", GOOD + " "), ("王敏", "x" * 5000)):
        assert await accounts.checked(name, password) is None
    kept = (tmp_path / accounts_module.NAME).read_text()
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
    assert GOOD not in kept


def test_of_changes_at_once_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_module, "_HASHER", SimpleNamespace(hash=str))
    names = [f"teacher {number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        # Each as another process: none knows what another one holds in its memory.
        list(pool.map(lambda name: AccountFile(tmp_path).set_password(name, Role.TEACHER, GOOD), names))
    assert sorted(AccountFile(tmp_path).all()) == names


def test_names_and_passwords_that_are_none(tmp_path: Path) -> None:
    accounts = AccountFile(tmp_path)
    for name in ("", " ", "a\nb", "x" * 65):
        with pytest.raises(UnusableName):
            accounts.set_password(name, Role.TEACHER, GOOD)
    for password in ("short", "x" * 129):
        with pytest.raises(UnusablePassword):
            accounts.set_password("a", Role.TEACHER, password)
    assert accounts.all() == {}


async def test_passwords_are_checked_one_at_a_time_and_not_without_end(tmp_path: Path) -> None:
    accounts = AccountFile(tmp_path)
    done = await asyncio.gather(*(accounts.checked("a", "b") for _ in range(22)), return_exceptions=True)
    assert [type(one) for one in done].count(TooManyLogins) == 2


def test_what_the_command_line_changes_is_seen_and_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    mine, others = AccountFile(tmp_path), AccountFile(tmp_path)
    assert mine.all() == {}
    others.set_password("teacher", Role.TEACHER, GOOD)
    assert set(mine.all()) == {"teacher"}
    assert others.remove("teacher")
    assert not others.remove("teacher")
    assert mine.all() == {}
    (tmp_path / accounts_module.NAME).write_text('{"accounts": [{"name": "x", "role": "king"}]}')
    assert mine.all() == {}


def test_sessions_end_by_rest_by_age_and_with_their_password(tmp_path: Path) -> None:
    clock, accounts = Clock(), AccountFile(tmp_path)
    accounts.set_password("teacher", Role.TEACHER, GOOD)
    account = accounts.all()["teacher"]
    sessions = Sessions(tmp_path, accounts, clock)

    cookie = sessions.open(account)
    clock.now_s += IDLE_S - 1
    assert sessions.find(cookie) is not None
    clock.now_s += IDLE_S
    assert sessions.find(cookie) is None, "nobody used it"

    cookie, begun_s = sessions.open(account), clock.now_s
    while clock.now_s + IDLE_S / 2 < begun_s + LONGEST_S:
        clock.now_s += IDLE_S / 2
        assert sessions.find(cookie) is not None
    clock.now_s += IDLE_S / 2
    assert sessions.find(cookie) is None, "it has lasted long enough"

    cookie = sessions.open(account)
    clock.now_s -= 3600
    assert sessions.find(cookie) is None, "the clock was set back: it cannot be known"
    cookie = sessions.open(account)
    accounts.set_password("teacher", Role.TEACHER, "another one")
    assert sessions.find(cookie) is None
    cookie = sessions.open(accounts.all()["teacher"])
    accounts.set_password("teacher", Role.OBSERVER, "another one")
    assert sessions.find(cookie) is None


@contextlib.asynccontextmanager
async def kept(folder: Path, accounts: AccountFile) -> AsyncIterator[Sessions]:
    """Sessions that are written while the block runs, as those of a process."""
    sessions = Sessions(folder, accounts)
    writing = asyncio.create_task(sessions.run())
    await asyncio.sleep(0)
    try:
        yield sessions
    finally:
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing


async def test_sessions_outlive_the_process_and_their_file_opens_none(tmp_path: Path) -> None:
    accounts = AccountFile(tmp_path)
    accounts.set_password("teacher", Role.TEACHER, GOOD)
    async with kept(tmp_path, accounts) as sessions:
        cookie = sessions.open(accounts.all()["teacher"])
    assert cookie not in (tmp_path / sessions_module.NAME).read_text()
    async with kept(tmp_path, accounts) as sessions:
        session = sessions.find(cookie)
        assert session is not None
        sessions.close(session)
    assert Sessions(tmp_path, accounts).find(cookie) is None
    (tmp_path / sessions_module.NAME).write_text("{")
    assert Sessions(tmp_path, accounts).find(cookie) is None


def test_an_account_has_so_many_sessions(tmp_path: Path) -> None:
    clock, accounts = Clock(), AccountFile(tmp_path)
    accounts.set_password("teacher", Role.TEACHER, GOOD)
    sessions = Sessions(tmp_path, accounts, clock)
    cookies = []
    for _ in range(22):
        clock.now_s += 1
        cookies.append(sessions.open(accounts.all()["teacher"]))
    assert [sessions.find(cookie) is not None for cookie in cookies] == [False] * 2 + [True] * 20


@given(st.lists(st.tuples(st.floats(0, 100), st.sampled_from("abc")), max_size=200))
def test_a_bucket_gives_no_more_than_it_may(takes: list[tuple[float, str]]) -> None:
    clock = Clock()
    limit = RateLimit(burst=5, per_s=0.5, clock_s=clock)
    begun_s = clock.now_s
    given_out = dict.fromkeys("abc", 0)
    for wait_s, key in takes:
        clock.now_s += wait_s
        given_out[key] += limit.take(key)
        assert given_out[key] <= 5 + (clock.now_s - begun_s) * 0.5 + 1e-6


def test_a_flood_of_addresses_takes_no_memory() -> None:
    limit = RateLimit(burst=1, per_s=0.001, most_keys=10)
    assert all(limit.take(str(number)) for number in range(1000))
    assert not limit.take("999")
    assert len(limit._buckets) == 10


def test_strangers_who_try_a_teachers_password_do_not_keep_the_teacher_out() -> None:
    clock = Clock()
    limits = LoginLimits(clock)
    limits.succeeded("10.0.0.2", "teacher")
    tried = sum(limits.may_try(f"10.0.1.{number % 250}", "teacher") for number in range(1000))
    assert tried == OF_ACCOUNT[0]
    assert limits.may_try("10.0.0.2", "teacher")
    assert not limits.may_try("10.0.0.3", "teacher"), "a device that is not known waits"
    assert sum(limits.may_try("10.0.0.2", "teacher") for _ in range(50)) == OF_ADDRESS[0] - 1, "nor may it try for ever"


def test_many_addresses_with_many_names_take_the_boxs_time_from_nobody_who_is_known() -> None:
    limits = LoginLimits(Clock())
    limits.succeeded("10.0.0.2", "teacher")
    assert sum(limits.may_try(f"10.0.1.{number % 250}", f"name {number}") for number in range(1000)) == OF_STRANGERS[0]
    assert limits.may_try("10.0.0.2", "teacher")


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_that_of_a_device(peer: str | None, address: str) -> None:
    assert client_address(peer) == address


def test_the_first_use_code_is_for_the_box_alone_and_changes_when_it_is_guessed_at(tmp_path: Path) -> None:
    shown: list[str] = []
    accounts = AccountFile(tmp_path)
    first = FirstUse(tmp_path, accounts, shown.append)
    assert first.is_open()
    file = tmp_path / "first-use-code"
    assert file.read_text() == shown[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    wrong = f"{(int(shown[0].replace('-', '')) + 1) % 10**8:08}"
    assert [first.is_right(wrong) for _ in range(4)] == [False] * 4
    assert first.is_right(shown[0].replace("-", " "))
    assert first.is_right("".join(chr(ord(sign) + 0xFEE0) for sign in shown[0])), "as a Chinese keyboard may type it"
    assert not first.is_right(wrong)
    assert len(shown) == 2
    assert not first.is_right(shown[0]), "another was drawn"
    assert first.is_right(shown[1])
    first.set_password(GOOD)
    assert not first.is_open()
    assert not first.is_right(shown[1])
    assert not file.exists()
    assert accounts.all()["technician"].role is Role.TECHNICIAN


async def test_the_audit_log_is_bounded_and_for_its_group(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, lambda: datetime(2026, 11, 10, tzinfo=UTC), most_bytes=400)
    for number in range(60):
        await log.add("10.0.0.1", Actor(name="王敏", role="teacher"), f"POST /{number}", 200, {"lesson": "r1-000001"})
    files = os.listdir(tmp_path)
    assert len(files) <= 10
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in files} == {0o640}
    newest = json.loads((tmp_path / "audit.1.jsonl").read_text().splitlines()[-1])
    assert newest == {
        "at": "2026-11-10T00:00:00+00:00",
        "address": "10.0.0.1",
        "name": "王敏",
        "role": "teacher",
        "act": newest["act"],
        "status": 200,
        "lesson": "r1-000001",
    }


async def test_a_disk_that_refuses_the_audit_log_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    log = AuditLog(tmp_path, lambda: datetime(2026, 11, 10, tzinfo=UTC))
    await log.add("10.0.0.1", Actor(role="teacher"), "POST /start", 200, {})


async def test_nothing_but_the_public_pages_until_a_password_is_set_with_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with web_site.running(tmp_path, passwords=False) as site:
        client = await site.client()
        assert (await client.get("/account")).status == 503
        assert (await client.get("/account", headers={"Accept": "text/html"})).headers["Location"] == "/first-use"
        assert (await client.get("/login")).headers["Location"] == "/first-use"
        page = await client.get("/first-use")
        assert page.status == 200
        code = capsys.readouterr().out.strip()[-9:]
        assert code not in page.text
        form = {"code": "0000-0000", "password": GOOD}
        assert (await client.post("/first-use", data=form)).status == 401
        assert (await client.post("/first-use", data={"code": code, "password": "short"})).status == 400
        answer = await client.post("/first-use", data={"code": code, "password": GOOD})
        assert (answer.status, answer.headers["Location"]) == (303, "/accounts")
        assert (await client.get("/accounts")).status == 200
        stranger = await site.client()
        assert (await stranger.post("/first-use", data={"code": code, "password": "of a stranger"})).status == 404
        assert await site.accounts.checked("technician", GOOD) is not None


async def test_the_technician_makes_accounts_and_removes_them(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.TECHNICIAN)
        for form in (
            {"name": "王敏", "role": "board", "password": GOOD},
            {"name": "", "role": "teacher", "password": GOOD},
            {"name": "王敏", "role": "teacher", "password": "short"},
            {"name": "technician", "role": "teacher", "password": GOOD},  # nobody would be left who makes accounts
        ):
            assert (await client.post("/accounts", data=form)).status == 400
        form = {"name": "王<b>敏", "role": "teacher", "password": GOOD}
        assert (await client.post("/accounts", data=form)).status == 303
        assert "王&lt;b&gt;敏" in (await client.get("/accounts")).text
        teacher = await site.client()
        assert (await teacher.post("/login", data={"name": "王<b>敏", "password": GOOD})).status == 303
        assert (await teacher.get("/account")).status == 200
        assert (await client.post("/accounts/remove", data={"name": "technician"})).status == 400
        assert (await client.post("/accounts/remove", data={"name": "王<b>敏"})).status == 303
        assert (await teacher.get("/account")).status == 401, "its session has ended"
        audit = [json.loads(line) for line in (site.config.web.state / "audit.jsonl").read_text().splitlines()]
        acts = [(entry["name"], entry["act"], entry.get("account")) for entry in audit if entry["status"] == 303]
        assert acts[1:] == [
            ("technician", "POST /accounts", "王<b>敏"),
            ("", "POST /login", "王<b>敏"),
            ("technician", "POST /accounts/remove", "王<b>敏"),
        ]


async def test_ones_own_password_is_changed_by_who_knows_it(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client(Role.OBSERVER)
        assert (await client.post("/account", data={"present": "wrong", "password": GOOD})).status == 403
        assert (await client.post("/account", data={"present": web_site.PASSWORD, "password": "x"})).status == 400
        answer = await client.post("/account", data={"present": web_site.PASSWORD, "password": GOOD})
        assert answer.status == 303
        assert (await client.get("/account")).status == 401
        assert await site.accounts.checked("observer", GOOD) is not None


async def test_a_login_leads_to_no_other_site(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        form = {"name": "teacher", "password": web_site.PASSWORD}
        for wanted, then in (
            ("/account", "/account"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
        ):
            answer = await client.post("/login", params={"next": wanted}, data=form)
            assert answer.headers["Location"] == then


async def test_the_language_is_the_rooms_until_the_reader_chooses_another(tmp_path: Path) -> None:
    async with web_site.running(tmp_path) as site:
        client = await site.client()
        assert '<html lang="en">' in (await client.get("/login")).text
        assert '<html lang="zh-CN">' in (await client.get("/login", params={"lang": "zh-CN"})).text
        assert "登录" in (await client.get("/login")).text
        assert '<html lang="zh-CN">' in (await client.get("/login", params={"lang": "xx"})).text


async def test_files_of_the_state_are_for_the_web_process_alone(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        async with web_site.running(tmp_path) as site:
            await site.client(Role.TEACHER)
            state = site.config.web.state
            assert stat.S_IMODE(state.stat().st_mode) == 0o700
            assert stat.S_IMODE((state / "tls").stat().st_mode) == 0o700
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.rglob("*") if path.is_file()}
            assert {name for name, mode in modes.items() if mode & 0o077} == {"audit.jsonl"}, modes
    finally:
        os.umask(old)
