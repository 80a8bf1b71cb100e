"""The gain to set so that a lesson's speech has the right loudness: on the card first, then in the config."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipelines.loudness_target import HIGHEST_PEAK_DBTP, TARGET_LUFS

CARD_HEADROOM_DB: Final = 9.0
"""So much louder a teacher calls the class to order than they speak for a calibration; what clips is lost."""

CONFIG_LOWEST_DB: Final = -40.0
CONFIG_HIGHEST_DB: Final = 40.0
CONFIG_STEP_DB: Final = 0.5

# No card has finer steps than ALSA's unit; what claims to is stepless.
_FINEST_STEP_DB: Final = 0.01


class Limit(StrEnum):
    """What kept the advice from the target."""

    NONE = ""
    PEAK = "peak"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class CardGain:
    """The capture gain of a card: its range, its step and what is set now, all in dB."""

    low_db: float
    high_db: float
    step_db: float
    now_db: float


@dataclass(frozen=True, slots=True)
class GainAdvice:
    """What to set, and what comes of it.

    ``card_gain_db`` is None for a card without a gain. ``card_peak_dbtp`` is the peak at the card's converter, the
    other two are those of the lesson's sound.
    """

    card_gain_db: float | None
    config_gain_db: float
    loudness_lufs: float
    card_peak_dbtp: float
    true_peak_dbtp: float
    limit: Limit


def advise_gain(
    loudness_lufs: float,
    true_peak_dbtp: float,
    card: CardGain | None,
    target_lufs: float = TARGET_LUFS,
) -> GainAdvice:
    """Advise the gains for speech that was measured with ``card.now_db`` and no gain in the config.

    The card brings the speech to the target as far as its peaks stay 9 dB below -1 dBTP (what clips there is lost); the
    config's ``gain_db`` adds the rest, as far as the measured peak stays below -1 dBTP.
    """
    card_change = 0.0
    if card is not None:
        loudest = HIGHEST_PEAK_DBTP - CARD_HEADROOM_DB - true_peak_dbtp
        wanted = card.now_db + min(target_lufs - loudness_lufs, loudest)
        card_change = _step_below(wanted, card) - card.now_db
    after_lufs, after_dbtp = loudness_lufs + card_change, true_peak_dbtp + card_change
    missing = target_lufs - after_lufs
    allowed = HIGHEST_PEAK_DBTP - after_dbtp
    steps = math.floor(min(missing + CONFIG_STEP_DB / 2.0, allowed) / CONFIG_STEP_DB + 1e-9)
    config = min(max(steps * CONFIG_STEP_DB, CONFIG_LOWEST_DB), CONFIG_HIGHEST_DB)
    short = missing - config
    limit = Limit.NONE
    if abs(short) > CONFIG_STEP_DB:
        limit = Limit.PEAK if short > 0.0 and config < CONFIG_HIGHEST_DB else Limit.RANGE
    return GainAdvice(
        None if card is None else card.now_db + card_change,
        config,
        after_lufs + config,
        after_dbtp,
        after_dbtp + config,
        limit,
    )


def _step_below(wanted_db: float, card: CardGain) -> float:
    """The highest gain of the card that is not above the wanted one, or its lowest."""
    inside = min(max(wanted_db, card.low_db), card.high_db)
    if card.step_db < _FINEST_STEP_DB:
        return inside
    return card.low_db + math.floor((inside - card.low_db) / card.step_db + 1e-6) * card.step_db
