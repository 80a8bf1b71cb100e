"""Display texts of single values: device names, lesson times, sizes, and reasons of refused requests."""

from __future__ import annotations

from edge.i18n import Language, translate, translate_code
from edge.i18n.receipt import MESSAGES


def track_name(track: str, language: Language) -> str:
    """Display name of a track or device; its role where there is none."""
    return translate(f"receipt.track-{track}", language) if f"track-{track}" in MESSAGES else track


def lesson_time_text(lesson_ns: int) -> str:
    """A lesson time to the nearest second: 04:05, or 1:04:05."""
    minutes, seconds = divmod(round(lesson_ns / 1_000_000_000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def size_text(count: int, language: Language) -> str:
    """A number of bytes in megabytes."""
    return translate("receipt.megabytes", language, megabytes=count / 1e6)


def reason_text(catalogue: str, reason: str, language: Language) -> str:
    """The message ``<catalogue>.reason-…`` or ``room.fault-…`` of a code; a reason that is no code stays as it is."""
    return translate_code("room.fault", language, translate_code(f"{catalogue}.reason", language, reason))
