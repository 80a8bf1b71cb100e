"""Rooms for steps of the calibration: their config, the devices they lend, and a context for a step."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from scripted_technician import ScriptedTechnician
from waiting import until

from edge.calibration.results import Results, StepResult, Verdict
from edge.calibration.room_under_test import DeviceUnavailable, OnBlock, OnPicture
from edge.calibration.step import StepContext
from edge.config.load import load
from edge.config.model import Config
from edge.recorder import composition
from pipelines.recording.room_devices import RoomDevices

CATALOGUES = ("calibration_findings_services", "calibration_advice_services")


@dataclass(frozen=True)
class StepRoom:
    """A room whose devices this process opens itself when a step asks for them."""

    config: Config

    @contextmanager
    def watch(self, role: str, on_picture: OnPicture) -> Iterator[None]:
        with self.all_devices() as devices:
            devices.cameras[role].attach(on_picture)
            yield
            devices.detach()

    @contextmanager
    def listen(self, role: str, on_block: OnBlock) -> Iterator[None]:
        raise DeviceUnavailable(role, "nobody listens here")
        yield

    @contextmanager
    def all_devices(self) -> Iterator[RoomDevices]:
        devices = composition.room_devices(self.config, lambda _role, _condition: None)
        for one in devices:
            one.start()
        try:
            until(lambda: all(one.delivered_count for one in devices))
            yield devices
        finally:
            for one in devices:
                one.close()


def context_of(
    config: Config, folder: Path, technician: ScriptedTechnician | None = None, *, is_check: bool = False
) -> StepContext:
    """The context of a step in this room; its results go into ``folder``/results."""
    results = folder / "results"
    results.mkdir(exist_ok=True)
    so_far = Results(number=1, school=config.room.school, room=config.room.room)
    room, asked = StepRoom(config), technician or ScriptedTechnician()
    return StepContext(room, asked, results, so_far, None, is_check)


def config_of(folder: Path, text: str) -> Config:
    """Load a config."""
    file = folder / "step-config.toml"
    file.write_text(text)
    return load(file)


def verdicts(result: StepResult) -> dict[str, Verdict]:
    """The verdict of each finding, as ``name`` or ``name@device``; every one has its words in both languages."""
    findings, advices = (importlib.import_module(f"edge.i18n.{one}").MESSAGES for one in CATALOGUES)
    for finding in result.findings:
        assert finding.name in findings, finding
        if finding.advice is not None:
            wanted = {name for _, name, _, _ in Formatter().parse(advices[finding.advice.code].zh) if name}
            assert wanted <= finding.advice.values.keys(), finding
        else:
            assert finding.verdict is Verdict.GOOD, finding
    return {f"{one.name}@{one.device}" if one.device else one.name: one.verdict for one in result.findings}
