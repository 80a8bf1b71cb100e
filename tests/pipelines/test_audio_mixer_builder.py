"""Which of FFmpeg's AAC coders a lesson's audio tracks take."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.recording.audio_mixer_builder import MIX, AudioMixerBuilder
from pipelines.recording.recording_settings import AUTO, MicrophoneSettings, RecordingSettings


@pytest.mark.parametrize(
    ("preset", "fast"),
    [(AUTO, {"lapel", "ceiling"}), ("superfast", {"lapel", "ceiling"}), ("ultrafast", {MIX, "lapel", "ceiling"})],
)
def test_single_microphones_take_the_cheap_coder_and_the_mix_where_the_cheapest_preset_is_pinned(
    preset: str, fast: set[str]
) -> None:
    microphones = (MicrophoneSettings("lapel"), MicrophoneSettings("ceiling"))
    builder = AudioMixerBuilder(RecordingSettings("s", "r1", "b", Path(), (), microphones, preset, 250, 4, 96), 0, {})
    assert {name for name in (MIX, "lapel", "ceiling") if builder.coding(name).is_fast} == fast
