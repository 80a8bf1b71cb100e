"""``check --store``: the store that the config names is tried out, and marked where that is asked for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from lying_store import LyingStore
from sample_lessons import make_lesson

from edge.cli.main import main
from pipelines.delivery.upload_plan import scan_lesson_folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")


def config(folder: Path, store: str) -> list[str]:
    file = folder / "config.toml"
    file.write_text(f'[room]\nschool = "s"\nroom = "r1"\n[paths]\nspool = "{folder}/spool"\n[store]\n{store}')
    return ["--config", str(file), "check", "--store"]


def test_a_folder_is_tried_and_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask = config(tmp_path, f'url = "file://{tmp_path}/store"\n')
    assert main(ask) == 1
    assert "the store's disk is not there" in capsys.readouterr().err
    (tmp_path / "store").mkdir()
    assert main(ask) == 0
    said = capsys.readouterr().out
    assert "it has no mark yet" in said
    assert "it lies on the lessons' own disk" in said
    assert list((tmp_path / "store").rglob("*")) == []
    assert main([*ask, "--mark"]) == 0
    mark = json.loads((tmp_path / "store/s/r1/store-mark.json").read_text())["id"]
    assert f"its mark: {mark}" in capsys.readouterr().out
    assert main([*ask, "--mark", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["store"]
    assert (told["mark"], told["makes_room"]) == (mark, False), "one that has a mark keeps it"


async def test_a_bucket_says_what_it_can_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with LyingStore(checks_sha256=False).listening() as server:
        access = server.access
        keys = f'access_key = "{access.access_key_id}"\nsecret_key = "{access.secret_access_key}"\n'
        ask = config(tmp_path, f'url = "s3://lessons"\nallow_http = true\nendpoint = "{access.endpoint}"\n{keys}')
        assert await asyncio.to_thread(main, ask) == 0
        assert "the server does not check SHA-256" in capsys.readouterr().out
        assert await asyncio.to_thread(main, [*ask, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)["store"]
        assert (told["checks_sha256"], told["is_hosted"], told["makes_room"], told["fault"]) == (False, False, True, "")
        server.refusals = [lambda *_: (404, "NoSuchBucket")]
        assert await asyncio.to_thread(main, [*ask, "--json"]) == 1
        report = json.loads(capsys.readouterr().out)
        assert (report["ok"], report["store"]["fault"]) == (False, "bucket")


async def test_a_copy_in_a_bucket_that_is_in_the_hosts_name_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with LyingStore(is_hosted_only=True).listening() as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        keys = 'access_key = "key"\nsecret_key = "secret"\nallow_http = true\nendpoint = "http://oss.example.com"\n'
        config(tmp_path, f'url = "s3://lessons"\n{keys}')
        await asyncio.to_thread(make_lesson, tmp_path / "spool/r1-aaaa-000001", 2)
        for path in await asyncio.to_thread(scan_lesson_folder, tmp_path / "spool/r1-aaaa-000001"):
            server.objects[f"s/r1/r1-aaaa-000001/{path}"] = (tmp_path / "spool/r1-aaaa-000001" / path).read_bytes()
        server.objects.pop("s/r1/r1-aaaa-000001/journal.jsonl")
        ask = ["--config", str(tmp_path / "config.toml"), "verify", "--quick", "--store", "r1-aaaa-000001"]
        assert await asyncio.to_thread(main, ask) == 1
        said = capsys.readouterr().out
        assert "the store has no journal.jsonl" in said
        assert said.count("the store has no") == 1
