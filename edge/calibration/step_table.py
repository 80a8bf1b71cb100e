"""Table of the calibration's steps, in their order; the module of a step is imported when its turn comes."""

from __future__ import annotations

import importlib

from edge.calibration.step import Step

_STEPS = "edge.calibration.steps"

STEP_TABLE: dict[str, str] = {
    name: f"{_STEPS}.{name}"
    for name in (
        "roles",
        "picture",
        "lens",
        "blackboard",
        "seats",
        "sound",
        "gain",
        "sync",
        "clickers",
        "panel",
        "heads",
        "board",
        "timetable",
        "network",
        "storage",
        "trial",
    )
}
"""The steps' names, and the modules that have them as ``STEP``."""


def load_step(name: str) -> Step:
    """The step of this name.

    Raises:
        ModuleNotFoundError: a package of the extra ``calibration`` is missing.
    """
    step: Step = importlib.import_module(STEP_TABLE[name]).STEP
    return step
