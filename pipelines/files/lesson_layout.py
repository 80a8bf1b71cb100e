"""Names of the files in a lesson's folder."""

from __future__ import annotations

LESSON_JSON = "lesson.json"
"""What a lesson was; it goes to the store last, and says that all the others are there."""

MAIN_PLAYLIST = "main.m3u8"
"""The playlist that players are given; it names the others."""

INIT = "init.mp4"
"""A track's init segment."""

PART = ".part"
"""Appended to the name of a segment that is still being written."""


def segment_name(number: int) -> str:
    """The file name of a finished segment."""
    return f"{number:06d}.m4s"
