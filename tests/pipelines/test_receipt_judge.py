"""A few lessons of the judge's table (make judge): the receipt calls them what a person would."""

from __future__ import annotations

import secrets

import pytest

from tests.judge.run import judge

pytestmark = pytest.mark.long

SEED = secrets.randbelow(1 << 31)


@pytest.mark.parametrize("kind", ["black_network_camera", "slow_camera", "dead_channel", "quiet_after_speech"])
def test_a_lesson_is_judged_as_a_person_would(kind: str) -> None:
    judgement = judge(kind, SEED)
    assert judgement.is_right, judgement
