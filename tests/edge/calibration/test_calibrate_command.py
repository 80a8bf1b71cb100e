"""classroom-edge calibrate: wrong use, lists, undoing, the check's exit codes, and the user that it runs as."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from walking_room import CONFIG, WalkingRoom, failing, good

from edge.calibration import step_table
from edge.calibration.finding_makers import advice, fact
from edge.calibration.interruptions import LoanUnavailable, TakenBack
from edge.calibration.results import StepResult, Verdict
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.cli import calibrate_check, calibrate_walk, service_user
from edge.cli.main import main
from edge.service import exit_codes

SYSTEM_PYTHON = "/usr/bin/python3"
HOUSE = Path(__file__).parents[3]
PATHS = '[paths]\nspool = "spool"\nledger = "ledger.db"\nrun = "run"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    (tmp_path / "config.toml").write_text(CONFIG + PATHS, encoding="utf-8")
    return tmp_path


def calibrate(folder: Path, *words: str) -> int:
    return main(["--config", str(folder / "config.toml"), "calibrate", *words])


def use_steps(monkeypatch: pytest.MonkeyPatch, *steps: Step) -> None:
    table = {step.name: step for step in steps}
    for module in (step_table, calibrate_walk, calibrate_check):
        monkeypatch.setattr(module, "STEP_TABLE", table)
    for module in (calibrate_walk, calibrate_check):
        monkeypatch.setattr(module, "load_step", table.__getitem__)


def bad(_context: StepContext) -> StepResult:
    return StepResult(step="sync", findings=[fact("x", "", Verdict.BAD, advice("step-skipped", step="sync"))])


def test_a_step_that_is_none_is_told_with_the_likely_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate(folder, "snyc") == exit_codes.WRONG
    assert "sync" in capsys.readouterr().err.splitlines()[-1]


def test_the_list_has_every_step_and_its_last_verdict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    WalkingRoom(folder).calibration.add(good("sync")(None))  # type: ignore[arg-type]
    (folder / "config.toml").write_text(CONFIG + PATHS, encoding="utf-8")
    assert calibrate(folder, "--list", "--json") == exit_codes.GOOD
    listed = json.loads(capsys.readouterr().out)
    assert {one["step"]: one["verdict"] for one in listed["steps"]} == {
        name: "good" if name == "sync" else None for name in step_table.STEP_TABLE
    }
    assert calibrate(folder, "--list") == exit_codes.GOOD
    assert "✓ good" in capsys.readouterr().out


def test_settings_are_undone_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_steps(monkeypatch, Step("sync", good("sync", latency_ms=41), "nothing", in_check=False))
    monkeypatch.setattr(calibrate_walk, "report_lines", lambda *_: [])  # it takes seconds, and is tested elsewhere
    (folder / "answers.toml").write_text("")
    (folder / "room.toml").write_text("[cameras.teacher]\nlatency_ms = 7\n")
    assert calibrate(folder, "--answers", str(folder / "answers.toml")) == exit_codes.GOOD
    assert "latency_ms = 41" in (folder / "room.toml").read_text()
    assert calibrate(folder, "--undo", "sync") == exit_codes.GOOD
    assert "latency_ms = 7" in (folder / "room.toml").read_text()


@pytest.mark.parametrize(
    ("run", "code", "said"),
    [
        (good("sync"), exit_codes.GOOD, ""),
        (bad, exit_codes.BAD, ""),
        (failing(DeviceUnavailable("teacher", "unplugged")), exit_codes.BAD, ""),
        (failing(LoanUnavailable("lesson-due")), exit_codes.GOOD, "lesson-due"),
        (failing(TakenBack("lesson")), exit_codes.GOOD, "lesson"),
        (failing(TakenBack("no-controller")), exit_codes.UNREACHED, "no-controller"),
    ],
)
def test_a_check_changes_nothing_and_its_exit_code_says_how_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run: object, code: int, said: str
) -> None:
    use_steps(
        monkeypatch,
        Step("panel", bad, "nothing", in_check=False),
        Step("sync", run, "nothing", in_check=True),  # type: ignore[arg-type]
    )
    before = sorted(path.name for path in folder.iterdir())
    assert calibrate(folder, "--check", "--json") == code
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["skipped"]) == (code != exit_codes.BAD, said)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*before, "calibration"])
    assert list((folder / "calibration").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [(TakenBack("lesson"), exit_codes.UNREACHED), (ValueError("a bug"), exit_codes.BAD)],
)
def test_what_ends_a_walk_is_a_sentence_and_an_exit_code(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
) -> None:
    use_steps(monkeypatch, Step("sync", failing(error), "nothing", in_check=False))
    (folder / "answers.toml").write_text("")
    assert calibrate(folder, "--answers", str(folder / "answers.toml")) == code
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    trace = folder / "calibration/0001/program-error.txt"
    assert trace.exists() == isinstance(error, ValueError)


def test_the_command_line_needs_none_of_the_calibrations_packages() -> None:
    script = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(['scipy', 'tomli_w', 'rich_pixels', 'matplotlib', 'weasyprint', 'PIL']))\n"
        "from edge.cli.main import main\n"
        "sys.exit(main(['calibrate', '--help']))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.skipif(os.geteuid() != 0 or not os.path.exists(SYSTEM_PYTHON), reason="only root can become another user")
def test_started_by_root_it_runs_as_the_user_who_owns_the_state() -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as state:
        os.chown(state, nobody.pw_uid, nobody.pw_gid)
        script = Path(service_user.__file__).read_text(encoding="utf-8") + (
            "USER = 'nobody'\n"
            "become_service_user(Path(sys.argv[1]))\n"
            "words = [os.environ[name] for name in ('HOME', 'CLASSROOM_EDGE_LANG')]\n"
            "print(os.getuid(), os.getgid(), *words, os.access('/proc/self/fd', 4))\n"
        )
        # Not the environment of the tests, which another user may not be able to enter.
        environ = {**os.environ, "CLASSROOM_EDGE_LANG": "zh-CN", "HOME": "/root"}
        command = [SYSTEM_PYTHON, "-c", script, state]
        ran = subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True, check=False)
    assert ran.stdout.split() == [str(nobody.pw_uid), str(nobody.pw_gid), nobody.pw_dir, "zh-CN", "True"], ran.stderr


def test_a_folder_that_is_closed_to_this_user_is_found(tmp_path: Path) -> None:
    assert service_user.unwritable([tmp_path / "not" / "there"]) is None
    assert service_user.unwritable([tmp_path, Path("/proc/self")]) == Path("/proc/self")
