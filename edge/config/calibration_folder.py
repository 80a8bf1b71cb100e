"""Where the calibrations of a room lie on its box: a folder for each, named by its number."""

from __future__ import annotations

from pathlib import Path

from edge.config.model import PathsConfig

RESULTS = "results.json"
"""The file of a calibration that has its figures."""


def calibration_folder(paths: PathsConfig) -> Path:
    """The folder of all calibrations; it is not there before the first."""
    return paths.ledger.parent / "calibration"
