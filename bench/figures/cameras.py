"""One to four cameras in one process: the cost of each more, against a line through the origin."""

from __future__ import annotations

from pathlib import Path

from bench.cpu_cost import Job, measure_in_turns, recorder_command
from bench.footage import SyntheticFootage
from bench.result_rows import ResultRow, ratio

_FOOTAGE = SyntheticFootage(640, 360, 900)
_ROLES = ("teacher", "students", "screen", "visitors")
_KBPS = 800
_RUNS = 3


def measure() -> list[ResultRow]:
    """What starting the process costs is taken off first, so that it flatters no one."""
    film, still = _FOOTAGE.file(), SyntheticFootage(640, 360, 2).file()

    def job(count: int) -> Job:
        return lambda out: [recorder_command(out, dict.fromkeys(_ROLES[:count], film), None, "--kbps", str(_KBPS))]

    def nothing(out: Path) -> list[list[str]]:
        return [recorder_command(out, {"teacher": still}, None, "--kbps", str(_KBPS))]

    jobs: dict[str, Job] = {"start": nothing, **{str(count): job(count) for count in range(1, len(_ROLES) + 1)}}
    costs = {name: cost.cpu_s for name, cost in measure_in_turns("cameras", jobs, _RUNS).items()}
    one = costs["1"] - costs["start"]
    how = f"{_FOOTAGE.frames} frames of 360p each, start of {costs['start']:.2f} s taken off, median of {_RUNS}"
    return [
        ratio(
            f"CPU, {count} cameras",
            costs[str(count)] - costs["start"],
            count * one,
            f"{count} × one",
            "s",
            1.0,
            how,
        )
        for count in range(2, len(_ROLES) + 1)
    ]
