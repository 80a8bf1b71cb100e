"""Config of the mix: how a lesson's microphones become the sound that people hear."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edge.config.base_section import Section


class SoundConfig(Section):
    """The mix of the microphones, by who speaks or as a plain sum; all keys but the first are of the former.

    ``high_pass_hz`` 0 leaves what is low in it, ``level`` brings speech to ``loudness_lufs``, ``detector`` tells speech
    from other sound.
    """

    mix: Literal["speech", "sum"] = "speech"
    high_pass_hz: int = Field(default=80, ge=0, le=200)
    level: bool = True
    loudness_lufs: float = Field(default=-18, ge=-30, le=-14)
    detector: bool = True

    @property
    def listens_for_speech(self) -> bool:
        """Whether the mix depends on who speaks."""
        return self.mix == "speech" and self.detector
