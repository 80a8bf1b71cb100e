"""The walk: whatever happens in a step, what was found is kept, settings are undone as asked, and nothing is raised."""

from __future__ import annotations

import errno
import os
import signal
import tomllib
from pathlib import Path
from typing import Any

import pytest
from walking_room import Told, WalkingRoom, failing, good

from drivers.errors import DeviceLost
from edge.calibration.interruptions import LoanUnavailable, TakenBack
from edge.calibration.keyboard import TechnicianGone
from edge.calibration.results import StepResult, Verdict
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.scripted_answers import AnswerMissing
from edge.calibration.step import StepContext
from edge.calibration.technician import StepSkipped
from edge.i18n import lazy_message
from edge.i18n.calibration_advice import MESSAGES as ADVICE
from edge.link.control_client import NotReachable, RequestRefused
from pipelines.measuring.estimate import Unmeasurable


def room_toml(room: WalkingRoom) -> dict[str, Any]:
    path = room.folder / "room.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def test_every_step_is_announced_measured_and_kept(tmp_path: Path) -> None:
    room = WalkingRoom(tmp_path, roles=good("roles"), sync=good("sync", latency_ms=41))
    technician = Told("start", "go-on", "start", "go-on")
    assert room.walk(technician).run(["roles", "sync"])
    assert room.screen.steps == ["roles", "sync"]
    assert technician.asked == ["roles.begin", "roles.then", "sync.begin", "sync.then"]
    saved = room.results.newest()
    assert saved is not None
    assert list(saved.results.steps) == ["roles", "sync"]
    assert room_toml(room) == {"cameras": {"teacher": {"latency_ms": 41}}}
    assert [(one.before, one.after) for one in room.taken_up] == [(None, 41)]


ERRORS = [
    (StepSkipped(), "step-skipped", ""),
    (AnswerMissing("sync.wand"), "answer-missing", ""),
    (DeviceUnavailable("teacher", "nothing came"), "device-unavailable", "teacher"),
    (DeviceLost("ceiling", "it was unplugged"), "device-unavailable", "ceiling"),
    (Unmeasurable("too-quiet"), "sync-too-quiet", ""),
    (NotReachable(lazy_message("calibration.none-yet")), "controller-away", ""),
    (RequestRefused("busy"), "request-refused", ""),
    (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "disk-full", ""),
    (PermissionError(errno.EACCES, os.strerror(errno.EACCES)), "system-refuses", ""),
    (ModuleNotFoundError("No module named 'scipy'", name="scipy"), "package-missing", ""),
]


@pytest.mark.parametrize(("error", "code", "device"), ERRORS, ids=[code for _, code, _ in ERRORS])
def test_what_fails_in_a_step_is_a_finding_and_the_walk_goes_on(
    tmp_path: Path, error: BaseException, code: str, device: str
) -> None:
    room = WalkingRoom(tmp_path, sync=failing(error), panel=good("panel"))
    assert room.walk(Told("start", "go-on", "start", "go-on")).run(["sync", "panel"])
    (finding,) = room.calibration.results.steps["sync"].findings
    assert finding.advice is not None
    assert (finding.verdict, finding.advice.code, finding.device) == (Verdict.UNMEASURED, code, device)
    assert code == "sync-too-quiet" or ADVICE[code].text("zh-CN").format(**finding.advice.values)
    assert "panel" in room.calibration.results.steps


@pytest.mark.parametrize("error", [TakenBack("lesson"), LoanUnavailable("lesson-running"), TechnicianGone()])
def test_what_ends_the_calibration_leaves_what_was_found(tmp_path: Path, error: BaseException) -> None:
    room = WalkingRoom(tmp_path, roles=good("roles"), sync=failing(error), panel=good("panel"))
    with pytest.raises(type(error)):
        room.walk(Told(), is_attended=False).run(["roles", "sync", "panel"])
    saved = room.results.newest()
    assert saved is not None
    assert list(saved.results.steps) == ["roles"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_devices_that_are_not_lent_end_it_before_the_step(tmp_path: Path) -> None:
    room = WalkingRoom(tmp_path, sync=good("sync"))
    room.lend_error = LoanUnavailable("lesson-due")
    with pytest.raises(LoanUnavailable):
        room.walk(Told("start")).run(["sync"])


def test_once_more_and_undone_all_settings_are_as_before_the_first_time(tmp_path: Path) -> None:
    values = iter([41, 42])
    room = WalkingRoom(tmp_path, sync=lambda context: good("sync", latency_ms=next(values))(context))
    (tmp_path / "room.toml").write_text("[cameras.teacher]\nlatency_ms = 7\n", encoding="utf-8")
    technician = Told("start", "again", "undo", "go-on")
    assert room.walk(technician).run(["sync"])
    assert room_toml(room) == {"cameras": {"teacher": {"latency_ms": 7}}}
    assert [(one.before, one.after) for one in room.taken_up] == [(7, 41), (41, 42), (42, 7)]
    assert room.calibration.results.steps["sync"].changes == []
    assert "calibration.undone" in technician.told


def test_settings_that_the_config_refuses_are_bad_and_the_old_ones_hold(tmp_path: Path) -> None:
    room = WalkingRoom(tmp_path, sync=good("sync", latency_ms=-(10**6)))
    assert room.walk(Told("start", "go-on")).run(["sync"])
    result = room.calibration.results.steps["sync"]
    assert (result.verdict, result.changes, room_toml(room)) == (Verdict.BAD, [], {})


def interrupted(times: int) -> Any:
    """A step in which Ctrl-C is pressed, and again while it lets go of a device."""

    def run(_context: StepContext) -> StepResult:
        try:
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("it was not interrupted")
        finally:
            for _ in range(times - 1):
                signal.raise_signal(signal.SIGINT)

    return run


def test_ctrl_c_leaves_the_step_and_keeps_what_it_found_before(tmp_path: Path) -> None:
    room = WalkingRoom(tmp_path, sync=interrupted(1), panel=good("panel"))
    room.calibration.add(good("sync")(None))  # type: ignore[arg-type]
    technician = Told("start", "go-on", "start", "go-on")
    assert room.walk(technician).run(["sync", "panel"])
    assert room.calibration.results.steps["sync"].verdict is Verdict.GOOD
    assert "calibration.step-left" in technician.told


def test_ctrl_c_twice_leaves_the_calibration(tmp_path: Path) -> None:
    room = WalkingRoom(tmp_path, roles=good("roles"), sync=interrupted(2), panel=good("panel"))
    assert not room.walk(Told("start", "go-on", "start")).run(["roles", "sync", "panel"])
    assert list(room.calibration.results.steps) == ["roles"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_while_settings_are_written_waits_until_they_can_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = WalkingRoom(tmp_path, sync=good("sync", latency_ms=41), panel=good("panel"))
    walk = room.walk(Told("start"))
    replace = os.replace

    def pressed(source: Any, target: Any) -> None:
        replace(source, target)
        if str(target).endswith("room.toml"):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(os, "replace", pressed)
    assert not walk.run(["sync", "panel"])
    saved = room.results.newest()
    assert saved is not None
    assert [(one.key, one.after) for one in saved.results.steps["sync"].changes] == [("cameras.teacher.latency_ms", 41)]


@pytest.mark.parametrize("says", [("^C",), ("leave",), ("start", "^C"), ("start", "leave")])
def test_between_steps_ctrl_c_leaves_at_once(tmp_path: Path, says: tuple[str, ...]) -> None:
    room = WalkingRoom(tmp_path, sync=good("sync"), panel=good("panel"))
    assert not room.walk(Told(*says)).run(["sync", "panel"])
    assert list(room.calibration.results.steps) == ["sync"] * ("start" in says)


def test_a_step_that_is_left_out_is_unmeasured_unless_it_was_done_before(tmp_path: Path) -> None:
    room = WalkingRoom(tmp_path, sync=good("sync"), panel=good("panel"))
    room.calibration.add(good("panel")(None))  # type: ignore[arg-type]
    assert room.walk(Told("skip", "skip")).run(["sync", "panel"])
    verdicts = {name: result.verdict for name, result in room.calibration.results.steps.items()}
    assert verdicts == {"sync": Verdict.UNMEASURED, "panel": Verdict.GOOD}


def test_on_a_full_disk_the_walk_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = WalkingRoom(tmp_path, sync=good("sync"), panel=good("panel"))
    walk = room.walk(technician := Told("start", "go-on", "start", "go-on"))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    assert walk.run(["sync", "panel"])
    assert technician.told.count("calibration.not-saved") == 2
    assert list(room.calibration.results.steps) == ["sync", "panel"]
