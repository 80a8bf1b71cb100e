"""What is asked of one track's encoding now: set by one thread, read by the track's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class EncoderTargets:
    """The preset counts from the next key picture on, half the pictures at once.

    One thread sets, one reads, each field by itself: no lock is needed, and the track looks when it suits it.
    """

    preset: str
    halve_frame_rate: bool = False
