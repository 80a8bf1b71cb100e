"""Whether devices have exchanged their roles since the calibration before: by what they see, else by serial number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge.calibration.device_roles import RoomDevice, Section, completed, exchanged_by_serial, replaced
from edge.calibration.results import Advice, Finding, MeasuredDevice, Verdict
from pipelines.measuring.scene_match import RoleView, Sameness, best_assignment

Views = Mapping[str, NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is found, and by which exchange it is mended: the role that each present one's device should have.

    ``meant`` is empty where nothing was swapped, or where it cannot be told how.
    """

    findings: list[Finding] = field(default_factory=list)
    meant: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, meant: Mapping[str, str], roles: Sequence[str]) -> Self:
        """The exchange of which so much is known."""
        whole = completed(meant, roles) or {}
        return cls([], whole if any(now != then for now, then in whole.items()) else {})


def serial_exchange(section: Section, bound: Sequence[RoomDevice], then: Sequence[MeasuredDevice]) -> Exchange:
    """Tell swapped and replaced devices by their serial numbers."""
    known = _of_section(then, bound)
    swapped = exchanged_by_serial(bound, known)
    findings = [_swapped(role, other, "serial") for role, other in swapped.items()]
    findings += [
        _replaced(section, device.role) for device in bound if device.role not in swapped and replaced(device, known)
    ]
    return Exchange(findings, Exchange.of(swapped, [device.role for device in bound]).meant)


def seen_exchange(bound: Sequence[RoomDevice], now: Views, before: Views, then: Sequence[MeasuredDevice]) -> Exchange:
    """Tell swapped, turned and replaced cameras: what a camera sees decides, its serial number where it cannot.

    ``now`` and ``before`` are pictures by role, as in ``best_assignment``.
    """
    by_serial = exchanged_by_serial(bound, _of_section(then, bound))
    views = best_assignment(now, before)
    findings = []
    meant: dict[str, str] = {}
    for device in bound:
        role = device.role
        view = views.get(role)
        if view is not None:
            findings.append(_seen(role, view))
        if view is not None and view.role:
            meant[role] = view.role
            if view.role == role and (role in by_serial or replaced(device, then)):
                findings.append(_replaced("cameras", role))
        elif role in by_serial:
            meant[role] = by_serial[role]
            findings.append(_swapped(role, by_serial[role], "serial"))
        elif replaced(device, then):
            findings.append(_replaced("cameras", role))
    return Exchange(findings, Exchange.of(meant, [device.role for device in bound]).meant)


def _seen(role: str, view: RoleView) -> Finding:
    share = round(100 * view.match.shift_share, 1)
    if view.role and view.role != role:
        return _swapped(role, view.role, "view")
    if view.match.sameness is Sameness.SAME:
        return Finding(name="view-same", device=role, value=share, unit="%", verdict=Verdict.GOOD)
    if view.match.sameness is Sameness.TURNED:
        advice = Advice(code="camera-turned")
        return Finding(
            name="view-turned", device=role, value=share, unit="%", verdict=Verdict.ACCEPTABLE, advice=advice
        )
    if view.match.sameness is Sameness.OTHER:
        return Finding(
            name="view-other", device=role, verdict=Verdict.ACCEPTABLE, advice=Advice(code="camera-sees-other")
        )
    return Finding(name="view-unknown", device=role, verdict=Verdict.UNMEASURED, advice=Advice(code="view-unknown"))


def _swapped(role: str, other: str, by: str) -> Finding:
    advice = Advice(code="devices-swapped", values={"role": role, "other": other})
    return Finding(name=f"swapped-by-{by}", device=role, text=f"{role} → {other}", verdict=Verdict.BAD, advice=advice)


def _replaced(section: Section, role: str) -> Finding:
    return Finding(
        name="device-replaced",
        device=role,
        verdict=Verdict.ACCEPTABLE,
        advice=Advice(code=f"calibrate-{section}-again"),
    )


def _of_section(then: Sequence[MeasuredDevice], bound: Sequence[RoomDevice]) -> list[MeasuredDevice]:
    roles = {device.role for device in bound}
    return [one for one in then if one.role in roles]
