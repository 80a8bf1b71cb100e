"""Findings of the receipt: everything that can be wrong with a lesson, as a code, a severity, a place and values."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from pydantic import BaseModel, ConfigDict

from pipelines.number_ranges import Int128


class Severity(StrEnum):
    """A ``bad`` finding makes the lesson bad; a ``note`` is worth knowing."""

    BAD = "bad"
    NOTE = "note"


class FindingCode(StrEnum):
    """Every kind of finding. A code never gets a new meaning: pages and the county keep them.

    The comment behind a code names its ``values``.
    """

    NO_JOURNAL = "no-journal"
    JOURNAL_DAMAGED = "journal-damaged"  # lines
    NOT_ENDED = "not-ended"
    CUT_SHORT = "cut"  # cause
    NO_TRACK = "no-track"
    PAUSED = "paused"
    BITRATE_REDUCED = "lowered"  # percent
    RESUMED_AFTER = "resumed-after"  # cause

    INIT_MISSING = "init-missing"  # file
    INIT_DAMAGED = "init-damaged"  # file
    SEGMENT_MISSING = "segment-missing"  # file
    SEGMENT_UNKNOWN = "segment-unknown"  # file
    SEGMENT_UNFINISHED = "segment-unfinished"  # file
    SEGMENT_BROKEN = "segment-broken"  # file, reason
    FRAGMENT_DAMAGED = "fragment-damaged"  # file, offset, length
    FRAGMENT_MISSING = "fragment-missing"  # file, offset, length
    FRAGMENT_UNKNOWN = "fragment-unknown"  # file, offset, length
    NO_KEY_PICTURE = "no-key-picture"  # file

    UNFILLED_GAP = "gap"  # seconds
    OVERLAP = "overlap"  # seconds
    LENGTH = "length"  # seconds, lesson_s
    FILLED_GAP = "hole"  # seconds, count, cause
    DROPPED = "dropped"  # count, what, cause; seconds, where a rate is known
    COARSER = "coarser"  # seconds, preset (the cheapest)
    HALVED = "halved"  # seconds

    PLAYLIST_MISSING = "playlist-missing"  # file
    PLAYLIST_UNREADABLE = "playlist-unreadable"  # file, reason
    PLAYLIST_OPEN = "playlist-open"  # file
    PLAYLIST_DIFFERS = "playlist-differs"  # file, other (the first segment listed or there, not both)
    PLAYLIST_LENGTH = "playlist-length"  # file, seconds, lesson_s

    SIDECAR_MISSING = "paper-missing"  # file
    SIDECAR_CHANGED = "paper-changed"  # file

    BLACK = "black"  # seconds
    FROZEN = "frozen"  # seconds
    FEW_PICTURES = "few-pictures"  # seconds, fps, promised_fps (0: not known)
    DAMAGED_PICTURES = "damaged-pictures"  # count, seconds
    MICROPHONE_DEAD = "microphone-dead"  # seconds, loudest_dbfs
    CHANNEL_DEAD = "channel-dead"  # seconds, channel (from 1)
    SOUND_MISSING = "sound-missing"  # seconds
    WRONG_RATE = "wrong-rate"  # percent (of the samples that the device promised)
    ODD_RATE = "odd-rate"  # percent (of the samples that should have come)
    CLIPPING = "clipping"  # seconds
    AV_OFFSET = "av-offset"  # offset_ms
    UNMEASURED = "unwatched"

    UNDECODABLE = "undecodable"  # file, reason


class Finding(BaseModel):
    """One finding, on a track or microphone and at a lesson time, where these mean something."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: FindingCode
    severity: Severity
    track: str | None = None
    from_ns: Int128 | None = None
    to_ns: Int128 | None = None
    values: dict[str, str | Int128 | float] = {}


def _finding(
    severity: Severity,
    code: FindingCode,
    track: str | None = None,
    from_ns: int | None = None,
    to_ns: int | None = None,
    **values: str | float,
) -> Finding:
    return Finding(code=code, severity=severity, track=track, from_ns=from_ns, to_ns=to_ns, values=values)


bad = partial(_finding, Severity.BAD)
"""Make a finding that makes the lesson bad."""

note = partial(_finding, Severity.NOTE)
"""Make a finding that is worth knowing and leaves the lesson good."""
