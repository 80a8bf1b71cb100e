"""Results of calibrations: saved after every step, resumed, repeated in part, and never lost to a damaged file."""

from __future__ import annotations

import datetime as dt
import errno
import os
from pathlib import Path

import pytest

from edge.calibration.interruptions import LoanUnavailable
from edge.calibration.results import Finding, Picture, Results, StepResult, Verdict
from edge.calibration.results_folder import KEPT_WHOLE, ResultsFolder

NOW = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: Path) -> ResultsFolder:
    found = ResultsFolder(tmp_path / "calibration")
    with found.held():
        pass
    return found


def results(began_at: dt.datetime | None = NOW, boot_id: str = "boot") -> Results:
    return Results(number=0, school="hill", room="r1", boot_id=boot_id, began_at=began_at)


def step(name: str, verdict: Verdict = Verdict.GOOD, picture: str = "") -> StepResult:
    pictures = [Picture(file=picture, caption="x")] if picture else []
    return StepResult(step=name, findings=[Finding(name="x", verdict=verdict)], pictures=pictures)


def test_what_was_done_is_there_after_a_crash(folder: ResultsFolder) -> None:
    folder.begin(results()).add(step("roles"))
    left = folder.unfinished(NOW, "another boot")
    assert left is not None
    assert (left.results.number, list(left.results.steps), left.folder.name) == (1, ["roles"], "0001")


@pytest.mark.parametrize(
    ("began_at", "boot_id", "now", "resumed"),
    [
        (NOW, "boot", NOW + dt.timedelta(hours=23), True),
        (NOW, "boot", NOW + dt.timedelta(hours=25), False),
        (NOW, "this", NOW + dt.timedelta(hours=25), True),
        (None, "this", None, True),
        (None, "boot", NOW, False),
    ],
)
def test_it_is_resumed_within_a_day_or_a_boot(
    folder: ResultsFolder, began_at: dt.datetime | None, boot_id: str, now: dt.datetime | None, resumed: bool
) -> None:
    folder.begin(results(began_at, boot_id))
    assert (folder.unfinished(now, "this") is not None) is resumed


def test_a_finished_one_is_the_earlier_and_is_not_resumed(folder: ResultsFolder) -> None:
    first, second = folder.begin(results()), folder.begin(results())
    first.finish(NOW)
    assert folder.unfinished(NOW, "boot") is not None
    second.finish(None)
    assert folder.unfinished(NOW, "boot") is None
    assert [found and found.results.number for found in (folder.earlier(), folder.earlier(before=2))] == [2, 1]
    assert folder.earlier(before=1) is None


def test_single_steps_are_measured_anew_beside_what_was_found_before(folder: ResultsFolder) -> None:
    first = folder.begin(results())
    (first.folder / "roles.jpg").write_bytes(b"jpeg")
    first.add(step("roles", picture="roles.jpg"))
    first.add(step("sync", Verdict.BAD))
    first.finish(NOW)
    again = folder.repeat(results(), first)
    again.add(step("sync"))
    assert (again.results.number, again.results.verdict, again.repeated) == (2, Verdict.GOOD, {"roles"})
    assert (again.folder / "roles.jpg").read_bytes() == b"jpeg"


def test_a_damaged_file_is_set_aside_and_the_one_before_counts(folder: ResultsFolder) -> None:
    folder.begin(results()).finish(NOW)
    second = folder.begin(results())
    (second.folder / "results.json").write_text('{"number": 2, "sch')
    assert folder.unfinished(NOW, "boot") is None
    found = folder.earlier()
    assert found is not None
    assert found.results.number == 1
    assert (second.folder / "results.json.damaged-1").exists()
    assert folder.begin(results()).results.number == 3


def test_a_full_disk_costs_nothing_that_was_saved(folder: ResultsFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = folder.begin(results())
    begun.add(step("roles"))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space left"):
        begun.add(step("sync"))
    found = folder.newest()
    assert found is not None
    assert list(found.results.steps) == ["roles"]
    assert list(begun.results.steps) == ["roles", "sync"], "it can be saved later"


def test_old_pictures_go_and_old_figures_stay(folder: ResultsFolder) -> None:
    for _ in range(KEPT_WHOLE + 2):
        begun = folder.begin(results())
        (begun.folder / "still.jpg").write_bytes(b"jpeg")
    kept = [number for number in range(1, KEPT_WHOLE + 3) if (folder.path / f"{number:04}" / "still.jpg").exists()]
    assert kept == list(range(3, KEPT_WHOLE + 3))
    assert all((folder.path / f"{number:04}" / "results.json").exists() for number in range(1, KEPT_WHOLE + 3))


def test_two_at_once_are_refused(folder: ResultsFolder) -> None:
    with folder.held(), pytest.raises(LoanUnavailable, match="borrowed-already"), folder.held():
        pass
    with folder.held():
        pass
