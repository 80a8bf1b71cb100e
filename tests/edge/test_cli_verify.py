"""classroom-edge verify and join, as a technician types them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sample_lessons import luma_frozen_from, make_lesson

from edge.cli import main as command
from edge.cli import verify
from edge.i18n.receipt import MESSAGES
from edge.terminal.finding_text import finding_message
from edge.terminal.value_text import lesson_time_text
from pipelines.journal.entries import Cause
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import Finding, FindingCode, Severity, bad
from pipelines.receipt.receipt import Receipt

CONFIG = """
[room]
school = "hill"
room = "r1"
[paths]
spool = "spool"
[cameras.teacher]
driver = "simulated"
[store]
url = "file://{store}"
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config and a spool of one good and one frozen lesson."""
    folder = tmp_path_factory.mktemp("room")
    (folder / "store").mkdir()
    (folder / "config.toml").write_text(CONFIG.format(store=folder / "store"))
    make_lesson(folder / "spool/r1-aaaa-000001", 6)
    make_lesson(folder / "spool/r1-aaaa-000002", 10, videos={"teacher": luma_frozen_from(3)}, is_hidden=True)
    return folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    monkeypatch.setattr(os, "nice", lambda increment: increment)


def test_a_good_lesson_by_its_folder_needs_no_config(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = command.main(["--config", "/nowhere", "verify", str(room / "spool/r1-aaaa-000001")])
    out = capsys.readouterr().out
    assert code == 0
    assert "r1-aaaa-000001, 00:06" in out
    assert "the recording is good" in out


def test_a_lesson_that_leaves_the_box_meanwhile_is_not_called_bad(
    room: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, going = room / "spool/r1-aaaa-000001", room / "spool/.r1-aaaa-000001.going"

    def check_while_it_goes(lesson: Path) -> Receipt:
        lesson.rename(going)
        return check_lesson(lesson)

    monkeypatch.setattr(verify, "check_lesson", check_while_it_goes)
    code = command.main(["--config", str(room / "config.toml"), "verify", "--quick", "r1-aaaa-000001"])
    going.rename(folder)
    assert code == 2
    assert "no such lesson" in capsys.readouterr().err


def test_a_bad_lesson_by_its_id(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = command.main(["--config", str(room / "config.toml"), "verify", "r1-aaaa-000002"])
    out = capsys.readouterr().out
    assert code == 1
    assert "the picture stood still" in out
    assert "the recording is bad" in out


def test_what_only_the_pictures_show_is_not_seen_quickly(room: Path) -> None:
    assert command.main(["verify", "--quick", str(room / "spool/r1-aaaa-000002")]) == 0


def test_json_is_the_receipt(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["verify", "--json", str(room / "spool/r1-aaaa-000002")]) == 1
    receipt = json.loads(capsys.readouterr().out)
    assert (receipt["recording"], receipt["stored"], receipt["decoded"]) == ("bad", "pending", True)
    assert receipt["findings"][0]["code"] == "frozen"


@pytest.mark.parametrize("name", ["r1-aaaa-000099", "./nowhere"])
def test_a_lesson_that_is_not_there_is_wrong_use(room: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--config", str(room / "config.toml"), "verify", name]) == 2
    assert "no such" in capsys.readouterr().err


def test_the_store_has_it_byte_for_byte_or_not(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--config", str(room / "config.toml"), "verify", "--store", "r1-aaaa-000001"]
    copy = shutil.copytree(room / "spool/r1-aaaa-000001", room / "store/hill/r1/r1-aaaa-000001")
    assert command.main(asked) == 0
    assert "the store's copy is the same" in capsys.readouterr().out
    (copy / "teacher/000001.m4s").unlink()
    (copy / "main.m3u8").write_text("other")
    assert command.main(asked) == 1
    out = capsys.readouterr().out
    assert "the store has no teacher/000001.m4s" in out
    assert "the store's main.m3u8 is not the one here" in out


def test_it_gives_way_to_the_recorder(room: Path) -> None:
    """In a process of its own: a nicer process cannot go back."""
    script = "import os, sys; from edge.cli.main import main; main(sys.argv[1:]); sys.exit(os.nice(0))"
    done = subprocess.run(
        [sys.executable, "-c", script, "verify", str(room / "spool/r1-aaaa-000001")],
        capture_output=True,
        check=False,
    )
    assert done.returncode == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)


def test_join_writes_the_file_and_does_not_overwrite_it(
    room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lesson.mp4"
    asked = ["join", str(room / "spool/r1-aaaa-000001"), str(out)]
    assert command.main(asked) == 0
    assert "MB" in capsys.readouterr().out
    written = out.stat().st_mtime_ns
    assert command.main(asked) == 2
    assert "--force" in capsys.readouterr().err
    assert out.stat().st_mtime_ns == written
    assert command.main([*asked, "--force"]) == 0


def test_join_says_what_it_cannot_read(room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = shutil.copytree(room / "spool/r1-aaaa-000001", tmp_path / "broken")
    (broken / "sound/000001.m4s").unlink()
    assert command.main(["join", str(broken), str(tmp_path / "lesson.mp4")]) == 1
    assert "000001.m4s" in capsys.readouterr().err


# What the checks put into ``values``; the sentences may use no more.
VALUES: dict[str, str | float] = {
    "file": "teacher/000001.m4s",
    "reason": "r",
    "offset": 0,
    "length": 9,
    "lines": 1,
    "seconds": 2.5,
    "lesson_s": 3.5,
    "count": 4,
    "what": "pictures",
    "cause": "power",
    "other": "x",
    "loudest_dbfs": -75.0,
    "offset_ms": 70.0,
    "preset": "ultrafast",
    "percent": 50,
    "fps": 4.8,
    "promised_fps": 30.0,
    "channel": 2,
}


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_has_its_sentence_in_both_languages(code: FindingCode) -> None:
    saying = finding_message(Finding(code=code, severity=Severity.NOTE, values=VALUES))
    assert saying.text("en") != saying.text("zh-CN")


def test_every_cause_has_its_words() -> None:
    assert {f"cause-{cause}" for cause in Cause} <= MESSAGES.keys()


def test_words_nobody_knows_are_said_as_they_are() -> None:
    finding = bad(FindingCode.DROPPED, "teacher", count=3, what="hats", cause="power")
    assert finding_message(finding).text("en") == "3 hats were dropped: power was lost"


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (244.97, "04:05"), (3845, "1:04:05")])
def test_lesson_time_as_people_read_it(seconds: float, text: str) -> None:
    assert lesson_time_text(round(seconds * 1e9)) == text
