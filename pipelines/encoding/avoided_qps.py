"""Remember which QPs were too fine for a scene, and for how long each is avoided. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_AVOIDED_SECONDS, _MOST_AVOIDED_SECONDS = 15, 240


@dataclass(frozen=True, slots=True)
class _Broken:
    """A QP that was too fine: at what rate, until which second it is avoided, and for how many."""

    rate: float
    until: int
    seconds: int


class AvoidedQps:
    """One that broke is avoided for a while, twice as long each time: QP must not waver on a scene that stays."""

    def __init__(self) -> None:
        self._broken: dict[int, _Broken] = {}

    def avoid(self, qp: int, rate: float, second: int) -> None:
        """``qp`` broke in lesson second ``second``, where inter pictures took ``rate`` of a second."""
        known = self._broken.get(qp)
        seconds = _AVOIDED_SECONDS if known is None else min(2 * known.seconds, _MOST_AVOIDED_SECONDS)
        self._broken[qp] = _Broken(rate, second + seconds, seconds)

    def is_avoided(self, qp: int, second: int) -> bool:
        """Whether ``qp`` is avoided in this second."""
        broken = self._broken.get(qp)
        return broken is not None and second < broken.until

    def broken_rate(self, qp: int) -> float | None:
        """The rate at which ``qp`` broke last, None if it never did."""
        broken = self._broken.get(qp)
        return None if broken is None else broken.rate
