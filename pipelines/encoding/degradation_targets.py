"""The preset, bit rate and frame rate that load control asks of one track's encoder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class EncoderTargets:
    """``preset`` and ``bitrate_share`` (of the configured bit rate) take effect at the next key picture.

    ``halve_frame_rate`` does at once.

    Written by the load control's thread and read by the track's, each field on its own: no lock is needed.
    """

    preset: str
    bitrate_share: float = 1.0
    halve_frame_rate: bool = False
