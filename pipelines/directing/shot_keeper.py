"""How long shots last and when a camera may come back, whatever the rules wish."""

from __future__ import annotations

from collections import deque

from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.scene import Wish

_SECOND_NS = 1_000_000_000


class ShotKeeper:
    """Keeps minimum shots, and keeps the programme from ping-pong.

    Each shot is longer than a minimum of three to five seconds: Rui, Gupta, Grudin, He, "Automating lecture
    capture and broadcast: technology and videography", Multimedia Systems 2004; so has the
    virtual director of Rui, He, Gupta, Liu, "Building an intelligent camera management system", ACM Multimedia 2001.
    """

    def __init__(self, rules: DirectorRules) -> None:
        self._rules = rules
        self._cuts: deque[int] = deque(maxlen=64)
        self._left_ns: dict[str, int] = {}

    def record(self, at_ns: int, left: str) -> None:
        """A cut at ``at_ns`` away from ``left``."""
        self._cuts.append(at_ns)
        self._left_ns[left] = at_ns

    def allows(self, at_ns: int, since_ns: int, wish: Wish) -> bool:
        """Whether what has been on air since ``since_ns`` may give way at ``at_ns`` to what is wished."""
        if at_ns - since_ns < self._least_s(at_ns) * _SECOND_NS:
            return False
        left_ns = self._left_ns.get(wish.role)
        return wish.is_strong or left_ns is None or at_ns - left_ns >= self._rules.return_s * _SECOND_NS

    def _least_s(self, at_ns: int) -> float:
        window_ns = self._rules.busy_window_s * _SECOND_NS
        recent = sum(at_ns - cut_ns < window_ns for cut_ns in self._cuts)
        return self._rules.busy_shot_s if 0 < self._rules.busy_cuts <= recent else self._rules.min_shot_s
