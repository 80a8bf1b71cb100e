"""The disk of the lessons: times of syncs against a known truth, wear and errors as the kernel tells them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from step_rooms import config_of, context_of, verdicts
from waiting import pass_time

from edge.calibration.probes.block_device import DiskHealth, disk_health_at
from edge.calibration.probes.scratch_folder import PREFIX, scratch_folder
from edge.calibration.probes.sync_times import sync_times_ms
from edge.calibration.results import StepResult, Verdict
from edge.calibration.steps import storage
from edge.calibration.verdicts.storage import judge_health, judge_space, judge_syncs
from edge.config.model import Config
from pipelines.files.disk import DiskSpace
from pipelines.recording.storage_budget import StorageDemand


def config(folder: Path) -> Config:
    cameras = "".join(f'[cameras.{role}]\ndriver = "simulated"\n' for role in ("teacher", "students"))
    microphones = "".join(f'[microphones.{role}]\ndriver = "simulated"\n' for role in ("ceiling", "lapel"))
    paths = f'[paths]\nspool = "{folder}/spool"\n[storage]\nreserve_mb = 8\n'
    return config_of(folder, f'[room]\nschool = "hill"\nroom = "r1"\n{paths}{cameras}{microphones}')


def test_the_spools_disk_is_measured_and_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_WRITES_S", 0.6)
    context = context_of(config(tmp_path), tmp_path)
    spool = tmp_path / "spool"
    assert verdicts(storage.STEP.run(context)) == {"disk": Verdict.BAD}, "there is no spool yet"
    spool.mkdir()
    result = storage.STEP.run(context)
    seen = verdicts(result)
    (curve,) = result.curves
    assert curve.y == [pytest.approx(np.percentile(curve.x, 99), abs=0.01), 166.7]
    assert {"disk", "disk-hours", "sync-median", "sync-p99"} <= seen.keys()
    assert list(spool.iterdir()) == list(context.folder.iterdir()) == []
    assert storage.track_rates_bps(config(tmp_path)) == [4e6, 4e6, 96e3, 96e3, 96e3, 20e3]


def test_times_of_syncs_are_those_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    truth_ms: list[float] = []
    sync = os.fdatasync
    sizes: list[int] = []

    def slow(descriptor: int) -> None:
        began_s = time.monotonic()
        sizes.append(os.fstat(descriptor).st_size)
        sync(descriptor)
        pass_time(0.02 if len(truth_ms) % 4 == 3 else 0.002)
        truth_ms.append(1e3 * (time.monotonic() - began_s))

    monkeypatch.setattr(os, "fdatasync", slow)
    found = sync_times_ms(tmp_path, [4e6, 96e3], 0.97)
    error_ms = float(np.abs(found - np.array(truth_ms)).max())
    print(f"{len(found)} syncs, largest error {error_ms:.3f} ms, bound 2 ms")
    assert len(found) == 8
    assert error_ms < 2
    assert sizes[:4] == [125_000, 3_000, 250_000, 6_000], "a quarter of a second of each track at a time"


def test_syncs_are_judged_by_what_a_lesson_needs_of_them_in_a_second() -> None:
    times = np.full(200, 3.0)
    times[-5:] = 120.0
    median, p99 = judge_syncs(times, files=5)
    assert (median.value, median.verdict) == (3.0, Verdict.GOOD)
    assert (p99.value, p99.verdict) == (120.0, Verdict.ACCEPTABLE)
    assert judge_syncs(times, files=10)[1].verdict is Verdict.BAD


def test_space_is_judged_in_hours_of_this_rooms_lessons() -> None:
    demand = StorageDemand(video_bps=8_000_000, audio_bps=0, seconds=2700, reserve_bytes=10**9)
    bytes_an_hour = 8_000_000 * 1.05 / 8 * 3600

    def judged(hours: float, *, read_only: bool = False) -> dict[str, Verdict]:
        space = DiskSpace(10**12, round(10**9 + hours * bytes_an_hour), read_only)
        return verdicts(StepResult(step="storage", findings=judge_space(space, demand)))

    assert [judged(hours)["disk-hours"] for hours in (9, 4, 1)] == [Verdict.GOOD, Verdict.ACCEPTABLE, Verdict.BAD]
    assert judged(9, read_only=True)["disk-read-only"] is Verdict.BAD


def test_cards_tell_what_the_kernel_knows_of_them(tmp_path: Path) -> None:
    card = tmp_path / "devices/mmc0/block/mmcblk0"
    part = card / "mmcblk0p2"
    part.mkdir(parents=True)
    (part / "partition").write_text("2\n")
    (card / "device").mkdir()
    (card / "device/type").write_text("MMC\n")
    (card / "device/life_time").write_text("0x05 0x09\n")
    (card / "device/pre_eol_info").write_text("0x02\n")
    errors = tmp_path / "fs/ext4/mmcblk0p2"
    errors.mkdir(parents=True)
    (errors / "errors_count").write_text("3\n")
    node = tmp_path / "node"
    node.symlink_to(part)
    found = disk_health_at(node, tmp_path)
    assert found == DiskHealth("mmcblk0p2", "emmc", 90, 2, 3)
    assert verdicts(StepResult(step="storage", findings=judge_health(found))) == {
        "disk": Verdict.GOOD,
        "disk-worn": Verdict.BAD,
        "disk-reserve": Verdict.ACCEPTABLE,
        "disk-errors": Verdict.BAD,
    }
    (card / "device/type").write_text("SD\n")
    (errors / "errors_count").write_text("0\n")
    sd = verdicts(StepResult(step="storage", findings=judge_health(disk_health_at(node, tmp_path))))
    assert sd == {"disk": Verdict.GOOD, "disk-sd": Verdict.ACCEPTABLE, "disk-errors": Verdict.GOOD}
    assert disk_health_at(tmp_path / "nowhere", tmp_path) == DiskHealth("", "disk")


def test_what_a_killed_measurement_left_is_deleted_by_the_next(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}old/deep").mkdir(parents=True)
    with scratch_folder(tmp_path, tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]
    assert list(tmp_path.iterdir()) == []
