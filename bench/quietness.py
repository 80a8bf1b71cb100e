"""How much of the machine others took while something was measured: a limit in milliseconds then says less."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path

# /proc/stat, first line, in ticks: user nice system idle iowait irq softirq steal (proc(5)).
_BUSY, _STOLEN = (0, 1, 2, 5, 6), 7
# More than this of the processors, and the machine was not quiet.
_QUIET_PERCENT = 5.0


def _read_machine_s() -> tuple[float, float]:
    """Seconds that the processors worked, and that the hypervisor kept from them."""
    ticks = [int(one) for one in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    tick_s = 1 / os.sysconf("SC_CLK_TCK")
    return sum(ticks[at] for at in _BUSY) * tick_s, ticks[_STOLEN] * tick_s


def _read_own_s() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in usages)


@dataclass(frozen=True, slots=True)
class Quietness:
    """From its making on: what others took."""

    _begun_s: float = field(default_factory=time.monotonic)
    _machine_s: tuple[float, float] = field(default_factory=_read_machine_s)
    _own_s: float = field(default_factory=_read_own_s)

    def others_percent(self) -> float:
        """The share of all processors that other programs, and other machines on this host, took."""
        worked_s, stolen_s = (now - before for now, before in zip(_read_machine_s(), self._machine_s, strict=True))
        others_s = max(0.0, worked_s - (_read_own_s() - self._own_s)) + stolen_s
        return 100 * others_s / ((time.monotonic() - self._begun_s) * (os.cpu_count() or 1))

    def told(self) -> str:
        """A sentence where the machine was not quiet, else empty."""
        percent = self.others_percent()
        return f"not a quiet machine: others took {percent:.0f} % of it" if percent > _QUIET_PERCENT else ""
