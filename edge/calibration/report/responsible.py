"""Who puts right what a step found: the technician, unless it takes somebody else."""

from __future__ import annotations

from typing import Literal

Person = Literal["technician", "network", "school", "electrician"]

_BY_STEP: dict[str, Person] = {
    "network": "network",
    "timetable": "school",
}
_BY_ADVICE: dict[str, Person] = {
    "mains-hum": "electrician",
    "reverberation": "school",
}


def responsible(step: str, advice: str = "") -> Person:
    """The person (a name ``by-…`` in the report's messages) for an advice of a step."""
    return _BY_ADVICE.get(advice) or _BY_STEP.get(step, "technician")
