"""Finished sound is contiguous, and its silences are told whole or minute by minute."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.pcm_assembler import MAX_POP_SAMPLES, PcmAssembler, SilentSpan
from pipelines.journal.entries import Cause


def counting(count: int, first: int = 1) -> NDArray[np.float32]:
    return np.arange(first, first + count, dtype=np.float32)[:, None]


def test_silence_goes_on_with_its_first_cause_until_there_is_sound() -> None:
    output = PcmAssembler(1_000, 1)
    output.pad_to(1_500, Cause.RESTART, "restarted")
    output.pad_to(2_000, Cause.DEVICE, "gone")
    assert output.pop_silences() == []
    output.append_samples(counting(3))
    assert output.pop_silences() == [SilentSpan(1_000, 2_000, Cause.RESTART, "restarted")]
    np.testing.assert_array_equal(output.pop_samples()[998:, 0], [0, 0, 1, 2, 3])
    assert output.position == 2_003


def test_silence_under_a_millisecond_is_not_told() -> None:
    output = PcmAssembler(0, 1)
    output.pad_to(47, Cause.DEVICE, "")
    output.append_samples(counting(1))
    assert output.pop_silences() == []
    assert output.position == 48


def test_an_end_cuts_through_several_pieces() -> None:
    output = PcmAssembler(0, 1)
    for first in (1, 11, 21):
        output.append_samples(counting(10, first))
    output.truncate_to(7)
    np.testing.assert_array_equal(output.pop_samples()[:, 0], range(1, 8))
    assert output.position == 7


def test_what_was_taken_cannot_be_cut() -> None:
    output = PcmAssembler(0, 1)
    output.append_samples(counting(10))
    output.pop_samples()
    output.append_samples(counting(10, 11))
    output.truncate_to(5)
    assert output.position == 10
    assert len(output.pop_samples()) == 0


def test_a_long_silence_is_taken_in_pieces() -> None:
    output = PcmAssembler(0, 2)
    output.pad_to(MAX_POP_SAMPLES * 3, Cause.DEVICE, "")
    sizes = [output.pop_samples().shape for _ in range(4)]
    assert sizes == [(MAX_POP_SAMPLES, 2)] * 3 + [(0, 2)]
