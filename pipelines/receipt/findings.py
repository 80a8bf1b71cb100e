"""What can be found wrong with a lesson: a code, how bad it is, where, and the numbers behind it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Severity(StrEnum):
    """``bad`` spoils the verdict; a ``note`` is worth knowing."""

    BAD = "bad"
    NOTE = "note"


class FindingCode(StrEnum):
    """Every kind of finding. A code is never given a new meaning: pages and the county keep them.

    What each one's ``values`` hold stands behind it.
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
    DROPPED = "dropped"  # count, what, cause
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
    MICROPHONE_DEAD = "microphone-dead"  # seconds, loudest_dbfs
    CLIPPING = "clipping"  # seconds
    AV_OFFSET = "av-offset"  # offset_ms
    UNMEASURED = "unwatched"

    UNDECODABLE = "undecodable"  # file, reason


class Finding(BaseModel):
    """One thing found on a track or microphone, at a lesson time; None where that means nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: FindingCode
    severity: Severity
    track: str | None = None
    from_ns: int | None = None
    to_ns: int | None = None
    values: dict[str, str | int | float] = {}


def bad(
    code: FindingCode,
    track: str | None = None,
    from_ns: int | None = None,
    to_ns: int | None = None,
    **values: str | float,
) -> Finding:
    """A finding that spoils the lesson."""
    return Finding(code=code, severity=Severity.BAD, track=track, from_ns=from_ns, to_ns=to_ns, values=values)


def note(
    code: FindingCode,
    track: str | None = None,
    from_ns: int | None = None,
    to_ns: int | None = None,
    **values: str | float,
) -> Finding:
    """A finding that is worth knowing and spoils nothing."""
    return Finding(code=code, severity=Severity.NOTE, track=track, from_ns=from_ns, to_ns=to_ns, values=values)
