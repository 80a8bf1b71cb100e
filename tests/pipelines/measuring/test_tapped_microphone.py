"""The microphone that was tapped is told from those that only hear it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.tapped_microphone import tapped_microphone


def _peaks(dice: np.random.Generator, background_db: float, tap_db: float | None) -> NDArray[np.float64]:
    peaks = 10 ** ((background_db + dice.normal(0, 2, 250)) / 20)
    if tap_db is not None:
        peaks[[60, 61, 110, 160]] = 10 ** (tap_db / 20)
    return np.minimum(peaks, 1.0)


def test_the_tapped_one_is_told_whatever_the_gains() -> None:
    right = 0
    for seed in range(100):
        dice = np.random.default_rng(seed)
        gain = dice.uniform(-15, 15, 2)
        peaks = {
            "ceiling": _peaks(dice, -55 + gain[0], -12 + gain[0]),
            "lapel": _peaks(dice, -55 + gain[1], -40 + gain[1]),
        }
        right += tapped_microphone(peaks) == "ceiling"
    print(f"right {right} of 100, bound 100")
    assert right == 100


def test_speech_and_silence_are_no_taps_and_a_knocked_desk_is_none_of_either() -> None:
    dice = np.random.default_rng(1)
    quiet = {"ceiling": _peaks(dice, -50, -36), "lapel": _peaks(dice, -60, None)}
    with pytest.raises(Unmeasurable, match="no-tap"):
        tapped_microphone(quiet)
    both = {"ceiling": _peaks(dice, -50, -20), "lapel": _peaks(dice, -60, -30)}
    with pytest.raises(Unmeasurable, match="two-taps"):
        tapped_microphone(both)
    with pytest.raises(Unmeasurable, match="too-short"):
        tapped_microphone({"ceiling": np.ones(3)})
