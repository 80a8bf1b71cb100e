"""What a step notes down on its way, until it is its result."""

from __future__ import annotations

from collections.abc import Mapping

from edge.calibration.device_roles import Section, exchange
from edge.calibration.results import (
    Advice,
    Finding,
    MeasuredDevice,
    Picture,
    SettingChange,
    StepResult,
    Verdict,
)
from edge.config.model import Config


class StepNotes:
    """Findings, changes, pictures and devices, in the order in which they came."""

    def __init__(self, step: str) -> None:
        self._step = step
        self.findings: list[Finding] = []
        self.changes: list[SettingChange] = []
        self.pictures: list[Picture] = []
        self.devices: list[MeasuredDevice] = []

    def add(self, name: str, verdict: Verdict, advice: Advice | None = None, device: str = "", text: str = "") -> None:
        """Note a fact."""
        self.findings.append(Finding(name=name, device=device, text=text, verdict=verdict, advice=advice))

    def exchange(self, config: Config, section: Section, meant: Mapping[str, str]) -> bool:
        """Note the settings by which devices exchange roles, in the place of any such before; whether they can."""
        changes = exchange(config, section, meant)
        if changes is None:
            self.add("exchange-refused", Verdict.BAD, Advice(code="exchange-by-hand"))
            return False
        self.changes = [one for one in self.changes if not one.key.startswith(f"{section}.")] + changes
        if changes:
            self.add("devices-exchanged", Verdict.ACCEPTABLE, Advice(code="calibrate-again"), "+".join(meant))
        return True

    def result(self) -> StepResult:
        """The step's result."""
        return StepResult(
            step=self._step,
            findings=self.findings,
            changes=self.changes,
            pictures=self.pictures,
            devices=self.devices,
        )
