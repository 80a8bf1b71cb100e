"""Every fuzz target in turn, on all processors, or one input of one target again.

``run.py [--inputs N] [--seed S] [NAME…]`` tries the targets named, or all; ``run.py NAME FILE`` takes the input in a
file, as a run that found something says.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import re
import resource
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from limits import held_within_limits
from targets import TARGETS

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "build" / "fuzz"
MAX_MB, HANG_S = 1024, 20
TOLD_EVERY_S = 10.0
LAST_LINES = 60


@dataclass(slots=True)
class Trial:
    """A target that is tried, and how far it is."""

    name: str
    inputs: int
    seed: int
    done: int = 0
    peak_mb: int = 0
    took_s: float = 0.0
    said: str = ""

    def run(self) -> None:
        """Try it in a process of its own until its end; what it said is kept where it found something."""
        begun_s = time.monotonic()
        tail: deque[str] = deque(maxlen=LAST_LINES)
        command = [sys.executable, str(Path(__file__).with_name("one_target.py")), self.name]
        command += [f"-runs={self.inputs}", f"-seed={self.seed}", f"-artifact_prefix={FOUND}/{self.name}-"]
        command += [f"-rss_limit_mb={MAX_MB}", f"-timeout={HANG_S}"]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stderr is not None
        errors = threading.Thread(target=tail.extend, args=(child.stderr,))
        errors.start()
        for line in child.stdout:
            if line.strip().isdecimal():
                self.done = int(line)
            else:
                tail.append(line)
        errors.join()
        self.took_s = time.monotonic() - begun_s
        text = "".join(tail)
        if peak := re.search(r"peak_rss_mb:\s*(\d+)", text):
            self.peak_mb = int(peak[1])
        if executed := re.search(r"number_of_executed_units:\s*(\d+)", text):
            self.done = int(executed[1])
        if child.wait():
            self.said = text or f"it ended with {child.returncode}"

    def line(self) -> str:
        """Its result."""
        rate = self.done / max(self.took_s, 0.001)
        result = "FOUND SOMETHING" if self.said else "nothing found"
        return f"{self.name:20} {self.done:8,} inputs {rate:7,.0f}/s {self.peak_mb:5} MB at most; {result}"


def main() -> int:
    """0 where nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="in all; every target has its share")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 31))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at a time")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(TARGETS)}")
    args = parser.parse_args()
    if len(args.names) == 2 and args.names[1] not in TARGETS:
        return replay(args.names[0], Path(args.names[1]))
    return fuzz(args.names or list(TARGETS), args.inputs, args.seed, args.jobs)


def replay(name: str, file: Path) -> int:
    """Have a target take the input in a file; its exception ends the program."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    held_within_limits(getattr(importlib.import_module(TARGETS[name].family), name), file.read_bytes())
    print(f"{name} took it")
    return 0


def fuzz(names: list[str], inputs: int, seed: int, jobs: int) -> int:
    """Try targets, so many at a time; 0 where nothing was found."""
    FOUND.mkdir(parents=True, exist_ok=True)
    shares = sum(TARGETS[name].share for name in names)
    trials = [Trial(name, -(-inputs * TARGETS[name].share // shares), seed) for name in names]
    print(f"{len(trials)} targets, {inputs:,} inputs, --seed {seed}", flush=True)
    begun_s = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(trial.run): trial for trial in trials}
        told_s = begun_s
        while running:
            time.sleep(0.2)
            for done in [future for future in running if future.done()]:
                done.result()
                print(running.pop(done).line(), flush=True)
            if running and time.monotonic() - told_s >= TOLD_EVERY_S:
                told_s = time.monotonic()
                print(f"… {sum(trial.done for trial in trials):,} inputs, {told_s - begun_s:.0f} s", flush=True)
    failed = [trial for trial in trials if trial.said]
    for trial in failed:
        print(f"\n== {trial.name}\n{trial.said}")
        for file in sorted(FOUND.glob(f"{trial.name}-*"), key=lambda path: path.stat().st_mtime)[-1:]:
            print(f"again: make fuzz ARGS='{trial.name} {file.relative_to(ROOT)}'")
    total = sum(trial.done for trial in trials)
    result = f"found something in {', '.join(trial.name for trial in failed)}" if failed else "nothing found"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = f"{time.monotonic() - begun_s:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time"
    print(f"{total:,} inputs in {took}: {result}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
