"""The gains of several microphones, shared by who speaks: together they are always one open microphone."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.mix_grid import HOP_S, HOPS
from pipelines.capture.noise_floor import SILENT, NoiseFloor

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOOK_AHEAD_HOPS: Final = 2
"""So many hops before a word a microphone begins to open; its sound must be as late."""

FLOOR_DB: Final = -15.0
"""A microphone that nobody speaks into is never off: the room does not go dead, and no word comes out of nothing."""

# A share goes with the square of a power: where a voice is 6 dB weaker in another microphone, that one is 12 dB down,
# and its echo of the voice 18 dB.
_STEEPNESS: Final = 2.0
# Levels fall as slowly as a room's echo dies away, so what rings on in one microphone does not open the other.
_LEVEL_RELEASE_DB_S: Final = 60.0
_HOLD_S: Final = 0.1
_GAIN_RELEASE_DB_S: Final = 40.0
# Who speaks already keeps the microphone against one that hears them as well.
_BONUS_DB: Final = 3.0
# So far above the noise begins speech, and from here on nothing is subtracted from its level any more.
_BEGINS_DB: Final = 6.0
_SURE_DB: Final = 12.0
_EXPANSION: Final = 3.0
# With so much against it a microphone opens for nobody, also while it is the only one that sounds.
_NO_SPEECH_DB: Final = 10.0
_NOISE_S: Final = 4.0
_HIGHEST_NOISE: Final = 10.0**-3.5
_AWAY_DB: Final = -400.0


class GainSharing:
    """Gains of ``count`` microphones for each hop, from their powers; it begins with all of them at the same gain.

    The squares of the gains add up to 1 at any moment, so the noise of the room stays as loud whoever speaks. One that
    is away has a gain of 0.

    Sources: D. Dugan, Automatic microphone mixing, J. Audio Eng. Soc. 23, 1975, and US patent 3,992,584 (a gain of each
    microphone's share in the level of all, so that the sum of their powers stays that of one).
    """

    def __init__(self, count: int) -> None:
        self._noise = NoiseFloor(count, _NOISE_S, _HIGHEST_NOISE)
        self._levels_db = np.full(count, _AWAY_DB)
        self._target_db = np.full(count, -10.0 * np.log10(count))
        self._targets_db = np.repeat(self._target_db[:, None], round(_HOLD_S / HOP_S) + LOOK_AHEAD_HOPS, axis=1)
        self._gain_db = self._target_db
        self._was_away = np.zeros((count, LOOK_AHEAD_HOPS + 1), np.bool_)
        self.is_active: Flags = np.zeros(count, np.bool_)
        """Whether each microphone heard more than noise in the last chunk."""

    def push(self, powers: Matrix, is_away: Flags, handicaps_db: NDArray[np.float64]) -> Matrix:
        """Add the powers of a chunk's hops, and in which nothing came; return the gains at the edges of its hops.

        Both are of shape (count, ``HOPS``). The gains are amplitudes of shape (count, ``HOPS`` + 1), for sound that is
        ``LOOK_AHEAD_HOPS`` late. ``handicaps_db`` is what speaks against each microphone.
        """
        noise_db = 10.0 * np.log10(self._noise.push(powers.mean(axis=1)))[:, None]
        powers_db = 10.0 * np.log10(np.maximum(powers, SILENT))
        levels_db = np.where(is_away, _AWAY_DB, self._fall(powers_db))
        over_noise_db = levels_db - noise_db
        scores_db = levels_db - _EXPANSION * np.clip(_SURE_DB - over_noise_db, 0.0, _SURE_DB) - handicaps_db[:, None]
        scores_db[np.argmax(self._target_db)] += _BONUS_DB
        scores_db[is_away] = _AWAY_DB
        is_heard = (powers_db - noise_db > _BEGINS_DB) & ~is_away
        self.is_active = np.any(is_heard, axis=1)
        is_heard &= handicaps_db[:, None] < _NO_SPEECH_DB
        return self._share(self._smooth(self._aim(_shares_db(scores_db), np.any(is_heard, axis=0))), is_away)

    def _fall(self, powers_db: Matrix) -> Matrix:
        """Levels that follow a rise at once and fall at a fixed rate."""
        falls_db = _LEVEL_RELEASE_DB_S * HOP_S * np.arange(HOPS + 1)
        levels = np.concatenate([self._levels_db[:, None], powers_db], axis=1)
        levels = np.maximum.accumulate(levels + falls_db, axis=1) - falls_db
        self._levels_db = levels[:, -1]
        followed: Matrix = levels[:, 1:]
        return followed

    def _aim(self, shares_db: Matrix, is_heard: Flags) -> Matrix:
        """The gain that each hop is to have: as it was while nobody speaks."""
        aims = np.empty_like(shares_db)
        for hop in range(HOPS):
            if is_heard[hop]:
                self._target_db = shares_db[:, hop]
            aims[:, hop] = self._target_db
        return np.maximum(aims, FLOOR_DB)

    def _smooth(self, aims_db: Matrix) -> Matrix:
        """Open before a word begins, hold after it ended, close at a fixed rate."""
        known = np.concatenate([self._targets_db, aims_db], axis=1)
        self._targets_db = known[:, HOPS:]
        held = np.lib.stride_tricks.sliding_window_view(known, known.shape[1] - HOPS + 1, axis=1).max(axis=2)
        falls_db = _GAIN_RELEASE_DB_S * HOP_S * np.arange(HOPS + 1)
        gains_db = np.concatenate([self._gain_db[:, None], held], axis=1)
        gains_db = np.maximum.accumulate(gains_db + falls_db, axis=1) - falls_db
        self._gain_db = gains_db[:, -1]
        smoothed: Matrix = gains_db
        return smoothed

    def _share(self, gains_db: Matrix, is_away: Flags) -> Matrix:
        """The gains as parts of one open microphone, which are those of the others as soon as one is away."""
        away = np.concatenate([self._was_away, is_away], axis=1)
        self._was_away = away[:, HOPS:]
        is_there = ~(away[:, : HOPS + 1] & away[:, 1 : HOPS + 2])
        amplitudes = 10.0 ** (gains_db / 20.0) * is_there
        of_all = np.sqrt(np.square(amplitudes).sum(axis=0))
        shared: Matrix = amplitudes / np.where(of_all > 0.0, of_all, 1.0)
        return shared


def _shares_db(scores_db: Matrix) -> Matrix:
    """The share of each in the sum of all, in dB; the highest score may be of any size."""
    shares = 10.0 ** (_STEEPNESS * (scores_db - scores_db.max(axis=0)) / 10.0)
    shares_db: Matrix = 10.0 * np.log10(shares / shares.sum(axis=0) + SILENT)
    return shares_db
