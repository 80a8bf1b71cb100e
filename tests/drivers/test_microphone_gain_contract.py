"""The gain of real sound cards is set and read back; skipped where none is named."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from drivers.device_identity import DeviceIdentity
from drivers.microphone.alsa_cards import find_card_number
from drivers.microphone.alsa_mixer import AlsaMixer

# ALSA ids of the cards, with a comma between them.
CARDS = [card for card in os.environ.get("EDGE_TEST_CARDS", "").split(",") if card]


@pytest.fixture(params=[f"card {card}" for card in CARDS])
def real_mixer(request: pytest.FixtureRequest) -> Iterator[AlsaMixer]:
    number = find_card_number("lapel", DeviceIdentity(name=request.param.removeprefix("card ")))
    with AlsaMixer.open("lapel", number) as mixer:
        before_db = mixer.gain_db()
        yield mixer
        if before_db is not None:
            mixer.set_gain_db(before_db)


def test_the_gain_of_a_real_device_is_what_was_set(real_mixer: AlsaMixer) -> None:
    volume = real_mixer.capture_volume()
    assert volume is not None
    assert volume.low_db is not None
    assert volume.high_db is not None
    assert volume.step_db is not None
    print(volume.name, volume.low_db, volume.high_db, volume.step_db)
    for share in (0.0, 0.37, 1.0):
        wanted_db = volume.low_db + share * (volume.high_db - volume.low_db)
        actual_db = real_mixer.set_gain_db(wanted_db)
        assert wanted_db - volume.step_db - 0.01 <= actual_db <= wanted_db + 0.01
        assert real_mixer.gain_db() == pytest.approx(actual_db)
