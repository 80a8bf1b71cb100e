"""The preset and frame rate that load control asks of one track's encoder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class EncoderTargets:
    """``preset`` takes effect at the next key picture, ``halve_frame_rate`` at once.

    Written by the load control's thread and read by the track's, each field on its own: no lock is needed.
    """

    preset: str
    halve_frame_rate: bool = False
