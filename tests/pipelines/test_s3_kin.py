"""Kin of S3: how they are addressed, what they check, what they say when something is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lying_store import LyingStore

from pipelines.delivery.aws_signature import SigningKey, signed_headers
from pipelines.delivery.errors import (
    StoreBucketWrong,
    StoreClockWrong,
    StoreCorrupt,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreRefused,
    StoreUnreachable,
    StoreUnsupported,
)
from pipelines.delivery.s3_access import S3Access

KEY = "school/r204/r204-7f3a-000001/teacher/000001.m4s"
HERE = "school/r204"


@pytest.fixture
async def kin() -> AsyncIterator[LyingStore]:
    async with LyingStore().listening() as server:
        yield server


def test_a_signature_is_the_one_of_amazons_example() -> None:
    """Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)", example "PUT Object"."""
    key = SigningKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    headers = {
        "Date": "Fri, 24 May 2013 00:00:00 GMT",
        "Host": "examplebucket.s3.amazonaws.com",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
    }
    sha256 = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
    signed = signed_headers("PUT", "/test%24file.text", "", headers, sha256, key, 1369353600 * 10**9)
    signature = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    assert signed["Authorization"].endswith(f"Signature={signature}")


async def test_a_bucket_in_the_hosts_name_is_found_once_and_kept(
    kin: LyingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name leads here by way of a proxy, as no name server knows it."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{kin.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    kin.is_hosted_only = True
    access = S3Access("key", "secret", "http://oss-cn-hangzhou.example.com")
    store = kin.store(access)
    traits = await store.prepare("", HERE)
    kept = await store.put(KEY, b"x")
    assert await store.contains(KEY, kept)
    assert kin.objects == {KEY: b"x"}
    kin.requests.clear()
    again = kin.store(access)
    assert await again.prepare(traits, HERE) == traits
    assert kin.requests == [], "it is known already"
    assert await again.contains(KEY, kept)


async def test_what_a_server_does_not_check_is_read_back(kin: LyingStore) -> None:
    kin.checks_sha256 = False
    store = kin.store()
    await store.prepare("", HERE)
    assert kin.objects == {}, "nothing is left of the trial"
    await store.put(KEY, b"true")
    assert kin.requests[-1] == ("GET", KEY)
    kin.kept = lambda _key, body: body[:-1] + b"?"
    with pytest.raises(StoreCorrupt, match="differs"):
        await store.put(KEY, b"true")


async def test_what_a_server_checks_is_not_read_back(kin: LyingStore) -> None:
    store = kin.store()
    await store.prepare("", HERE)
    await store.put(KEY, b"true")
    assert kin.requests[-1] == ("PUT", KEY)


@pytest.mark.parametrize("etag", ["", '"another"'])
async def test_another_etag_is_settled_by_reading_back(kin: LyingStore, etag: str) -> None:
    store = kin.store()
    kept = await store.put(KEY, b"true")
    kin.tells_sha256, kin.head_etag = False, etag
    assert await store.contains(KEY, kept)
    kin.objects[KEY] = b"false"
    assert not await store.contains(KEY, kept)
    kin.objects[KEY] = b"tru?"
    assert not await store.contains(KEY, kept)


@pytest.mark.parametrize("condition", ["kept", "unknown", "ignored"])
async def test_a_file_is_created_also_where_the_condition_is_not_known(kin: LyingStore, condition: str) -> None:
    kin.condition = condition
    store = kin.store()
    assert await store.create(KEY, b"ours")
    assert not await store.create(KEY, b"theirs")
    assert kin.objects[KEY] == b"ours"


@pytest.mark.parametrize(
    ("status", "code", "kind", "is_about_object"),
    [
        (403, "AccessDenied", StoreRefused, True),
        (403, "", StoreRefused, True),
        (403, "SignatureDoesNotMatch", StoreRefused, False),
        (403, "RequestTimeTooSkewed", StoreClockWrong, False),
        (404, "NoSuchBucket", StoreBucketWrong, False),
        (301, "PermanentRedirect", StoreBucketWrong, False),
        (400, "AuthorizationHeaderMalformed", StoreBucketWrong, False),
        (400, "InvalidArgument", StoreUnsupported, True),
        (501, "NotImplemented", StoreUnsupported, True),
        (500, "InternalError", StoreFailed, True),
        (502, "", StoreFailed, True),
        (503, "SlowDown", StoreUnreachable, False),
        (507, "", StoreFull, False),
        (403, "QuotaExceeded", StoreFull, False),
    ],
)
async def test_an_error_is_said_as_what_it_is(
    kin: LyingStore, status: int, code: str, kind: type[StoreError], is_about_object: bool
) -> None:
    kin.refusals = [lambda method, _key: (status, code) if method == "PUT" else None]
    with pytest.raises(StoreError) as error:
        await kin.store().put(KEY, b"x")
    assert type(error.value) is kind
    assert error.value.is_about_object is is_about_object
    assert (kind is StoreUnreachable) or "network" not in str(error.value) or kind is StoreCorrupt


async def test_a_refusal_by_a_server_with_another_time_is_the_clocks(
    kin: LyingStore,
) -> None:
    kin.refusals = [lambda _method, _key: (403, "AccessDenied")]
    kin.clock_offset_s = 7200
    with pytest.raises(StoreClockWrong, match=r"7[12]\d\d s apart"):
        await kin.store().put(KEY, b"x")


MEASURED = """
import asyncio, resource, sys
from pathlib import Path
from pipelines.delivery.errors import StoreFailed
from pipelines.delivery.open_store import open_store
from pipelines.delivery.s3_access import S3Access

async def main():
    store = open_store("s3://lessons", S3Access("key", "secret", sys.argv[1]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await store.prepare('{"is_hosted": false, "checks_sha256": true}', "")
    await store.put("large", Path(sys.argv[2]))
    for key in ("endless-put", "endless-get"):
        try:
            await (store.put(key, b"x") if key == "endless-put" else store.read(key, 100))
        except StoreFailed:
            print("failed", end=" ")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

asyncio.run(main())
"""


async def test_a_large_file_and_an_endless_error_take_little_memory(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(200 << 20)
    received = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        left = int(length[1]) if (length := re.search(r"Content-Length: (\d+)", head)) else 0
        while left and (chunk := await reader.read(1 << 20)):
            left, received = left - len(chunk), received + len(chunk)
        with contextlib.suppress(OSError):
            if "endless" in head:
                writer.write(b"HTTP/1.1 500 No\r\n\r\n")
                while True:
                    writer.write(bytes(1 << 20))
                    await writer.drain()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MEASURED, endpoint, str(large)),
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )
        told, _ = await child.communicate()
    assert received == (200 << 20) + 1
    *words, grown_kb = told.split()
    assert words == [b"failed", b"failed"]
    assert int(grown_kb) < 40_000, f"{int(grown_kb) / 1000:.0f} MB more"
