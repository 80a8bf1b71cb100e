"""The seconds of a journal are kept packed, whatever numbers a damaged one has."""

from __future__ import annotations

import math

from pipelines.journal.entries import SoundMeasurement
from pipelines.receipt.seconds import sound_second, sound_seconds


def test_a_level_that_no_sound_has_is_kept_as_a_very_loud_or_quiet_one() -> None:
    seconds = sound_seconds()
    for level in (-40.0, 1e300, -1e300, -math.inf):
        seconds.append(sound_second(SoundMeasurement(track="lapel", lesson_ns=0, rms_dbfs=level, peak_dbfs=0.0)))
    assert [second.rms_dbfs for second in seconds] == [-40.0, 1e6, -1e6, -math.inf]
