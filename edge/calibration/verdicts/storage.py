"""The disk against the recorder's budget: time of a sync, hours left, wear and errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.calibration.finding_makers import advice, at_least, at_most, fact, figure, unmeasured
from edge.calibration.probes.block_device import DiskHealth
from edge.calibration.results import Curve, Finding, Tolerance, Verdict
from pipelines.files.disk import DiskSpace
from pipelines.recording.storage_budget import StorageDemand, hours_left

# A school day, and two double lessons.
HOURS_LEFT = at_least(8, 3)
WORN_PERCENT = at_most(50, 80)
RESERVE_USED = at_most(1, 2)
ERRORS = at_most(0, 0)

# One thread syncs every file of a lesson once a second: together they may take a quarter of it, and must not take all.
_SYNCS_MS = 1000.0
_GOOD_SHARE = 0.25


def sync_tolerance(files: int) -> Tolerance:
    """What one sync may take in milliseconds where a lesson has so many files."""
    budget_ms = _SYNCS_MS / files
    return at_most(round(_GOOD_SHARE * budget_ms, 1), round(budget_ms, 1))


def judge_syncs(times_ms: NDArray[np.float64], files: int) -> list[Finding]:
    """The median and the 99th percentile of ``times_ms``, shape (calls,), of a lesson with so many files."""
    median, p99 = (float(one) for one in np.percentile(times_ms, [50, 99]))
    tolerance = sync_tolerance(files)
    slow = advice("disk-slow", files=files)
    return [
        figure("sync-median", round(median, 2), tolerance, slow, unit="ms"),
        figure("sync-p99", round(p99, 2), tolerance, slow, unit="ms"),
    ]


def sync_curve(times_ms: NDArray[np.float64], files: int) -> Curve:
    """The plot of the syncs: each one's milliseconds; the 99th percentile, and what one may take."""
    budget_ms = sync_tolerance(files).acceptable.high or 0.0
    p99 = float(np.percentile(times_ms, 99))
    return Curve(kind="sync-latency", x=[round(float(one), 3) for one in times_ms], y=[round(p99, 3), budget_ms])


def judge_space(space: DiskSpace, demand: StorageDemand) -> list[Finding]:
    """The findings about the free space, in hours of this room's lessons."""
    findings = []
    if space.is_read_only:
        findings.append(fact("disk-read-only", "", Verdict.BAD, advice("disk-read-only")))
    if demand.bits_per_second:
        hours = hours_left(space.free_bytes, demand.reserve_bytes, demand.bits_per_second)
        findings.append(figure("disk-hours", round(hours, 1), HOURS_LEFT, advice("disk-full"), unit="h"))
    else:
        findings.append(unmeasured("disk-hours", advice("no-devices")))
    return findings


def judge_health(health: DiskHealth) -> list[Finding]:
    """The findings about the disk itself; what it does not tell is said of cards alone, which wear out."""
    findings = [fact("disk", f"{health.name} {health.kind}".strip())]
    if health.worn_percent is not None:
        findings.append(figure("disk-worn", health.worn_percent, WORN_PERCENT, advice("disk-worn"), unit="%"))
    if health.reserve_used is not None:
        findings.append(figure("disk-reserve", health.reserve_used, RESERVE_USED, advice("disk-worn")))
    if health.kind == "sd":
        findings.append(fact("disk-sd", "", Verdict.ACCEPTABLE, advice("disk-sd")))
    if health.file_system_errors is not None:
        findings.append(figure("disk-errors", health.file_system_errors, ERRORS, advice("disk-errors")))
    return findings
