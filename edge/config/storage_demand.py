"""The disk space and bit rate that a lesson of this room needs, computed from the config."""

from __future__ import annotations

from edge.config.model import Config
from pipelines.recording.storage_budget import StorageDemand


def storage_demand(config: Config) -> StorageDemand:
    """Return the demand: each camera at its bit rate, the mix, and a track per microphone if there are several."""
    microphones = len(config.microphones)
    sounds = microphones + 1 if microphones > 1 else microphones
    return StorageDemand(
        video_bps=sum(camera.bitrate_kbps for camera in config.cameras.values()) * 1000,
        audio_bps=sounds * config.recording.sound_kbps * 1000,
        seconds=min(config.storage.lesson_min, config.recording.longest_min) * 60,
        reserve_bytes=config.storage.reserve_mb * 1_000_000,
    )
