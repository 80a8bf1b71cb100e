"""Estimate how large pictures become at a QP, from the latest ones. Pure; sizes in seconds of the configured rate."""

from __future__ import annotations

from collections import deque

from pipelines.encoding.packets import VIDEO_TIMESCALE

# So many inter pictures show a trend; no more than these are looked at.
_TREND, _RECENT = 4, 15
# QP steps in which key pictures become half as large.
_KEY_HALVING_QP = 7.0


class PictureSizes:
    """The latest key picture, and the inter pictures since it; starts are in 1/90000 s.

    Its state does not grow: it has an entry for each QP at most.
    """

    def __init__(self) -> None:
        self._key_s, self._key_qp = 0.0, 0
        self._qp = 0
        self._inter: deque[tuple[int, float]] = deque(maxlen=_RECENT)
        self._rates: dict[int, float] = {}

    def push_key(self, size_s: float, qp: int) -> None:
        """A key picture was kept, and inter pictures at ``qp`` follow."""
        self.remember()
        self._inter.clear()
        self._qp = qp
        self.note_key(size_s, qp)

    def note_key(self, size_s: float, qp: int) -> None:
        """A key picture is so large at ``qp``, kept or not."""
        self._key_s, self._key_qp = size_s, qp

    def push_inter(self, size_s: float, start: int) -> None:
        """An inter picture was kept."""
        self._inter.append((start, size_s))

    def remember(self) -> None:
        """Remember the present rate of inter pictures as that of this QP."""
        if (rate := self.inter_rate()) is not None:
            self._rates[self._qp] = rate

    def rescale(self, factor: float) -> None:
        """The configured rate was divided by ``factor``."""
        self._key_s *= factor
        self._inter = deque(((start, size * factor) for start, size in self._inter), maxlen=_RECENT)
        self._rates = {qp: rate * factor for qp, rate in self._rates.items()}

    def key_at(self, qp: int) -> float:
        """How large a key picture of this scene would be."""
        return self._key_s * float(2 ** ((self._key_qp - qp) / _KEY_HALVING_QP))

    def inter_rate(self) -> float | None:
        """What inter pictures like the latest ones take of a second; None where they are too few to tell."""
        if len(self._inter) < _TREND:
            return None
        sizes = [size for _, size in self._inter]
        span_s = (self._inter[-1][0] - self._inter[0][0]) / VIDEO_TIMESCALE
        # One large picture is no trend.
        usual_s = (sum(sizes) - max(sizes)) / (len(sizes) - 1)
        return usual_s * (len(sizes) - 1) / span_s

    @property
    def last_inter(self) -> float:
        """The size of the last picture, 0 if that was a key picture."""
        return self._inter[-1][1] if self._inter else 0.0

    def remembered_rate(self, qp: int) -> float | None:
        """What inter pictures took of a second when this QP was left last."""
        return self._rates.get(qp)
