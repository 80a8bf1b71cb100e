"""The director against scripted lessons, drawn anew at each run: who was on air, and who should have been.

``python -m tests.direct.run [--seed N] [--scripts N] [--seconds N]``; exit code 1 if cuts and scripts agree for less
than 90 % of the time, 2 s around each change left out, or if a shot is shorter than the rules' minimum.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2

from drivers.simulated_classroom.script import ALL_ROLES, ClassroomScript
from tests.direct.agreement import Agreement, Shot, agreement
from tests.direct.directed_lesson import LOOKED_AT, PLACES, RULES, direct, observations

LEAST_SHARE = 0.9
SCRIPTS, SECONDS = 10, 300.0


@dataclass(frozen=True, slots=True)
class Room:
    """What a room has."""

    roles: Sequence[str]
    microphones: Sequence[str]


ROOMS: Mapping[str, Room] = {
    "five cameras, lapel and ceiling": Room(ALL_ROLES, PLACES),
    "three cameras, lapel and ceiling": Room(LOOKED_AT, PLACES),
    "three cameras, ceiling alone": Room(LOOKED_AT, ("ceiling",)),
}
"""The first is what must reach LEAST_SHARE."""


@dataclass(frozen=True, slots=True)
class DirectedLesson:
    """What a director made of one script in one room."""

    seed: int
    agreed: Agreement
    shots: Sequence[Shot]

    @property
    def lengths_s(self) -> list[float]:
        """Of the shots that a cut has ended."""
        return [shot.end_s - shot.begin_s for shot in self.shots[:-1]]

    def __str__(self) -> str:
        """One line, and what was wrong for longest."""
        lengths = sorted(self.lengths_s) or [0.0]
        quarters = (lengths[round(share * (len(lengths) - 1))] for share in (0, 0.25, 0.5, 0.75, 1))
        row = (
            f"  --seed {self.seed:<10} {self.agreed.share:6.1%} of {self.agreed.judged_s:.0f} s, "
            f"{self.agreed.elsewhere_s:.0f} s elsewhere; {len(self.shots)} shots of "
            f"{' / '.join(f'{length:.0f}' for length in quarters)} s"
        )
        return "\n".join([row, *(f"      {what}" for what in self.agreed.wrong[:3])])


def direct_script(seed: int, seconds: float) -> dict[str, DirectedLesson]:
    """Draw a script, have it observed once, and direct it in each room."""
    cv2.setNumThreads(1)
    script = ClassroomScript.from_seed(seed, seconds)
    seen = observations(script)
    lessons = {}
    for name, room in ROOMS.items():
        shots = direct(seen, seconds, room.roles, room.microphones)
        lessons[name] = DirectedLesson(seed, agreement(script, shots, room.roles), shots)
    return lessons


def main() -> int:
    """0 where the director agrees with the scripts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 31))
    parser.add_argument("--scripts", type=int, default=SCRIPTS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the length of each lesson")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    seeds = range(args.seed, args.seed + args.scripts)
    print(f"seed {args.seed}: {args.scripts} lessons of {args.seconds:g} s", flush=True)
    with ProcessPoolExecutor(args.jobs) as pool:
        lessons = list(pool.map(partial(direct_script, seconds=args.seconds), seeds))
    shares, shortest_s = {}, []
    for name in ROOMS:
        here = [lesson[name] for lesson in lessons]
        shares[name] = sum(one.agreed.right_s for one in here) / sum(one.agreed.judged_s for one in here)
        lengths = [length for one in here for length in one.lengths_s]
        shortest_s.append(min(lengths))
        worst = min(one.agreed.share for one in here)
        span = f"{min(lengths):.0f} to {max(lengths):.0f} s, median {statistics.median(lengths):.0f} s"
        print(f"{name}: {shares[name]:.1%}, worst {worst:.1%}; shots of {span}")
        print(*here, sep="\n")
    wrong = next(iter(shares.values())) < LEAST_SHARE or min(shortest_s) < RULES.min_shot_s
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
