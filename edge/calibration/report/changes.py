"""What changed from one calibration of a room to the next: figures, verdicts, devices, the version."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from edge.calibration.results import Finding, MeasuredDevice, Results


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding of ``step`` before and now: its verdict is another one, or its value moved beyond the uncertainty."""

    step: str
    before: Finding
    now: Finding


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """Another device in a role, or the same at another port; None where there was, or is, none."""

    role: str
    before: MeasuredDevice | None
    now: MeasuredDevice | None


def changed_findings(earlier: Results, now: Results) -> list[FindingChange]:
    """The findings of both calibrations that differ, in the order of the later one."""
    before = {(step, finding.name, finding.device): finding for step, finding in _findings(earlier)}
    pairs = ((step, before.get((step, one.name, one.device)), one) for step, one in _findings(now))
    return [FindingChange(step, old, new) for step, old, new in pairs if old is not None and _differs(old, new)]


def changed_devices(earlier: Results, now: Results) -> list[DeviceChange]:
    """The roles whose device is another one, at another port, new, or gone."""
    before, after = ({one.role: one for one in results.devices} for results in (earlier, now))
    roles = dict.fromkeys([*after, *before])
    return [
        DeviceChange(role, before.get(role), after.get(role))
        for role in roles
        if _identity(before.get(role)) != _identity(after.get(role))
    ]


def _findings(results: Results) -> Iterator[tuple[str, Finding]]:
    return ((name, finding) for name, step in results.steps.items() for finding in step.findings)


def _differs(before: Finding, now: Finding) -> bool:
    """Without any uncertainty only the verdict, or the text of a fact, can tell."""
    if before.verdict is not now.verdict or before.unit != now.unit:
        return True
    if before.value is None or now.value is None:
        return (before.value is None) != (now.value is None) or before.text != now.text
    if before.half_width is None and now.half_width is None:
        return False
    return abs(now.value - before.value) > math.hypot(before.half_width or 0.0, now.half_width or 0.0)


def _identity(device: MeasuredDevice | None) -> tuple[str, ...] | None:
    return None if device is None else (device.driver, device.model, device.serial, device.port)
