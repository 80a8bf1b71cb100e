"""One contract for every store, then what each answers when it cannot keep a file."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from seaweed import BUCKET, Seaweed

from pipelines.delivery import s3_store
from pipelines.delivery.create_once import create_once
from pipelines.delivery.errors import (
    InvalidStoreUrl,
    StoreCorrupt,
    StoreFull,
    StoreNotThere,
    StoreRefused,
    StoreUnreachable,
)
from pipelines.delivery.folder_store import FolderStore
from pipelines.delivery.interfaces import Store, StoredFile
from pipelines.delivery.open_store import open_store
from pipelines.delivery.s3_access import S3Access
from pipelines.delivery.s3_store import BucketStore

KEY = "school/r204/r204-7f3a-000001/teacher/000001.m4s"


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "s3":
        server: Seaweed = request.getfixturevalue("seaweed")
        return server.store()
    (tmp_path / "a store").mkdir()
    return open_store((tmp_path / "a store").as_uri())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_a_file_is_kept_and_described(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(data := os.urandom(3_000_000))
    kept = await store.put(KEY, source)
    assert (kept.sha256, kept.size) == (sha256(data), len(data))
    assert await store.read_back(KEY) == kept
    assert await store.contains(KEY, kept)


async def test_a_later_put_takes_the_place_of_the_earlier(store: Store) -> None:
    first = await store.put(KEY, b"first!")
    second = await store.put(KEY, b"second")
    assert not await store.contains(KEY, first)
    assert await store.contains(KEY, second)


async def test_a_file_that_is_created_once_takes_nobodys_place(store: Store) -> None:
    first = await create_once(store, "school/r204/calibration", "0001", ".json", b"first")
    assert await create_once(store, "school/r204/calibration", "0001", ".json", b"first") == first
    other = await create_once(store, "school/r204/calibration", "0001", ".json", b"other")
    assert first == "school/r204/calibration/0001.json"
    assert other == f"school/r204/calibration/0001~{sha256(b'other')[:8]}.json"
    assert [await store.read(key, 99) for key in (first, other)] == [b"first", b"other"]


async def test_a_file_is_replaced_only_as_it_was_read(store: Store) -> None:
    key = f"school/r204/lessons/{os.urandom(4).hex()}.json"
    assert await store.read_version(key, 10) is None
    assert not await store.replace(key, b"nothing to replace", '"some version"')
    assert await store.replace(key, b"one", "")
    assert not await store.replace(key, b"another one", "")
    first = await store.read_version(key, 10)
    assert first is not None
    assert first.data == b"one"
    assert await store.replace(key, b"two", first.version)
    assert not await store.replace(key, b"three", first.version)
    assert await store.read(key, 10) == b"two"
    with pytest.raises(StoreCorrupt):
        await store.read_version(key, 2)


async def test_of_several_who_replace_a_file_one_does(store: Store) -> None:
    key = f"school/r204/lessons/{os.urandom(4).hex()}.json"
    await store.replace(key, b"first", "")
    read = await store.read_version(key, 10)
    assert read is not None
    done = await asyncio.gather(*(store.replace(key, str(who).encode(), read.version) for who in range(5)))
    assert sum(done) == 1
    assert await store.read(key, 10) == str(done.index(True)).encode()


async def test_folders_are_listed_and_nothing_below_them(store: Store) -> None:
    room = f"school/{os.urandom(4).hex()}"
    assert await store.folders(room) == []
    for key in ("b~1/claim", "a/lesson.json", "a/teacher/000001.m4s", "store-mark.json"):
        await store.put(f"{room}/{key}", b"x")
    assert await store.folders(room) == ["a", "b~1"]
    assert await store.folders(room[:-1]) == []


async def test_more_folders_than_the_server_lists_at_once(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_store, "_LISTED_AT_ONCE", 3)
    store, room = seaweed.store(), f"school/{os.urandom(4).hex()}"
    names = [f"{number:04}" for number in range(10)]
    for name in names:
        await store.put(f"{room}/{name}/claim", b"x")
    assert await store.folders(room) == names


async def test_a_browser_is_told_what_it_gets(seaweed: Seaweed) -> None:
    kinds = {"lesson/main.m3u8": "application/vnd.apple.mpegurl", "lesson/teacher/000001.m4s": "video/mp4"}
    kinds |= {"index.html": "text/html; charset=utf-8", "lesson/chapters.vtt": "text/vtt; charset=utf-8"}
    store = seaweed.store()
    assert isinstance(store, BucketStore)
    for name, kind in kinds.items():
        await store.put(f"school/types/{name}", b"x")
        async with store._client.request("GET", f"school/types/{name}") as response:
            assert response.headers["Content-Type"] == kind
            kept = response.headers["Cache-Control"]
            assert ("max-age" in kept) == name.endswith(".m4s")


async def test_an_empty_file_is_a_file(store: Store) -> None:
    kept = await store.put(KEY, b"")
    assert kept.size == 0
    assert await store.contains(KEY, kept)
    assert await store.read_back(KEY) == kept


async def test_names_in_any_language_and_with_signs(store: Store) -> None:
    key = "第一小学/三（2）班/a b%20c+d#e/journal.jsonl"
    kept = await store.put(key, b"x")
    assert await store.read_back(key) == kept


async def test_what_is_not_there_is_not_found_and_can_be_deleted(store: Store) -> None:
    await store.delete("nothing/here")
    assert await store.read_back("nothing/here") is None
    kept = await store.put(KEY, b"x")
    assert not await store.contains("nothing/here", StoredFile(sha256(b""), 0, "tag"))
    await store.delete(KEY)
    assert not await store.contains(KEY, kept)


async def test_a_folder_on_a_disk_that_was_pulled_out_says_nothing_of_its_files(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "disk")
    with pytest.raises(StoreNotThere, match="is its disk there"):
        await store.put(KEY, b"x")
    assert not store.root.exists(), "its disk is missing, and this one is another"
    store.root.mkdir()
    kept = await store.put(KEY, b"x")
    store.root.rename(tmp_path / "pulled out")
    with pytest.raises(StoreNotThere, match="is its disk there"):
        await store.contains(KEY, kept)


async def test_of_several_who_create_a_file_one_does(store: Store) -> None:
    key = "school/r204/r204-7f3a-000009/claim"
    created = await asyncio.gather(*(store.create(key, f"{number}".encode()) for number in range(8)))
    assert created.count(True) == 1
    assert await store.read(key, 100) == f"{created.index(True)}".encode()
    assert not await store.create(key, b"later")
    await store.delete(key)
    assert await store.read(key, 100) is None
    assert await store.create(key, b"again")
    await store.delete(key)


def test_nobodys_file_is_taken_for_what_a_power_cut_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another creator comes between the look at the name and what is done about it."""
    key = "a/claim"
    (tmp_path / "a").mkdir()
    (tmp_path / key).write_bytes(bytes(4))
    read, created = FolderStore._read, []
    other = threading.Thread(target=lambda: created.append(FolderStore(tmp_path)._create(key, b"theirs")))

    def look(this: FolderStore, key: str, at_most: int) -> bytes | None:
        found = read(this, key, at_most)
        if other.ident is None:
            other.start()
            other.join(0.3)
        return found

    monkeypatch.setattr(FolderStore, "_read", look)
    created.append(FolderStore(tmp_path)._create(key, b"ours"))
    other.join()
    assert sorted(created) == [False, True]


async def test_a_file_is_created_on_a_disk_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    store = FolderStore(tmp_path)
    assert await store.create("a/claim", b"ours")
    assert not await store.create("a/claim", b"theirs")
    (tmp_path / "a/claim").write_bytes(bytes(4))
    assert await store.read("a/claim", 100) is None, "a power cut left the name alone"
    assert await store.create("a/claim", b"theirs")
    assert os.listdir(tmp_path / "a") == ["claim"]


async def test_a_source_that_is_gone_is_not_the_stores_fault(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await store.put(KEY, tmp_path / "gone")


async def test_a_source_that_fails_is_not_the_stores_fault_either(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output error"):
        await FolderStore(tmp_path).put(KEY, Path("/proc/self/mem"))


async def test_copies_in_a_folder_are_for_owner_and_group(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    before = os.umask(0)
    try:
        await open_store((tmp_path / "store").as_uri()).put(KEY, b"children")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "store").rglob("*") if path.is_dir()}
    assert modes == {0o750}
    assert (tmp_path / "store" / KEY).stat().st_mode & 0o777 == 0o640


async def test_a_flipped_bit_in_the_folder_is_seen(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    kept = await store.put(KEY, b"abc")
    (tmp_path / KEY).write_bytes(b"abd")
    assert not await store.contains(KEY, kept)


async def test_a_folder_that_cannot_be_one_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreNotThere, match="is its disk there"):
        await open_store((tmp_path / "file" / "store").as_uri()).put(KEY, b"x")


async def test_an_unmarked_folder_on_the_systems_disk_is_a_mount_point_where_the_lessons_lie_on_another(
    tmp_path: Path,
) -> None:
    if os.stat(tmp_path).st_dev != os.stat("/").st_dev:
        pytest.skip("temporary files are not on the system's disk here")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        assert not await FolderStore(tmp_path).may_be_marked(Path(other), is_first=True)
        assert await FolderStore(Path(other)).may_be_marked(tmp_path, is_first=False)
    assert await FolderStore(tmp_path).may_be_marked(tmp_path, is_first=True), "beside the lessons a person wants it"
    assert not await FolderStore(tmp_path).may_be_marked(tmp_path, is_first=False)


async def test_a_folder_one_may_not_write_into_refuses() -> None:
    with pytest.raises(StoreRefused, match="/sys/kernel/school"):
        await open_store("file:///sys/kernel").put(KEY, b"x")


async def test_a_folder_without_room_is_full_and_keeps_the_older_file(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    kept = await store.put(KEY, b"older")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(StoreFull, match="no room left"):
            await store.put(KEY, bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert await store.contains(KEY, kept)


@pytest.mark.parametrize("key", [("edgeadmin", "wrong"), ("nobody", "edgeadminsecret"), ("reader", "readersecret")])
async def test_wrong_secret_unknown_key_and_missing_right_are_refused(seaweed: Seaweed, key: tuple[str, str]) -> None:
    with pytest.raises(StoreRefused, match="check access key") as refusal:
        await seaweed.store(seaweed.access(*key)).put(KEY, b"x")
    assert key[1] not in str(refusal.value)


async def test_a_refused_look_says_why(seaweed: Seaweed) -> None:
    with pytest.raises(StoreRefused, match="SignatureDoesNotMatch"):
        await seaweed.store(seaweed.access("edgeadmin", "wrong")).contains(KEY, StoredFile("", 0, "tag"))


async def test_nobody_listening_is_unreachable() -> None:
    with pytest.raises(StoreUnreachable, match="check the network"):
        await open_store("s3://lessons", S3Access("key", "secret", "http://127.0.0.1:9")).put(KEY, b"x")


async def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        store = open_store("s3://lessons", S3Access("key", "secret", endpoint), timeout_s=0.2)
        with pytest.raises(StoreUnreachable, match="did not answer"):
            await store.put(KEY, b"x")


STORING = """
import asyncio, sys
from pipelines.delivery.interfaces import StoredFile
from pipelines.delivery.errors import StoreError
from pipelines.delivery.open_store import open_store
from pipelines.delivery.s3_access import S3Access

async def main():
    store = open_store(sys.argv[1], S3Access(*sys.argv[2:]))
    for attempt in (store.put("a/b", b"x"), store.read_back("a/b"), store.contains("a/b", StoredFile("", 0, "tag"))):
        try:
            await attempt
            print("accepted")
        except StoreError as error:
            print(error.code)

asyncio.run(main())
"""


def words_at(time: str, access: S3Access, **environment: str) -> list[str]:
    """What three requests come to on a box that takes this for the time."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.skip("needs libfaketime: apt install libfaketime")
    faked = {"LD_PRELOAD": str(library), "FAKETIME": time, "DONT_FAKE_MONOTONIC": "1"}
    outcome = subprocess.run(
        [
            *(sys.executable, "-c", STORING, f"s3://{BUCKET}"),
            *(access.access_key_id, access.secret_access_key, access.endpoint or ""),
        ],
        env={**os.environ, **faked, **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return outcome.stdout.split()


def test_a_wrong_clock_is_told_from_wrong_credentials(seaweed: Seaweed) -> None:
    assert words_at("-2h", seaweed.admin) == ["clock"] * 3


def test_a_box_in_1970_does_not_take_the_stores_certificate_for_a_bad_network(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made_for = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", str(key), "-out", str(certificate), "-days", "30", *made_for),
        ],
        capture_output=True,
        check=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True):
                        pass

        server = threading.Thread(target=refuse, daemon=True)
        server.start()
        access = S3Access("key", "secret", f"https://localhost:{listener.getsockname()[1]}")
        assert words_at("@1970-01-02 00:00:00", access, SSL_CERT_FILE=str(certificate)) == ["clock"] * 3
        listener.shutdown(socket.SHUT_RDWR)
        server.join(5)


@pytest.mark.parametrize("url", ["", "lessons", "ftp://a/b", "file://", "file://elsewhere/lessons", "s3://"])
def test_a_wrong_address_is_told_at_once(url: str) -> None:
    with pytest.raises(InvalidStoreUrl):
        open_store(url, S3Access("key", "secret"))


def test_a_bucket_without_a_key_is_told_at_once() -> None:
    with pytest.raises(InvalidStoreUrl, match="needs an access key"):
        open_store("s3://lessons")


def test_a_secret_is_never_printed() -> None:
    assert "hush" not in repr(S3Access("key", "hush"))
