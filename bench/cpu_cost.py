"""What a job costs: CPU seconds of all its processes, competitors taking turns, the median of each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.footage import FOLDER

Command = list[str]
Job = Callable[[Path], Sequence[Command]]
"""Given a folder for its output, the commands that run side by side."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: user and system time of every process, and how long it took."""

    cpu_s: float
    wall_s: float


class JobFailed(Exception):
    """A competitor did not finish; the message has its last words."""


def recorder_command(spool: Path, cameras: Mapping[str, Path], sound: Path | None, *options: str) -> Command:
    """The recorder on files."""
    command = [sys.executable, "-m", "bench.offline_recording", str(spool), *options]
    for role, path in cameras.items():
        command += ["--camera", f"{role}={path}"]
    return [*command, *(["--sound", str(sound)] if sound else [])]


def measure_in_turns(name: str, jobs: Mapping[str, Job], runs: int) -> dict[str, Cost]:
    """Every job ``runs`` times in turn, the medians of CPU and wall time; the last output of each stays.

    It lies in ``output(name, job)``.
    """
    costs: dict[str, list[Cost]] = {job: [] for job in jobs}
    for _ in range(runs):
        for job, make in jobs.items():
            folder = output_folder(name, job)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            costs[job].append(run(make(folder)))
    return {
        job: Cost(median(one.cpu_s for one in many), median(one.wall_s for one in many)) for job, many in costs.items()
    }


def output_folder(name: str, job: str) -> Path:
    """Where a job's output lies."""
    return FOLDER / "output" / name / job


def run(commands: Sequence[Command]) -> Cost:
    """Run commands side by side to their ends. Failed."""
    begun_s = time.monotonic()
    children = [
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for command in commands
    ]
    cpu_s = 0.0
    for child, command in zip(children, commands, strict=True):
        assert child.stderr is not None
        words = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stderr.close()
        if child.returncode:
            raise JobFailed(f"{' '.join(command)}: {words.decode(errors='replace')[-2000:]}")
        cpu_s += usage.ru_utime + usage.ru_stime
    return Cost(cpu_s, time.monotonic() - begun_s)
