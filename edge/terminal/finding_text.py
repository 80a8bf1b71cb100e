"""Texts for findings, tracks and lesson times."""

from __future__ import annotations

from edge.i18n import Language, LazyMessage, lazy_message, translate
from edge.i18n.receipt import MESSAGES
from pipelines.receipt.findings import Finding


def finding_message(finding: Finding) -> LazyMessage:
    """A finding as a message, without its track and time."""
    values = {
        key: lazy_message(f"receipt.{key}-{value}") if f"{key}-{value}" in MESSAGES else value
        for key, value in finding.values.items()
    }
    return lazy_message(f"receipt.{finding.code}", **values)


def track_name(track: str, language: Language) -> str:
    """Display name of a track or device; its role where there is none."""
    return translate(f"receipt.track-{track}", language) if f"track-{track}" in MESSAGES else track


def clock(lesson_ns: int) -> str:
    """A lesson time to the nearest second: 04:05, or 1:04:05."""
    minutes, seconds = divmod(round(lesson_ns / 1_000_000_000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
