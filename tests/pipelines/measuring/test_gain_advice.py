"""The advised gain reaches the target, on the card first, and never lets a peak clip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.measuring.gain_advice import (
    CARD_HEADROOM_DB,
    CONFIG_STEP_DB,
    HIGHEST_PEAK_DBTP,
    TARGET_LUFS,
    CardGain,
    Limit,
    advise_gain,
)

CARD = CardGain(low_db=-12.0, high_db=23.0, step_db=1.5, now_db=0.0)


def test_the_card_does_what_its_headroom_allows_and_the_config_the_rest() -> None:
    advice = advise_gain(-40.0, -26.0, CARD)
    assert advice.card_gain_db == pytest.approx(15.0)  # 16 would leave less than 9 dB
    assert advice.config_gain_db == pytest.approx(7.0)
    assert (advice.loudness_lufs, advice.limit) == (pytest.approx(TARGET_LUFS), Limit.NONE)


def test_a_card_that_is_too_loud_is_turned_down() -> None:
    advice = advise_gain(-8.0, -0.5, CARD)
    assert advice.card_gain_db is not None
    assert advice.card_gain_db < -9.0
    assert advice.card_peak_dbtp <= HIGHEST_PEAK_DBTP - CARD_HEADROOM_DB


def test_without_a_gain_on_the_card_the_config_does_it_all() -> None:
    advice = advise_gain(-30.0, -14.0, None)
    assert (advice.card_gain_db, advice.config_gain_db, advice.limit) == (None, 12.0, Limit.NONE)


def test_what_kept_it_from_the_target_is_said() -> None:
    assert advise_gain(-40.0, -10.0, None).limit is Limit.PEAK
    assert advise_gain(-75.0, -60.0, None).limit is Limit.RANGE


@given(
    loudness=st.floats(-70.0, -5.0),
    crest_db=st.floats(6.0, 30.0),
    low=st.floats(-40.0, 0.0),
    span=st.floats(0.0, 60.0),
    step=st.floats(0.0, 3.0),
    share=st.floats(0.0, 1.0),
)
def test_no_advice_clips_or_is_too_loud(
    loudness: float, crest_db: float, low: float, span: float, step: float, share: float
) -> None:
    card = CardGain(low, low + span, step, low + share * span)
    peak = min(loudness + crest_db, 0.0)
    advice = advise_gain(loudness, peak, card)
    assert advice.card_gain_db is not None
    assert low - 1e-6 <= advice.card_gain_db <= low + span + 1e-6
    assert advice.true_peak_dbtp <= HIGHEST_PEAK_DBTP + 1e-6
    assert advice.loudness_lufs <= TARGET_LUFS + CONFIG_STEP_DB
    if advice.limit is Limit.NONE:
        assert advice.loudness_lufs == pytest.approx(TARGET_LUFS, abs=CONFIG_STEP_DB)
