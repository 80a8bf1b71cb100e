"""Truncation of HLS playlists before the first file that the store does not have yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

_URI_ATTRIBUTE = re.compile(r'^#EXT-X-(?:MAP|MEDIA|I-FRAME-STREAM-INF|KEY):.*?\bURI="([^"]*)"')


def named_files(playlist: str) -> Iterator[str]:
    """Yield every file that an HLS playlist (RFC 8216) names, in order: maps, renditions, segments."""
    return (name for _, name in _named(playlist))


def truncate_playlist(playlist: str, stored: Set[str]) -> str:
    """Return the playlist up to, not including, the first entry that names a file not in ``stored``.

    That entry's own tags are left out, and so is all that follows, EXT-X-ENDLIST included. "" if no entry is left.
    """
    lines = playlist.splitlines(keepends=True)
    kept = 0
    for number, name in _named(playlist):
        if name not in stored:
            return "".join(lines[:kept])
        if not lines[number].startswith("#"):
            kept = number + 1
    return playlist


def _named(playlist: str) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(playlist.splitlines()):
        line = raw.strip()
        if attribute := _URI_ATTRIBUTE.match(line):
            yield number, attribute[1]
        elif line and not line.startswith("#"):
            yield number, line
