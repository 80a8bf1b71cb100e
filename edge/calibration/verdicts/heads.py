"""A head's way to its presets, and the names and numbers of new ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from edge.calibration.finding_makers import advice, at_most, fact, figure
from edge.calibration.results import Finding, Verdict

# From end to end of its range a classroom's head takes a few seconds; what takes longer comes late in every lesson.
ARRIVAL_S = at_most(8, 20)
PRESETS = 16
_LONGEST_NAME = 24
# They would have to be quoted in a dotted key, and on a command line.
_FORBIDDEN = set(".\"'\\ ")


def judge_arrival(device: str, seconds: float, reason: str) -> Finding:
    """The finding of one drive to a preset: how long it took, or the ``reason`` why the head did not arrive."""
    if reason:
        return fact("preset-arrival", "", Verdict.BAD, advice("preset-not-reached", reason=reason), device)
    return figure("preset-arrival", seconds, ARRIVAL_S, advice("head-slow"), unit="s", device=device)


def free_number(presets: Mapping[str, int]) -> int | None:
    """The lowest number of the head's memory that has no name yet; None where all have."""
    return next((number for number in range(PRESETS) if number not in presets.values()), None)


def is_good_name(name: str, taken: Collection[str]) -> bool:
    """Whether a preset may be called so: a short printable word without dots, quotes and spaces that is not taken."""
    plain = name.isprintable() and not _FORBIDDEN & set(name)
    return plain and 0 < len(name) <= _LONGEST_NAME and name not in taken
