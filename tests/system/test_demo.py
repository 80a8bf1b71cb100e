"""``make demo`` as somebody who has just cloned the repository sees it, only shorter."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from edge.cli.main import main
from edge.demo.ground_truth import disagreements
from edge.demo.room_setup import MARKER
from pipelines.journal.entries import Marker, Pause
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.receipt import receipt
from tests.waiting import until

pytestmark = pytest.mark.realtime

HOUSE = Path(__file__).parents[2]
SECONDS = 8


def demo(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "edge.cli.main", "demo"],
        cwd=HOUSE,
        env={**os.environ, "DEMO_DIR": str(folder), "DEMO_SECONDS": str(SECONDS), "CLASSROOM_EDGE_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in what runs in the background
    )


def left_running(folder: Path) -> list[str]:
    """The command lines of processes that were started with the demo's config."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if str(folder / "config.toml").encode() in line:
            found.append(line.decode())
    return found


@pytest.mark.alone
def test_the_demo_records_a_lesson_and_says_so(tmp_path: Path) -> None:
    playing = demo(tmp_path / "demo")
    told, _ = playing.communicate(timeout=100)
    assert playing.returncode == 0, told
    (folder,) = (tmp_path / "demo/spool").iterdir()
    assert "The recording lamp is lit" in told
    assert f"{folder.name}, 00:0" in told
    assert "same as here (SHA-256)" in told
    assert f"ffplay {folder}/main.m3u8" in told
    found = receipt.read_receipt(folder)
    assert found is not None
    assert found.is_good
    assert found.lesson_time_ns / 1e9 == pytest.approx(SECONDS, abs=0.5)
    entries = read_journal(folder).entries
    assert len([*filter_kinds(entries, Marker)]) == len([*filter_kinds(entries, Pause)]) == 1
    assert [one["kind"] for one in json.loads((folder / "polls.json").read_text())["polls"]] == [
        *("rollcall", "single", "rush", "multiple")
    ]
    assert "agree with the" in told
    assert re.search(r"https://localhost:\d+\n", told)
    assert_the_papers_can_be_wrong(folder, tmp_path / "demo")
    for role in ("teacher", "students"):
        truth = (tmp_path / f"demo/truth/{role}.jsonl").read_text().splitlines()
        assert json.loads(truth[0])["role"] == role
    assert not left_running(tmp_path / "demo")


def assert_the_papers_can_be_wrong(folder: Path, demo_folder: Path) -> None:
    """What was changed in each paper is found."""
    truth, roster = demo_folder / "truth/clickers.jsonl", demo_folder / "roster.json"
    assert disagreements(folder, truth, roster) == []
    polls = json.loads((folder / "polls.json").read_text())
    first = polls["polls"][2]["responses"][0]
    first["after_ns"], first["counts"] = first["after_ns"] + 10**9, False
    polls["polls"][1]["opened_ns"] += 10**9
    (folder / "polls.json").write_text(json.dumps(polls))
    for name in ("chapters.vtt", "xapi.jsonl", "students.csv"):
        (folder / name).write_text("\n".join((folder / name).read_text().split("\n")[:7]))
    found = "\n".join(disagreements(folder, truth, roster))
    for told in (
        *("polls.json: 3: 39 answers count", "the order of the rush", "polls.json: 2: it was asked at another"),
        *("students.csv: 1: other answers", "xapi.jsonl: 2: other answers", "chapters.vtt: 2: no chapter"),
    ):
        assert told in found


def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    playing, pages = demo(tmp_path / "demo"), ""
    try:
        assert playing.stdout is not None
        for line in playing.stdout:
            if line.strip().startswith("https://localhost:"):
                pages = line.strip()
            if "recording lamp is lit" in line:
                break
        assert left_running(tmp_path / "demo")
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with urllib.request.urlopen(pages, context=trusting) as answer:
            assert b'name="password"' in answer.read(), "it is the login page"
        playing.send_signal(signal.SIGINT)
        told, _ = playing.communicate(timeout=40)
    finally:
        playing.kill()
    assert playing.returncode == 130
    assert "Traceback" not in told
    assert not left_running(tmp_path / "demo")


def test_a_folder_that_no_demo_made_is_not_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    monkeypatch.setenv("DEMO_DIR", str(tmp_path))
    assert main(["demo"]) == 2
    assert MARKER in capsys.readouterr().err
    assert (tmp_path / "thesis.tex").exists()


@pytest.mark.parametrize("seconds", ["soon", "-1", "0", "nan", "1e9"])
def test_a_length_that_makes_no_sense(seconds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_SECONDS", seconds)
    assert main(["demo"]) == 2


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    first = demo(tmp_path / "demo")
    try:
        until((tmp_path / "demo/config.toml").exists, 20)
        second = demo(tmp_path / "demo")
        told, _ = second.communicate(timeout=20)
        assert (second.returncode, "a demo is running in" in told) == (2, True)
    finally:
        first.terminate()
        first.communicate(timeout=40)
    assert first.returncode == 130
