"""A lesson is played on the host: by ffmpeg, which knows nothing of the product."""

from __future__ import annotations

from pathlib import Path

from tests.system import media


def assert_plays(lesson: Path) -> None:
    """Every playlist of a lesson's folder can be decoded from beginning to end, without a complaint."""
    playlists = sorted(lesson.glob("*.m3u8"))
    assert lesson / "main.m3u8" in playlists
    for playlist in playlists:
        assert media.ffmpeg_complaints(playlist) == "", playlist.name
