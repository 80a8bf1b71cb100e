"""Results of a calibration: findings with their tolerances and verdicts, by step, as they are kept in JSON."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from edge.config.calibration_folder import RESULTS

FILE_NAME = RESULTS

Setting = str | int | float | bool | None


class Verdict(StrEnum):
    """How good a figure is; the worst of a step's is the step's."""

    GOOD = "good"
    ACCEPTABLE = "acceptable"
    BAD = "bad"
    UNMEASURED = "unmeasured"


_WORST_LAST = (Verdict.GOOD, Verdict.ACCEPTABLE, Verdict.UNMEASURED, Verdict.BAD)


class ResultModel(BaseModel):
    """A part of the results; keys that a later version added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Range(ResultModel):
    """A range of a figure; None is no limit."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies within it."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class Tolerance(ResultModel):
    """What is good and what can still be accepted, in the figure's unit."""

    good: Range
    acceptable: Range

    def verdict(self, value: float) -> Verdict:
        """The verdict on ``value``."""
        if self.good.holds(value):
            return Verdict.GOOD
        return Verdict.ACCEPTABLE if self.acceptable.holds(value) else Verdict.BAD


class Advice(ResultModel):
    """What to do about a finding: the message ``calibration_advice.CODE`` with these values."""

    code: str
    values: dict[str, str | int | float] = {}


class Finding(ResultModel):
    """One measured figure, or one fact: ``name`` is that of the message ``calibration_findings.NAME``.

    ``device`` is the role it is about (``teacher``, or ``teacher+ceiling`` for a pair), empty for the room. ``text`` is
    the fact where it is no number. ``half_width`` is half the 95 % interval, in ``unit`` as is ``value``.
    """

    name: str
    device: str = ""
    value: float | None = None
    half_width: float | None = None
    unit: str = ""
    text: str = ""
    tolerance: Tolerance | None = None
    verdict: Verdict
    advice: Advice | None = None


class Picture(ResultModel):
    """A picture of the report: a JPEG or SVG in the folder of the results, and the message that is its caption.

    ``caption`` is a name in ``calibration_pictures``; ``device`` as in ``Finding``.
    """

    file: str
    caption: str
    device: str = ""


class Curve(ResultModel):
    """Figures for a plot: ``kind`` says which (see ``edge.calibration.report.plots``); units are the kind's."""

    kind: Literal[
        "spectrum",
        "decay",
        "sharpness-map",
        "distortion",
        "sync-histogram",
        "levels",
        "upload-rate",
        "sync-latency",
    ]
    device: str = ""
    x: list[float] = []
    y: list[float] = []
    rows: list[list[float | None]] = []


class SettingChange(ResultModel):
    """A key of the config, dotted, and its values before and after; None is: not set in room.toml."""

    key: str
    before: Setting = None
    after: Setting = None


class MeasuredDevice(ResultModel):
    """A device as it was found: its serial number and port tell the same device from another of its model."""

    role: str
    driver: str
    model: str = ""
    serial: str = ""
    port: str = ""
    node: str = ""


class StepResult(ResultModel):
    """What a step found and changed. ``measured_at`` is None where the box did not know the time.

    ``devices`` are those that the step has identified; a later step's replace them by their roles.
    """

    step: str
    measured_at: dt.datetime | None = None
    findings: list[Finding] = []
    changes: list[SettingChange] = []
    pictures: list[Picture] = []
    curves: list[Curve] = []
    devices: list[MeasuredDevice] = []

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its findings; unmeasured without any."""
        verdicts = [finding.verdict for finding in self.findings]
        return max(verdicts, key=_WORST_LAST.index, default=Verdict.UNMEASURED)


class Results(ResultModel):
    """One calibration of one room, finished or not. ``number`` counts the calibrations of this room on this box.

    ``box`` is its host name and what machine it is, for people.
    """

    format: Literal[1] = 1
    number: int
    school: str
    room: str
    room_name: str = ""
    box: str = ""
    version: str = ""
    boot_id: str = ""
    began_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    devices: list[MeasuredDevice] = []
    steps: dict[str, StepResult] = Field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its steps."""
        return max((step.verdict for step in self.steps.values()), key=_WORST_LAST.index, default=Verdict.UNMEASURED)
