"""Heads: every preset is driven to and looked at, aimed anew where it is wrong, and new ones get names."""

from __future__ import annotations

import time

import cv2
import numpy as np

from edge.calibration.controller_peer import with_controller
from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.probes.camera_still import take_still
from edge.calibration.results import Finding, Picture, SettingChange, StepResult, Verdict
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.technician import StepNotNeeded
from edge.calibration.verdicts.heads import free_number, is_good_name, judge_arrival
from edge.i18n import lazy_message
from edge.link.control_client import request, status
from edge.link.control_messages import HeadStatus
from edge.link.control_requests import DriveHead, HeadRequest, RecallPreset, StopHead, StorePreset
from pipelines.devices.device_state import DeviceState

NAME = "heads"

_ARRIVES_S = 50.0
_NUDGE_S = 0.4
_SPEED = 0.25
_NUDGES: dict[str, tuple[float, float, float]] = {
    "left": (-_SPEED, 0, 0),
    "right": (_SPEED, 0, 0),
    "up": (0, _SPEED, 0),
    "down": (0, -_SPEED, 0),
    "closer": (0, 0, _SPEED),
    "wider": (0, 0, -_SPEED),
}
_DONE = "done"
_MOST_NUDGES = 300


def run(context: StepContext) -> StepResult:
    """Look at every head; where somebody is there, drive it to its presets and store new ones.

    Raises:
        StepNotNeeded: The room has no heads.
        NotReachable: The controller does not answer.
    """
    heads = context.room.config.ptz
    if not heads:
        context.technician.tell(lazy_message("calibration_services.no-heads"))
        raise StepNotNeeded
    states = status(context.room.config.paths.run).ptz
    findings: list[Finding] = []
    changes: list[SettingChange] = []
    pictures: list[Picture] = []
    for role, head in heads.items():
        state = _state_finding(role, states.get(role))
        findings.append(state)
        if context.is_check or state.verdict is not Verdict.GOOD:
            continue
        visit = _HeadVisit(context, role, dict(head.presets))
        visit.try_presets()
        visit.add_presets()
        findings += visit.findings
        changes += visit.changes
        pictures += visit.pictures
    return StepResult(step=NAME, findings=findings, changes=changes, pictures=pictures)


def _state_finding(role: str, state: HeadStatus | None) -> Finding:
    if state is None:
        return unmeasured("head", advice("restart-controller"), role)
    if state.state is DeviceState.RUNNING:
        return fact("head", device=role)
    return fact("head", "", Verdict.BAD, advice("head-away", reason=state.reason), role)


class _HeadVisit:
    """The visit to one head: what was found, changed and seen."""

    def __init__(self, context: StepContext, role: str, presets: dict[str, int]) -> None:
        self.findings: list[Finding] = []
        self.changes: list[SettingChange] = []
        self.pictures: list[Picture] = []
        self._context = context
        self._technician = context.technician
        self._run = context.room.config.paths.run
        self._role = role
        self._presets = presets

    def try_presets(self) -> None:
        """Drive to each preset, show it, and let it be aimed anew where it is wrong."""
        for name, number in self._presets.items():
            device = f"{self._role}:{name}"
            arrival = self._drive_to(name)
            self.findings.append(arrival)
            if arrival.verdict is Verdict.BAD:
                continue
            self._photograph(name, number)
            question = lazy_message("calibration_services.preset-right", role=self._role, preset=name)
            if self._technician.confirm("heads.right", question, default=True):
                self.findings.append(fact("preset-view", device=device))
            else:
                self._aim_and_store(name, number)

    def add_presets(self) -> None:
        """Store positions under names that are typed, as long as more are wanted and the head has room."""
        while (number := free_number(self._presets)) is not None:
            question = lazy_message("calibration_services.preset-another", role=self._role)
            if not self._technician.confirm("heads.another", question, default=False):
                break
            name = self._technician.text("heads.name", lazy_message("calibration_services.preset-name"), default="")
            if not is_good_name(name, self._presets):
                self._technician.tell(lazy_message("calibration_services.preset-bad-name"))
                if not name:
                    break
                continue
            if not self._aim_and_store(name, number):
                break
            self._presets[name] = number
            self.changes.append(SettingChange(key=f"ptz.{self._role}.presets.{name}", after=number))
        if not self._presets:
            self.findings.append(fact("head-presets", "0", Verdict.ACCEPTABLE, advice("head-no-presets"), self._role))

    def _drive_to(self, name: str) -> Finding:
        going = lazy_message("calibration_services.preset-going", role=self._role, preset=name)
        began_s = time.monotonic()
        with self._technician.progress(going, _ARRIVES_S / 10):
            reason = self._ask(RecallPreset(role=self._role, preset=name), _ARRIVES_S)
        return judge_arrival(f"{self._role}:{name}", round(time.monotonic() - began_s, 2), reason)

    def _aim_and_store(self, name: str, number: int) -> bool:
        """Have the head aimed, and store where it looks; whether it did."""
        reason = self._aim(name) or self._ask(StorePreset(role=self._role, number=number))
        device = f"{self._role}:{name}"
        if reason:
            bad = fact("preset-stored", str(number), Verdict.BAD, advice("preset-not-stored", reason=reason), device)
            self.findings.append(bad)
            return False
        self.findings.append(fact("preset-stored", str(number), device=device))
        self._photograph(name, number)
        return True

    def _aim(self, name: str) -> str:
        """Turn and zoom the head as it is told until it is right; the reason why it does not."""
        options = [(way, lazy_message(f"calibration_services.aim-{way}")) for way in (_DONE, *_NUDGES)]
        question = lazy_message("calibration_services.aim", role=self._role, preset=name)
        for _ in range(_MOST_NUDGES):
            self._show_now()
            way = self._technician.choose("heads.aim", question, options)
            if way == _DONE:
                break
            if reason := self._nudge(*_NUDGES[way]):
                return reason
        return ""

    def _nudge(self, pan: float, tilt: float, zoom: float) -> str:
        try:
            reason = self._ask(DriveHead(role=self._role, pan=pan, tilt=tilt, zoom=zoom))
            time.sleep(_NUDGE_S)
        finally:
            stopped = self._ask(StopHead(role=self._role))
        return reason or stopped

    def _photograph(self, name: str, number: int) -> None:
        """Take the picture of a preset for the report; one that was taken of it before is replaced."""
        device = f"{self._role}:{name}"
        still = self._still()
        if still is None:
            self.findings.append(unmeasured("preset-picture", advice("preset-no-picture"), device))
            return
        file = f"head-{self._role}-{number}.jpg"
        (self._context.folder / file).write_bytes(still)
        self.pictures = [one for one in self.pictures if one.file != file]
        self.pictures.append(Picture(file=file, caption="head-preset", device=device))
        self._show(still)

    def _show_now(self) -> None:
        still = self._still()
        if still is not None:
            self._show(still)

    def _still(self) -> bytes | None:
        if self._role not in self._context.room.config.cameras:
            return None
        try:
            return take_still(self._context.room, self._role, time.monotonic_ns())
        except DeviceUnavailable:
            return None

    def _show(self, still: bytes) -> None:
        picture = cv2.imdecode(np.frombuffer(still, np.uint8), cv2.IMREAD_COLOR)
        if picture is not None:
            self._technician.show([], picture.astype(np.uint8, copy=False))

    def _ask(self, wanted: HeadRequest, timeout_s: float = 15.0) -> str:
        """The reason why the head did not do it; empty where it did."""
        return request(self._run, wanted, timeout_s).reason


STEP = Step(NAME, with_controller(NAME, run), needs="devices", in_check=True)
