"""Storage: syncs as a lesson makes them, hours left, and the health of the disk that lessons are recorded on."""

from __future__ import annotations

from pathlib import Path

from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.probes.block_device import read_disk_health
from edge.calibration.probes.scratch_folder import scratch_folder
from edge.calibration.probes.sync_times import sync_times_ms
from edge.calibration.results import Curve, Finding, StepResult, Verdict
from edge.calibration.step import Step, StepContext
from edge.calibration.verdicts.storage import judge_health, judge_space, judge_syncs, sync_curve
from edge.config.model import Config
from edge.config.storage_demand import storage_demand
from edge.i18n import lazy_message
from pipelines.files import disk

NAME = "storage"

_WRITES_S = 5.0
# What a lesson's journal gets, by and large.
_JOURNAL_BPS = 20_000.0


def run(context: StepContext) -> StepResult:
    """Measure the spool's disk."""
    config, spool = context.room.config, context.room.config.paths.spool
    try:
        space = disk.read_space(spool)
        health = read_disk_health(spool)
    except OSError as error:
        why = advice("spool-away", folder=str(spool), reason=error.strerror or str(error))
        return StepResult(step=NAME, findings=[fact("disk", str(spool), Verdict.BAD, why)])
    demand = storage_demand(config)
    findings = [*judge_health(health), *judge_space(space, demand)]
    if space.is_read_only:
        return StepResult(step=NAME, findings=findings)
    tracks = track_rates_bps(config)
    if space.free_bytes - demand.critical_reserve_bytes < sum(tracks) * _WRITES_S / 8:
        return StepResult(step=NAME, findings=[*findings, unmeasured("sync-p99", advice("disk-full"))])
    with context.technician.progress(lazy_message("calibration_services.storage-writes"), _WRITES_S):
        found, curves = _measure_syncs(context, spool, tracks)
    return StepResult(step=NAME, findings=[*findings, *found], curves=curves)


def track_rates_bps(config: Config) -> list[float]:
    """The bit rate of each file that a lesson of this room writes at a time: cameras, sound tracks, the journal."""
    cameras = [camera.bitrate_kbps * 1e3 for camera in config.cameras.values()]
    microphones = len(config.microphones)
    sounds = microphones + 1 if microphones > 1 else microphones
    return [*cameras, *[config.recording.sound_kbps * 1e3] * sounds, _JOURNAL_BPS]


def _measure_syncs(context: StepContext, spool: Path, tracks: list[float]) -> tuple[list[Finding], list[Curve]]:
    try:
        with scratch_folder(context.folder, spool) as folder:
            times_ms = sync_times_ms(folder, tracks, _WRITES_S)
            return judge_syncs(times_ms, len(tracks)), [sync_curve(times_ms, len(tracks))]
    except OSError as error:
        why = advice("disk-refuses", reason=error.strerror or str(error))
        return [fact("sync-p99", disk.fault_code(error), Verdict.BAD, why)], []


STEP = Step(NAME, run, needs="nothing", in_check=True)
