"""How fast an emulated machine is, against the one on which the limits in seconds were set: a small fixed job tells."""

from __future__ import annotations

from dataclasses import dataclass

REFERENCE_S = 0.8
"""What the job took in the guest on the machine of docs/virtual-classroom.md, which had nothing else to do."""
BECAME_SLOWER = 1.5
KEEPS_UP = 1.3
_TURNS = 500_000

# Both processors at once, since the product uses both; each tells the seconds of the loop alone. Before all else, since
# it is the host that is measured, not what the guest has to do besides.
_LOOP = f"""
import sys, time
began, total = time.monotonic(), 0
for number in range({_TURNS}):
    total = (total + number * number) % 1_000_003
sys.stdout.write(str(time.monotonic() - began) + chr(10))
"""
JOB = f"for processor in 1 2; do chrt --fifo 1 python3 -c '{_LOOP}' & done; wait"
"""A command of the guest, for ``speed_told``."""


@dataclass(frozen=True)
class Speed:
    """``job_s``: how long the job took."""

    job_s: float = REFERENCE_S

    @property
    def slowness(self) -> float:
        """By how much limits are longer than the stated ones; a fast machine has those."""
        return max(1.0, self.job_s / REFERENCE_S)

    @property
    def keeps_up(self) -> bool:
        """Whether the machine has the time for every picture and every sound."""
        return self.slowness <= KEEPS_UP

    def verdict(self, now: Speed) -> str:
        """Say of a failure whether the box was slow or the product wrong. ``self``: the speed that limits go by."""
        measured = (
            f"the job of {REFERENCE_S:.2f} s took {self.job_s:.2f} s at the start, {now.job_s:.2f} s after it failed; "
            f"limits in seconds were {self.slowness:.1f} times the stated ones"
        )
        if now.slowness > self.slowness * BECAME_SLOWER:
            return f"{measured}. THE BOX WAS SLOW: slower than its limits allow; try again on a quiet machine"
        if not self.keeps_up:
            return (
                f"{measured}. THE BOX WAS SLOW and its limits long: what was too late is the product's fault, "
                "pictures and sound that were lost may be the box's"
            )
        return f"{measured}. THE PRODUCT IS WRONG: the box kept the speed that its limits go by"


def speed_told(told: str) -> Speed:
    """Return what the job's output says: the slower processor counts."""
    return Speed(max(float(line) for line in told.split()))
