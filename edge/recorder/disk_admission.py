"""Admission of a lesson by free disk space: at its full bit rate, at a lower one, or refused."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from pipelines.files import disk
from pipelines.recording.recording_settings import RecordingSettings
from pipelines.recording.storage_budget import MIN_BITRATE_SHARE

log = logging.getLogger(__name__)


class InsufficientSpace(Exception):
    """The disk has no space for another lesson, not even at the lowest bit rate."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The settings to record with, their share of the configured bit rate, and the free bytes at that moment."""

    room: RecordingSettings
    share: float
    free_bytes: int


def admit(room: RecordingSettings, seconds: float | None, *, has_begun: bool) -> Admission:
    """Decide for a lesson of so many seconds (None: as long as is usual here).

    A lesson that has begun is never refused: it continues as long as it can.

    Raises:
        InsufficientSpace: a new lesson does not fit.
        OSError: the disk cannot be asked.
    """
    free_bytes = disk.read_space(room.spool).free_bytes
    if room.storage_demand is None:
        return Admission(room, 1.0, free_bytes)
    demand = room.storage_demand if seconds is None else replace(room.storage_demand, seconds=max(0.0, seconds))
    share = demand.bitrate_share(free_bytes)
    if share is None:
        if not has_begun:
            raise InsufficientSpace
        share = MIN_BITRATE_SHARE
    if share == 1.0:
        return Admission(room, share, free_bytes)
    log.warning("%.1f GB are free: pictures get %.0f %% of their bit rate", free_bytes / 1e9, share * 100)
    return Admission(room.at_bitrate_share(share), share, free_bytes)
