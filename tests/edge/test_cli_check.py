"""The real command on wrong configs: one clear report each, exit 2, no traceback."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest

from drivers import registry
from edge.cli.main import main
from edge.cli.subcommands import SUBCOMMANDS
from edge.ledger.schema import MIGRATIONS

HOUSE = Path(__file__).parents[2]
ROOM = '[room]\nschool = "s"\nroom = "r204"\nlanguage = "en"\n'
GOOD = (
    ROOM + '[cameras.teacher]\ndriver = "simulated"\nwidth = 1280\nheight = 720\n'
    '[panel]\ndriver = "simulated"\n[store]\nurl = "file:///srv/store"\n'
)

WRONG = {
    "no such file": (None, "no such file"),
    "syntax": (GOOD + "fps = = 25\n", "line 13, column 7"),
    "not UTF-8": ((GOOD + 'name = "一班"\n').encode("gbk"), "not UTF-8 at line 13, column 10"),
    "unknown key": (GOOD.replace("width", "widht"), "cameras.teacher.widht: found an unknown key"),
    "unknown section": (GOOD + "[recordings]\n", "recordings: found an unknown key"),
    "unknown role": (GOOD.replace("cameras.teacher", "cameras.teachers"), "Did you mean “teacher”?"),
    "unknown driver": (
        GOOD.replace('"simulated"\nwidth', '"simulate"\nwidth'),
        "allowed: one of v4l2, stream, simulated",
    ),
    "driver key": (GOOD.replace("width", "qualty = 80\nwidth"), "Did you mean “quality”?"),
    "wrong type": (GOOD.replace("1280", '"1280"'), 'found "1280"; allowed: an even number from 160 to 3840'),
    "out of range": (GOOD.replace("720", "5000"), "found 5000; allowed: an even number from 120 to 2160"),
    "missing": (GOOD.replace('room = "r204"\n', ""), "room.room: found nothing; allowed: lower-case letters"),
    "not a name for a folder": (GOOD.replace("r204", "R 204/2"), "lower-case letters, digits and hyphens"),
    "unknown store": (GOOD.replace("file:///srv", "ftp://srv"), "file:///folder or s3://bucket/prefix"),
    "no credentials": (GOOD.replace("file:///srv/store", "s3://lessons"), "store.secret_key: found"),
    "refused by the driver": (
        GOOD.replace("width", "quality = 0\nwidth"),
        "line 7, cameras.teacher.quality: found 0; allowed: what its driver says: quality must be from 1 to 100",
    ),
    "a folder": ("", "found a folder"),
}


def command(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge.cli.main", *arguments],
        cwd=HOUSE,
        env={"PATH": os.environ["PATH"], "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", WRONG)
def test_each_kind_of_wrong_config_is_reported_clearly(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content, told = WRONG[name]
    file = tmp_path / "config.toml"
    if name == "a folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    assert main(["check", "--config", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    title, *problems = err.splitlines()
    expected = 2 if name == "no credentials" else 1
    assert (title, len(problems)) == (f"{expected} problem(s) in the config ({file}):", expected)
    assert told in err


def test_a_wrong_config_through_the_console(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD.replace("width", "widht"), encoding="utf-8")
    driver_keys = [field.name for field in fields(registry.load_driver(registry.CAMERAS, "simulated").Options)]
    done = command("--config", file, "check")
    assert (done.returncode, done.stdout) == (2, "")
    keys = f"driver, width, height, fps, bitrate_kbps, latency_ms, {', '.join(driver_keys)}"
    assert done.stderr.splitlines() == [
        f"1 problem(s) in the config ({file}):",
        f"  line 7, cameras.teacher.widht: found an unknown key; allowed: {keys}. Did you mean “width”?",
    ]


def test_the_variable_names_the_file_and_the_option_beats_it(tmp_path: Path) -> None:
    good, wrong = tmp_path / "good.toml", tmp_path / "wrong.toml"
    good.write_text(GOOD, encoding="utf-8")
    wrong.write_text("", encoding="utf-8")
    assert command("check", CLASSROOM_EDGE_CONFIG=str(good)).returncode == 0
    assert command("check", CLASSROOM_EDGE_CONFIG=str(wrong)).returncode == 2
    assert command("--config", good, "check", CLASSROOM_EDGE_CONFIG=str(wrong)).returncode == 0


def test_a_good_config_is_called_good_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD, encoding="utf-8")
    done = command("--config", file, "check", "--show")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"good: {file}\n")
    assert "[cameras.teacher]\n" in done.stdout
    assert 'preset = "auto"\n' in done.stdout


def test_json_tells_a_program_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD.replace("width", "widht"), encoding="utf-8")
    assert main(["check", "--json", "--config", str(file)]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert [(one["path"], one["hint"]) for one in report["problems"]] == [("cameras.teacher.widht", "width")]
    file.write_text(GOOD, encoding="utf-8")
    assert main(["check", "--json", "--config", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "problems": [], "warnings": []}


@pytest.fixture
def with_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good config, in English; its ledger lies beside it as ledger.db."""
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    file = tmp_path / "config.toml"
    file.write_text(f'{GOOD}\n[paths]\nledger = "{tmp_path}/ledger.db"\n', encoding="utf-8")
    return file


def test_the_ledger_is_migrated_on_a_copy_and_stays_as_it_is(
    with_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = with_ledger.with_name("ledger.db")
    check = ["check", "--ledger", "--config", str(with_ledger)]
    assert main(check) == 0
    assert f"no ledger, a new one is made: {ledger} is not there" in capsys.readouterr().out
    with closing(sqlite3.connect(ledger)) as oldest:
        oldest.executescript(f"{MIGRATIONS[0]} INSERT INTO meta VALUES (1, 'abcd', 1); PRAGMA user_version = 1;")
    before = ledger.read_bytes()
    assert main([*check, "--json"]) == 0
    found = {"path": str(ledger), "version": 1, "newest": len(MIGRATIONS), "fault": ""}
    assert json.loads(capsys.readouterr().out)["ledger"] == found
    assert ledger.read_bytes() == before
    assert set(with_ledger.parent.iterdir()) == {with_ledger, ledger}


def test_a_ledger_of_a_newer_version_is_called_bad(with_ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = with_ledger.with_name("ledger.db")
    with closing(sqlite3.connect(ledger)) as other:
        other.executescript("PRAGMA user_version = 999")
    check = ["check", "--ledger", "--config", str(with_ledger)]
    assert main(check) == 1
    assert f"{ledger} was written by a newer version of this program" in capsys.readouterr().err
    assert main([*check, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_the_report_speaks_the_language_the_wrong_file_asks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLASSROOM_EDGE_LANG", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    file = tmp_path / "config.toml"
    file.write_text(GOOD.replace('"en"', '"zh-CN"').replace("1280", "1"), encoding="utf-8")
    assert main(["check", "--config", str(file)]) == 2
    assert "现为1；应为：160 到 3840 的偶数" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chek"], "“check”"),
        ([], "SUBCOMMAND"),
        (["check", "--sow"], "--sow"),
        (["--confg", "x", "check"], "--confg"),
    ],
)
def test_wrong_use_is_exit_2(arguments: list[str], told: str) -> None:
    done = command(*arguments, CLASSROOM_EDGE_LANG="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_help_lists_every_subcommand_without_importing_one(language: str) -> None:
    done = command("--help", CLASSROOM_EDGE_LANG=language)
    assert done.returncode == 0
    for name in SUBCOMMANDS:
        assert f"\n  {name} " in done.stdout
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "edge.cli.main", "--help"],
        cwd=HOUSE, capture_output=True, text=True, timeout=60, check=True,
    ).stderr  # fmt: skip
    assert "pydantic" not in imported
    assert "edge.cli.check" not in imported


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"classroom-edge {name}" in capsys.readouterr().out


def test_help_of_a_subcommand_has_examples_and_exit_codes() -> None:
    done = command("check", "--help", CLASSROOM_EDGE_LANG="en")
    assert done.returncode == 0
    for part in ("--config FILE", "--show", "--json", "Examples:", "Exit codes:"):
        assert part in done.stdout


def test_ctrl_c_ends_a_subcommand_quietly() -> None:
    waiting = (
        "import sys, time, types; from edge.cli import main\n"
        "def run(args): print('here', flush=True); time.sleep(60)\n"
        "main.subcommand = lambda name: types.SimpleNamespace(HELP='', add_arguments=lambda parser: None, run=run)\n"
        "sys.exit(main.main(['check']))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", waiting], cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "here\n"
    running.send_signal(2)
    assert running.communicate(timeout=60) == ("", "")
    assert running.returncode == 130
