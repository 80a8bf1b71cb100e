"""Network and store: a trial upload that leaves nothing behind, wrong credentials, the broker, the LRS, the routes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from lying_store import LyingStore
from step_rooms import config_of, context_of, verdicts
from test_board_topic import PASSWORD, USER, Broker
from waiting import until

from edge.calibration.probes import name_lookup
from edge.calibration.probes.routes import DefaultRoute, default_route
from edge.calibration.probes.upload_rate import UploadedFile, UploadTrial
from edge.calibration.results import StepResult, Verdict
from edge.calibration.steps import network
from edge.calibration.verdicts.network import judge_lookups, judge_lrs, judge_route, judge_upload, sustained_rate
from edge.reporting.lrs_sender import VERSION_HEADER

ROOM = '[room]\nschool = "hill"\nroom = "r1"\n'
CAMERA = '[cameras.teacher]\ndriver = "simulated"\nbitrate_kbps = 4000\n'
SECRET = "a-secret-of-the-store"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_CHECK_UPLOAD_S", 0.3)


async def check(folder: Path, more: str) -> StepResult:
    paths = f'[paths]\nspool = "{folder}"\n'
    context = context_of(config_of(folder, ROOM + paths + CAMERA + more), folder, is_check=True)
    return await asyncio.to_thread(network.STEP.run, context)


def bucket(server: LyingStore) -> str:
    access = server.access
    keys = f'access_key = "{access.access_key_id}"\nsecret_key = "{SECRET}"\n'
    return f'[store]\nurl = "s3://lessons"\nallow_http = true\nendpoint = "{access.endpoint}"\n{keys}'


async def test_an_upload_is_measured_and_nothing_of_it_stays(tmp_path: Path) -> None:
    async with LyingStore().listening() as server:
        server.objects["hill/r1/a-lesson"] = b"kept"
        result = await check(tmp_path, bucket(server))
    seen = verdicts(result)
    assert (seen["store"], seen["store-checks"], seen["store-mark"]) == (Verdict.GOOD, Verdict.GOOD, Verdict.ACCEPTABLE)
    assert seen["store-rate"] is Verdict.GOOD, "loopback takes more than a camera makes"
    rate = next(one for one in result.findings if one.name == "store-rate")
    assert rate.value is not None
    assert rate.half_width is not None
    assert 5 < rate.value < 100_000
    (curve,) = result.curves
    assert len(curve.x) == len(curve.y) >= 3
    assert server.objects == {"hill/r1/a-lesson": b"kept"}
    touched = {key for _, key in server.requests if "probe-" not in key and "store-mark" not in key}
    assert all("hill/r1/calibration/upload-" in key for key in touched), touched
    assert SECRET not in result.model_dump_json()


async def test_a_key_that_is_refused_is_named_and_one_that_may_not_delete_is_told(tmp_path: Path) -> None:
    async with LyingStore().listening() as server:
        server.refusals = [lambda *_: (403, "InvalidAccessKeyId")]
        refused = await check(tmp_path, bucket(server))
        assert verdicts(refused)["store"] is Verdict.BAD
        store = next(one for one in refused.findings if one.name == "store")
        assert store.advice is not None
        assert store.advice.code == "store-credentials"
        assert SECRET not in refused.model_dump_json()
        server.refusals = [lambda method, _key: (403, "AccessDenied") if method == "DELETE" else None]
        kept = verdicts(await check(tmp_path, bucket(server)))
    assert (kept["store"], kept["store-delete"]) == (Verdict.GOOD, Verdict.ACCEPTABLE)


async def test_a_room_without_a_store_is_unmeasured_and_a_missing_folder_is_bad(tmp_path: Path) -> None:
    assert verdicts(await check(tmp_path, ""))["store"] is Verdict.UNMEASURED
    assert verdicts(await check(tmp_path, f'[store]\nurl = "file://{tmp_path}/away"\n'))["store"] is Verdict.BAD


async def test_the_broker_is_really_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(broker.certificate))
    board = f'[board]\nmqtt_url = "mqtts://localhost:{broker.port}"\nmqtt_user = "{USER}"\nmqtt_password = "{{}}"\n'
    with broker.running():
        assert verdicts(await check(tmp_path, board.format(PASSWORD)))["broker"] is Verdict.GOOD
        assert verdicts(await check(tmp_path, board.format("wrong")))["broker"] is Verdict.BAD
    assert verdicts(await check(tmp_path, board.format(PASSWORD)))["broker"] is Verdict.BAD


@asynccontextmanager
async def learning_record_store(status: int, headers: dict[str, str], bodies: list[bytes]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.json_response([], status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/xapi/statements", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f'[lrs]\nurl = "http://127.0.0.1:{runner.addresses[0][1]}/xapi"\nallow_http = true\n'
    finally:
        await runner.cleanup()


async def test_an_lrs_is_sent_no_statement_and_its_answer_is_judged(tmp_path: Path) -> None:
    bodies: list[bytes] = []
    async with learning_record_store(200, {VERSION_HEADER: "1.0.3"}, bodies) as lrs:
        assert verdicts(await check(tmp_path, lrs))["lrs"] is Verdict.GOOD
    assert bodies == [b"[]"]
    async with learning_record_store(401, {VERSION_HEADER: "1.0.3"}, bodies) as lrs:
        assert verdicts(await check(tmp_path, lrs))["lrs"] is Verdict.BAD
    assert verdicts(await check(tmp_path, lrs))["lrs"] is Verdict.BAD


@pytest.mark.parametrize(
    ("status", "is_lrs", "code"),
    [
        (400, True, None),
        (204, True, None),
        (200, False, "lrs-is-none"),
        (404, True, "lrs-is-none"),
        (403, True, "lrs-refuses"),
        (503, True, "lrs-fails"),
    ],
)
def test_what_an_answer_says_of_an_lrs(status: int, is_lrs: bool, code: str | None) -> None:
    found = judge_lrs("https://lrs", status, is_lrs=is_lrs, reason="")
    assert (found.advice.code if found.advice else None) == code


def test_a_rate_is_judged_against_what_a_lesson_makes() -> None:
    lesson_bps = 4e6
    expected = {8.0: Verdict.GOOD, 2.0: Verdict.ACCEPTABLE, 1.0: Verdict.BAD}
    for mbps, verdict in expected.items():
        files = tuple(UploadedFile(at, mbps * 1e6 * (1 + wobble)) for at, wobble in ((0, -0.1), (1, 0.0), (2, 0.1)))
        (found,) = judge_upload(UploadTrial(files, is_deleted=True), lesson_bps)
        assert (found.value, found.verdict) == (pytest.approx(mbps), verdict)
    rate = sustained_rate(files)
    assert rate is not None
    print(f"half width {rate.half_width:.0f} bit/s; Student's t of 2 degrees: 4.303 · 0.1e6 / √3 = 248413")
    assert rate.half_width == pytest.approx(248_413, rel=1e-4)
    slow, slower = judge_upload(UploadTrial((), is_deleted=True, fault="unreachable"), lesson_bps), files[:2]
    assert [one.verdict for one in slow] == [Verdict.BAD]
    assert [one.verdict for one in judge_upload(UploadTrial(slower, is_deleted=True), lesson_bps)] == [Verdict.BAD]


def test_the_default_route_of_lowest_metric_is_found_in_the_kernels_tables(tmp_path: Path) -> None:
    head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    (tmp_path / "route").write_text(
        f"{head}wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
        "eth0\t00000000\tFE01000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
        "eth0\t0000000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
    )
    (tmp_path / "eth0").mkdir()
    (tmp_path / "eth0/speed").write_text("10\n")
    (tmp_path / "eth0/duplex").write_text("half\n")
    found = default_route(tmp_path, tmp_path)
    assert found is not None
    assert (found.interface, found.gateway, found.speed_mbps, found.is_half_duplex) == ("eth0", "10.0.1.254", 10, True)
    seen = verdicts(StepResult(step="network", findings=judge_route(found)))
    assert (seen["network-link"], seen["network-duplex"]) == (Verdict.ACCEPTABLE, Verdict.BAD)
    (tmp_path / "route").write_text(head)
    zero = "0" * 32
    hop = "fe800000000000000000000000000001"
    (tmp_path / "ipv6_route").write_text(f"{zero} 00 {zero} 00 {hop} 00000400 00000001 00000000 00000003 eth0\n")
    by_ipv6 = default_route(tmp_path, tmp_path)
    assert by_ipv6 is not None
    assert (by_ipv6.interface, by_ipv6.gateway) == ("eth0", "fe80::1")
    (tmp_path / "ipv6_route").unlink()
    assert default_route(tmp_path, tmp_path) is None
    assert [one.verdict for one in judge_route(None)] == [Verdict.BAD]
    no_address = verdicts(StepResult(step="network", findings=judge_route(DefaultRoute("eth0", "10.0.1.254"))))
    assert no_address["network-address"] is Verdict.BAD


def test_a_name_that_is_not_found_and_one_that_nobody_answers_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = threading.Event()

    def look_up(host: str, _port: None) -> list[object]:
        if host == "nowhere":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if host == "silent":
            silent.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(name_lookup, "LONGEST_S", 0.3)
    found = name_lookup.lookup_times_ms(["here", "nowhere", "silent"])
    silent.set()
    until(lambda: not any(thread.name == "look-up-silent" for thread in threading.enumerate()))
    assert found["here"] is not None
    assert found["nowhere"] is found["silent"] is None
    seen = verdicts(StepResult(step="network", findings=judge_lookups(found)))
    assert (seen["name-lookup@here"], seen["name-lookup@silent"]) == (Verdict.GOOD, Verdict.BAD)
