"""The decibel scale of an ALSA volume control: from its raw value to dB and back.

Source: sound/tlv.h of the kernel; the types are described in its
Documentation/sound/kernel-api/writing-an-alsa-driver.rst.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MINMAX_MUTE: Final = 5
_STEP_MASK: Final = 0xFFFF
_MUTE_FLAG: Final = 0x1_0000
_MUTED_DB: Final = -99_999.99


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Raw values from ``low`` to ``high``: dB, or amplitude where ``is_linear``, rises evenly between the ends."""

    low: int
    high: int
    low_db: float
    high_db: float
    is_linear: bool = False
    mutes_at_low: bool = False

    def db(self, raw: int) -> float:
        if raw <= self.low and self.mutes_at_low:
            return _MUTED_DB
        share = (raw - self.low) / (self.high - self.low) if self.high > self.low else 1.0
        if not self.is_linear:
            return self.low_db + share * (self.high_db - self.low_db)
        floor = 10.0 ** (self.low_db / 20.0) if self.low_db > _MUTED_DB else 0.0
        amplitude = floor + share * (10.0 ** (self.high_db / 20.0) - floor)
        return 20.0 * math.log10(amplitude) if amplitude > 0.0 else _MUTED_DB


@dataclass(frozen=True, slots=True)
class DecibelScale:
    """What each raw value of a volume control is in dB; a value that mutes is -99999.99 dB."""

    stretches: tuple[_Stretch, ...]

    def db(self, raw: int) -> float:
        """Return the gain of a raw value."""
        return next((one for one in self.stretches if raw <= one.high), self.stretches[-1]).db(raw)

    def raw_at_most(self, wanted_db: float, low: int, high: int, step: int) -> int:
        """Return the highest raw value whose gain is not above the wanted one; else the lowest that does not mute."""
        best: int | None = None
        lowest, highest = 0, (high - low) // max(step, 1)
        while lowest <= highest:
            middle = (lowest + highest) // 2
            raw = low + middle * max(step, 1)
            if self.db(raw) <= wanted_db + 1e-6:
                best, lowest = raw, middle + 1
            else:
                highest = middle - 1
        if best is None or self.db(best) <= _MUTED_DB:
            return low + max(step, 1) if self.db(low) <= _MUTED_DB and high > low else low
        return best


def decibel_scale(words: Sequence[int], low: int, high: int) -> DecibelScale | None:
    """Read the scale of a control with raw values from ``low`` to ``high`` from its TLV; None where it has none."""
    stretches = _stretches(words, low, high)
    return DecibelScale(tuple(sorted(stretches, key=lambda one: one.low))) if stretches else None


def _stretches(words: Sequence[int], low: int, high: int) -> list[_Stretch]:
    if len(words) < 2:
        return []
    kind, length = words[0], words[1] // 4
    body = words[2 : 2 + length]
    match kind:
        case 0:  # a container: the first that is a scale counts
            while len(body) >= 2:
                size = 2 + (body[1] + 3) // 4
                if found := _stretches(body[:size], low, high):
                    return found
                body = body[size:]
            return []
        case 3:  # ranges: low, high and a scale for each
            found = []
            while len(body) >= 4:
                size = 4 + (body[3] + 3) // 4
                found += _stretches(body[2:size], _signed(body[0]), _signed(body[1]))
                body = body[size:]
            return found
    if len(body) < 2:
        return []
    first = _signed(body[0]) / 100.0
    match kind:
        case 1:
            step_db = (body[1] & _STEP_MASK) / 100.0
            return [_Stretch(low, high, first, first + step_db * (high - low), mutes_at_low=bool(body[1] & _MUTE_FLAG))]
        case 2:
            return [_Stretch(low, high, first, _signed(body[1]) / 100.0, is_linear=True)]
        case 4 | 5:
            return [_Stretch(low, high, first, _signed(body[1]) / 100.0, mutes_at_low=kind == _MINMAX_MUTE)]
    return []


def _signed(word: int) -> int:
    return word - (1 << 32) if word & 0x8000_0000 else word
