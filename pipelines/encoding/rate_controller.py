"""Decide the QP of each picture from the sizes of those before it: rate control by lesson seconds. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum, auto

from pipelines.encoding.avoided_qps import AvoidedQps
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.picture_sizes import PictureSizes

# Beyond 51, the last of the standard, libx264 also takes the noise out of what it encodes: even white noise fits then.
COARSEST_QP, _COARSEST_OF_STANDARD, _HARDLY_S = 69, 51, 0.1
# Below it a still room gains nothing that is seen, and a sensor's noise costs many times the rate.
FINEST_QP = 24
# What may be spent above the configured rate over any time, in seconds of it: 5 % of a minute.
CREDIT_S = 3.0
# No lesson second is larger.
LARGEST_SECOND_S = 2.0

_FIRST_QP, _FIRST_BITS_A_PIXEL, _COARSEST_FIRST_QP = 28, 0.064, 40
# QP steps in which pictures become half as large: what a step is expected to bring, and to cost.
_HALVING_QP, _DOUBLING_QP = 4.5, 2.5
# What a second may hold, in seconds of the rate: to stay at its QP, at a finer one, and as the aim of a coarser one.
_STAYS_S, _FINER_S, _AIM_S = 1.25, 1.0, 1.0
# Within a second: what all of it would come to before a key picture is worth it, and where it may end.
_TOO_LARGE_S, _TOO_SMALL_S, _REFINED_S = 1.5, 0.5, 0.95
# A slide that changes is one picture as large as this; a larger one is encoded again, and the second of two of half.
_LARGE_PICTURE_S = 0.3
# Where few pictures come each of them may be larger, up to so many times the rate.
_LARGE_RATE = 4.0
_LARGE_KEY, _AIM_OF_KEY = 0.5, 0.3
_OTHER_SCENE = 4.0
_MARGIN = 0.9
# A scene whose inter pictures fall to this has changed.
_CALMER, _CALM = 0.55, 0.3
_LAST_CHANGE_LEFT = 0.35
_LAST_PICTURES_LEFT = 0.15
_STEPS_UP, _STEPS_DOWN = 4, 6
_MOST_KEYS, _MOST_TRIES, _MOST_TRIES_A_SECOND = 4, 3, 6
_REMEMBERED_SECONDS, _SAME_SCENE_SECONDS = 60, 2


class Action(Enum):
    """What is done with a picture."""

    GO_ON = auto()
    KEY = auto()
    LEAVE_OUT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with the picture at hand, and the QP of this one and those that follow."""

    action: Action
    qp: int


@dataclass(frozen=True, slots=True)
class _Tried:
    """The ``second`` in which a finer QP was tried on a scene that stays."""

    qp: int
    second: int


@dataclass(frozen=True, slots=True)
class _Left:
    """The QP that was left in a ``second`` in which the scene changed, and the rate of inter pictures before it did."""

    qp: int
    second: int
    rate: float


def first_qp(kbps: int, pixels_a_second: float) -> int:
    """The QP to begin with, when nothing is known of the scene."""
    qp = _FIRST_QP + _HALVING_QP * math.log2(_FIRST_BITS_A_PIXEL * pixels_a_second / (kbps * 1000))
    return min(max(FINEST_QP, round(qp)), _COARSEST_FIRST_QP)


class RateController:
    """Keeps one track at ``kbps`` by a constant QP in each lesson second, changed at key pictures.

    Before each picture ``plan`` says what is done with it, then ``review`` is told how large it became. Times are
    lesson time in 1/90000 s and only increase. Whatever the scene does, no lesson second is larger than twice the rate
    and no minute by more than 5 %, except that a second's first picture is always kept: at the coarsest QP if need be.
    The pictures that really come are counted, whatever rate their camera promised.

    Mean quality is best where easy and hard seconds are equally large, so within a second that becomes far too large
    or, after the scene has changed, far too small another key picture begins another QP. From second to second QP falls
    by one at most; one that was too fine is avoided, ever longer, so that it does not waver on a scene that stays.
    """

    def __init__(self, kbps: int, qp: int) -> None:
        self.qp = qp
        self.finest_qp = FINEST_QP
        self.spent_s = 0.0
        self._kbps = kbps
        self._sizes = PictureSizes()
        self._credit_s = CREDIT_S
        self._second = -1
        self._most_s = LARGEST_SECOND_S
        self._keys = self._tries_in_second = 0
        self._is_over = False
        self._start = self._tries = 0
        self._interval_s = 1.0
        self._step = Step(Action.KEY, qp)
        self._is_first = True
        self._needs_key = True
        self._avoided = AvoidedQps()
        self._easy: _Left | None = None
        self._hard: _Left | None = None
        self._tried: _Tried | None = None

    def retarget(self, kbps: int, finest_qp: int = FINEST_QP) -> None:
        """Another rate, and another finest QP, from the next picture on."""
        if kbps != self._kbps:
            self._sizes.rescale(self._kbps / kbps)
            self.spent_s *= self._kbps / kbps
            self._kbps = kbps
        self.finest_qp = finest_qp

    def spend(self, start: int, octets: int) -> None:
        """So many bytes are in the track at ``start`` that were not planned here."""
        if (second := start // VIDEO_TIMESCALE) != self._second:
            self._begin(second)
        self.spent_s += octets * 8 / (self._kbps * 1000)

    def plan(self, start: int, *, key: bool) -> Step:
        """What to do with the picture at ``start``; ``key``: it must be a key picture, as a second's first is."""
        self._interval_s = max(1, start - self._start) / VIDEO_TIMESCALE
        self._start, self._tries = start, 0
        second = start // VIDEO_TIMESCALE
        self._is_first = second != self._second
        if self._is_first:
            was_cut_short = self._is_over
            self._begin(second)
            qp = min(COARSEST_QP, self.qp + _STEPS_UP) if was_cut_short else self._next_second_qp()
            self._step = Step(Action.KEY, qp)
        elif self._is_over:
            self._step = Step(Action.LEAVE_OUT, self.qp)
        else:
            qp = self._rest_of_second_qp()
            is_key = key or self._needs_key or qp != self.qp
            self._step = Step(Action.KEY if is_key else Action.GO_ON, qp)
        return self._step

    def review(self, octets: int) -> Step | None:
        """Take the size of the picture that was encoded as planned; None: its packet is kept.

        Else it is thrown away, and so is the encoder; the picture is encoded again, or left out.
        """
        size_s = octets * 8 / (self._kbps * 1000)
        is_key = self._step.action is Action.KEY
        if self._is_too_large(size_s, is_key=is_key):
            self._step = self._try_again(size_s, is_key=is_key)
            return self._step
        self.spent_s += size_s
        self.qp = self._step.qp
        if is_key:
            self._sizes.push_key(size_s, self.qp)
            self._keys += 1
            self._needs_key = False
        else:
            self._sizes.push_inter(size_s, self._start)
        return None

    def _begin(self, second: int) -> None:
        self._sizes.remember()
        if self._second >= 0:
            # First pictures that had to be kept leave no debt: what comes after them must not suffer.
            self._credit_s = min(CREDIT_S, max(0.0, self._credit_s + second - self._second - self.spent_s))
        self._second, self.spent_s = second, 0.0
        self._most_s = min(LARGEST_SECOND_S, 1.0 + self._credit_s)
        self._keys = self._tries_in_second = 0
        self._is_over = False

    @property
    def _left(self) -> float:
        """The part of the second that is to come, 0..1."""
        return 1.0 - self._start % VIDEO_TIMESCALE / VIDEO_TIMESCALE

    def _next_second_qp(self) -> int:
        rate = self._sizes.remembered_rate(self.qp)
        if rate is None:
            return max(self.qp, self.finest_qp)
        expected_s = self._sizes.key_at(self.qp) + rate
        if expected_s > min(_STAYS_S, 0.85 + 0.2 * self._credit_s):
            self._avoided.avoid(self.qp, rate, self._second)
            if self._tried == _Tried(self.qp, self._second - 1):
                return self.qp + 1
            steps = math.ceil(_HALVING_QP * math.log2(expected_s / _AIM_S))
            return min(COARSEST_QP, self.qp + max(1, min(steps, _STEPS_UP)))
        if self.qp > _COARSEST_OF_STANDARD and expected_s < _HARDLY_S:
            return _COARSEST_OF_STANDARD
        if expected_s * 2 ** (1 / _HALVING_QP) <= _FINER_S and self._may_try(self.qp - 1, rate):
            self._tried = _Tried(self.qp - 1, self._second)
            return max(self.qp - 1, self.finest_qp)
        return max(self.qp, self.finest_qp)

    def _may_try(self, finer: int, rate: float) -> bool:
        """Whether a QP is not known to break, or the scene is much calmer than when it did."""
        broken_rate = self._avoided.broken_rate(finer)
        is_calm = broken_rate is not None and rate * 2 ** (1 / _DOUBLING_QP) < _CALM * broken_rate
        return is_calm or not self._avoided.is_avoided(finer, self._second)

    def _rest_of_second_qp(self) -> int:
        """Another QP only where the gain is worth a key picture."""
        rate = self._sizes.inter_rate()
        if rate is None or self._keys >= _MOST_KEYS or self._left < _LAST_CHANGE_LEFT:
            return self.qp
        expected_s = self.spent_s + rate * self._left
        if expected_s > min(_TOO_LARGE_S, self._most_s):
            return self._coarser_qp(rate)
        if expected_s < _TOO_SMALL_S and self.qp > self.finest_qp and self._has_calmed(rate):
            return self._finer_qp(rate)
        return self.qp

    def _coarser_qp(self, rate: float) -> int:
        rest_s = rate * self._left
        most_s = min(_TOO_LARGE_S, self._most_s) * _MARGIN
        changes = {
            qp: self._sizes.key_at(qp) + rest_s * 2 ** ((self.qp - qp) / _HALVING_QP)
            for qp in range(self.qp + 1, COARSEST_QP + 1)
        }
        worth = [qp for qp, change_s in changes.items() if change_s < rest_s]
        if not worth:
            return self.qp
        fitting = (qp for qp in worth if self.spent_s + changes[qp] < most_s)
        return self._hardened(next(fitting, worth[-1]), rate)

    def _finer_qp(self, rate: float) -> int:
        before, easy = self.qp, self._recent(self._easy)
        finest = max(self.finest_qp, before - _STEPS_DOWN)
        fitting = (qp for qp in range(finest, before - 1) if self._fits(qp, rate * 2 ** ((before - qp) / _DOUBLING_QP)))
        qp = next(fitting, before)
        if easy is not None and self.finest_qp <= easy.qp < qp and self._fits(easy.qp, easy.rate):
            qp = easy.qp
        if qp < before:
            self._hard = _Left(before, self._second, self._sizes.remembered_rate(before) or rate)
        return qp

    def _fits(self, qp: int, rate: float) -> bool:
        return self.spent_s + self._sizes.key_at(qp) + rate * self._left <= _REFINED_S

    def _has_calmed(self, rate: float) -> bool:
        """Whether the scene is another one than when this QP was used last, or the one from before it became hard."""
        before, easy = self._sizes.remembered_rate(self.qp), self._recent(self._easy)
        if before is None and easy is None:
            return True
        is_easy = easy is not None and easy.qp < self.qp and rate < easy.rate
        return is_easy or (before is not None and rate < _CALMER * before)

    def _hardened(self, qp: int, rate: float) -> int:
        """The QP for a scene that has become hard, where ``qp`` is the estimate: that of the last such scene."""
        self._avoided.avoid(self.qp, rate, self._second)
        if self._tried == _Tried(self.qp, self._second):
            # The scene is the same: it was this finer QP that was too much.
            return self.qp + 1
        self._leave_easy()
        hard = self._recent(self._hard)
        # What an estimate from afar says is too much where a scene's noise is no longer coded.
        estimate = min(qp, self.qp + max(_STEPS_UP, (qp - self.qp) // 3))
        if hard is None or hard.qp <= self.qp:
            return estimate
        may_do = (one for one in range(hard.qp, COARSEST_QP) if not self._avoided.is_avoided(one, self._second))
        return min(next(may_do, COARSEST_QP), max(estimate, hard.qp))

    def _leave_easy(self) -> None:
        """Remember the QP from before the scene became hard, perhaps in several steps."""
        easy, before = self._easy, self._sizes.remembered_rate(self.qp)
        if easy is not None and easy.qp < self.qp and self._second - easy.second <= _SAME_SCENE_SECONDS:
            self._easy = replace(easy, second=self._second)
        elif before is not None:
            self._easy = _Left(self.qp, self._second, before)

    def _recent(self, left: _Left | None) -> _Left | None:
        return None if left is None or self._second - left.second > _REMEMBERED_SECONDS else left

    def _is_too_large(self, size_s: float, *, is_key: bool) -> bool:
        if self._is_first and self._step.qp >= COARSEST_QP:
            return False
        if self.spent_s + size_s > self._most_s:
            return True
        may_try = self._tries < _MOST_TRIES and self._tries_in_second < _MOST_TRIES_A_SECOND
        if is_key:
            return self._is_first and may_try and size_s > _LARGE_KEY * self._most_s
        largest_s = max(_LARGE_PICTURE_S, _LARGE_RATE * self._interval_s)
        is_large = size_s > largest_s or min(size_s, self._sizes.last_inter) > largest_s / 2
        return may_try and is_large and self._left > _LAST_PICTURES_LEFT

    def _try_again(self, size_s: float, *, is_key: bool) -> Step:
        self._needs_key = True
        self._tries += 1
        self._tries_in_second += 1
        may_try = self._tries <= _MOST_TRIES and self._tries_in_second <= _MOST_TRIES_A_SECOND
        qp = self._step.qp
        # Intra or inter: a picture of a scene that has changed altogether is about as large.
        if is_key or size_s > _OTHER_SCENE * self._sizes.key_at(qp):
            self._sizes.note_key(size_s, qp)
        if is_key:
            self._leave_easy()
            qp += 2
        else:
            estimate = qp + _STEPS_UP + math.ceil(_HALVING_QP * math.log2(max(1.0, size_s / _LARGE_PICTURE_S)))
            qp = self._hardened(estimate, size_s / self._interval_s)
        room_s = _AIM_OF_KEY * max(0.0, self._most_s - self.spent_s)
        fitting = (qp for qp in range(qp, COARSEST_QP) if self._sizes.key_at(qp) <= room_s)
        # Once more, at the coarsest, however often it was tried in this second.
        is_possible = self._step.qp < COARSEST_QP and self._left > _LAST_PICTURES_LEFT
        if self._is_first or (is_possible and self._tries_in_second <= _MOST_TRIES_A_SECOND + _MOST_TRIES):
            return Step(Action.KEY, next(fitting, COARSEST_QP) if may_try else COARSEST_QP)
        self._is_over = True
        return Step(Action.LEAVE_OUT, self.qp)
