"""Trial recording: all cameras and microphones for a minute, with the load, the heat, and the receipt of the result."""

from __future__ import annotations

from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.probes.machine_load import LoadMeter
from edge.calibration.probes.scratch_folder import scratch_folder
from edge.calibration.probes.trial_recording import record_trial
from edge.calibration.results import Finding, StepResult, Verdict
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.verdicts.trial import judge_trial
from edge.config.storage_demand import storage_demand
from edge.i18n import lazy_message
from pipelines.files import disk

NAME = "trial"

_SECONDS, _SHORTEST_S, _LONGEST_S = 60.0, 5.0, 600.0


def run(context: StepContext) -> StepResult:
    """Record, look at the result, and delete it."""
    config, technician = context.room.config, context.technician
    if not config.cameras and not config.microphones:
        return StepResult(step=NAME, findings=[unmeasured("trial-recording", advice("no-devices"))])
    seconds = _SECONDS
    if not context.is_check:
        question = lazy_message("calibration_services.trial-seconds")
        seconds = technician.number("trial.seconds", question, default=_SECONDS, low=_SHORTEST_S, high=_LONGEST_S)
    try:
        return StepResult(step=NAME, findings=_record(context, seconds))
    except DeviceUnavailable as away:
        why = advice("trial-device-away", reason=away.reason)
        return StepResult(step=NAME, findings=[unmeasured("trial-recording", why, away.role)])
    except OSError as error:
        why = advice("disk-refuses", reason=error.strerror or str(error))
        return StepResult(step=NAME, findings=[fact("trial-recording", disk.fault_code(error), Verdict.BAD, why)])


def _record(context: StepContext, seconds: float) -> list[Finding]:
    config, spool = context.room.config, context.room.config.paths.spool
    demand = storage_demand(config)
    needed = demand.critical_reserve_bytes + demand.bits_per_second * seconds / 8
    if disk.read_space(spool).free_bytes < needed:
        return [unmeasured("trial-recording", advice("disk-full"))]
    with scratch_folder(context.folder, spool) as folder, context.room.all_devices() as devices:
        what = lazy_message("calibration_services.trial-records", seconds=round(seconds))
        with context.technician.progress(what, seconds):
            meter = LoadMeter()
            outcome = record_trial(config, devices, folder, seconds, meter.look)
            return judge_trial(outcome, meter.load())


STEP = Step(NAME, run, needs="devices", in_check=True)
