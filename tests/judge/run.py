"""The judge's table: lessons with a planted fault and healthy ones, drawn anew at each run, judged by the receipt.

``python -m tests.judge.run [--seed N] [--rounds N] [--decode] [KIND …]``; exit code 1 if a bad lesson was called good
or a good one bad.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from pipelines.receipt.findings import Finding, Severity
from tests.judge.healthy import HEALTHY
from tests.judge.lessons import Draw, JudgedLesson, record_and_judge
from tests.judge.planted import PLANTED

ROUNDS = 2
_MEMORY = "/dev/shm"
_KINDS: Mapping[str, Callable[[Draw], JudgedLesson]] = {**PLANTED, **HEALTHY}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the receipt says of one lesson."""

    kind: str
    seed: int
    is_good: bool
    findings: tuple[Finding, ...]

    @property
    def is_right(self) -> bool:
        """Whether that is what a person would say."""
        return self.is_good == (self.kind in HEALTHY)

    def __str__(self) -> str:
        """The lesson, how to hold it again, and what was found."""
        about = [
            f"{one.severity} {one.code} {one.track or ''} {one.values}"
            for one in self.findings
            if one.severity is Severity.BAD or self.kind in PLANTED
        ]
        return f"--seed {self.seed} {self.kind}: called {'good' if self.is_good else 'bad'}; {'; '.join(about)}"


def judge(kind: str, seed: int, *, decode: bool = False) -> Judgement:
    """Draw, hold and judge one lesson."""
    # The same seed gives another lesson of each kind.
    lesson = _KINDS[kind](np.random.default_rng([seed, *kind.encode()]))
    # In memory: how slow this machine's disk is has nothing to do with the lesson.
    with tempfile.TemporaryDirectory(dir=_MEMORY) as spool:
        receipt = record_and_judge(lesson, Path(spool), decode=decode)
    return Judgement(kind, seed, receipt.is_good, receipt.findings)


def judge_all(kinds: Sequence[str], seeds: Sequence[int], jobs: int, *, decode: bool) -> Iterator[Judgement]:
    """Judge a lesson of each kind for each seed, several at a time."""
    lessons = [(kind, seed) for seed in seeds for kind in kinds]
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(judge, decode=decode), *zip(*lessons, strict=True))


def table(judgements: Sequence[Judgement]) -> str:
    """The confusion matrix."""
    rows = [f"{'':<20}{'called bad':>12}{'called good':>12}"]
    for name, kinds in (("with a fault", PLANTED), ("healthy", HEALTHY)):
        of_these = [one for one in judgements if one.kind in kinds]
        good = sum(one.is_good for one in of_these)
        rows.append(f"{name:<20}{len(of_these) - good:>12}{good:>12}")
    return "\n".join(rows)


def main() -> int:
    """0 where every lesson was judged as a person would."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 31))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="lessons of each kind")
    parser.add_argument("--decode", action="store_true", help="judge by a full decode, as verify does")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(_KINDS)}")
    args = parser.parse_args()
    kinds = args.kinds or list(_KINDS)
    if unknown := [kind for kind in kinds if kind not in _KINDS]:
        parser.error(f"no such kind: {', '.join(unknown)}")
    print(f"seed {args.seed}: {args.rounds * len(kinds)} lessons", flush=True)
    judgements = []
    for one in judge_all(kinds, range(args.seed, args.seed + args.rounds), args.jobs, decode=args.decode):
        judgements.append(one)
        print("." if one.is_right else "X", end="", flush=True)
    wrong = [one for one in judgements if not one.is_right]
    print("\n" + table(judgements), *("misjudged: " + str(one) for one in wrong), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
