"""The trial recording: whether the box keeps up with every camera and microphone, and stays cool; the verdicts."""

from __future__ import annotations

from edge.calibration.finding_makers import advice, at_most, fact, figure
from edge.calibration.probes.machine_load import MachineLoad
from edge.calibration.probes.trial_recording import TrialOutcome
from edge.calibration.results import Finding, Verdict
from pipelines.receipt.findings import FindingCode, Severity
from pipelines.receipt.receipt import Receipt

# Pages, uploads and the check of the lesson before need the rest.
BUSY_PERCENT = at_most(60, 85)
# A Raspberry Pi lowers its clock from 80 °C on, in a warm room and after an hour, not after a minute.
HOTTEST_C = at_most(70, 80)
DROPPED = at_most(0, 3)
STEPS_DOWN = at_most(0, 1)

# Raspberry Pi documentation, vcgencmd get_throttled: bits of now; those of since the start lie 16 higher.
_BITS = ("under-voltage", "clock-capped", "throttled", "hot")
_SINCE = 16


def judge_trial(outcome: TrialOutcome, load: MachineLoad) -> list[Finding]:
    """The findings of a trial recording."""
    return [*judge_receipt(outcome.receipt), _steps(outcome.most_steps_down), *judge_load(load)]


def judge_receipt(receipt: Receipt) -> list[Finding]:
    """The receipt's verdict with what makes it bad, and how much was dropped."""
    bad = [one for one in receipt.findings if one.severity is Severity.BAD]
    codes = ", ".join(dict.fromkeys(f"{one.track or ''}:{one.code}".lstrip(":") for one in bad))
    dropped = sum(
        int(one.values.get("count", 0))
        for one in receipt.findings
        if one.code is FindingCode.DROPPED and one.values.get("what") == "pictures"
    )
    whole = (
        fact("trial-recording")
        if receipt.is_good
        else fact("trial-recording", codes, Verdict.BAD, advice("trial-bad", findings=codes))
    )
    return [whole, figure("trial-dropped", dropped, DROPPED, advice("trial-too-slow"))]


def judge_load(load: MachineLoad) -> list[Finding]:
    """The findings about processors, heat and voltage."""
    is_others = load.own_percent < load.busy_percent / 2
    why = advice("cpu-others") if is_others else advice("trial-too-slow")
    findings = [
        figure("cpu-busy", round(load.busy_percent, 1), BUSY_PERCENT, why, unit="%"),
        fact("cpu-recorder", f"{load.own_percent:.1f} %"),
    ]
    if load.hottest_c is not None:
        findings.append(figure("temperature", round(load.hottest_c, 1), HOTTEST_C, advice("box-hot"), unit="°C"))
    if load.throttled is not None:
        findings += judge_throttling(load.throttled)
    return findings


def judge_throttling(word: int) -> list[Finding]:
    """The findings of the firmware's word: what holds now is bad, what held since the start can be accepted."""
    now = [name for bit, name in enumerate(_BITS) if word >> bit & 1]
    before = [name for bit, name in enumerate(_BITS) if word >> bit + _SINCE & 1 and name not in now]
    findings = [fact("throttling", "", Verdict.BAD, advice(f"box-{name}")) for name in now]
    findings += [fact("throttling-before", "", Verdict.ACCEPTABLE, advice(f"box-{name}")) for name in before]
    return findings or [fact("throttling")]


def _steps(most: int) -> Finding:
    return figure("load-steps", most, STEPS_DOWN, advice("trial-too-slow"))
