"""Stretches of a lesson as playlists of their own: byte ranges of programme and sound, one after the other. Pure.

Time jumps between two of them, so EXT-X-DISCONTINUITY stands there in both playlists (RFC 8216, 4.3.2.3 and 6.2.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.programme.hls_playlist import PlaylistSegment
from pipelines.programme.programme_builder import TrackFragment

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of the lesson, from and to whole lesson seconds, and its name as a chapter."""

    from_s: int
    to_s: int
    title: str


@dataclass(frozen=True, slots=True)
class TimedSegment:
    """An entry of a playlist with its lesson time; ``fragments`` returns those of its whole file."""

    segment: PlaylistSegment
    start_ns: int
    end_ns: int
    length: int
    fragments: Callable[[], Sequence[TrackFragment]]


def excerpt_playlist(
    segments: Sequence[TimedSegment], excerpts: Sequence[Excerpt], *, needs_key: bool
) -> list[PlaylistSegment]:
    """Return what of a track or of the programme is in the excerpts.

    Each begins with the first fragment that is not before it, of pictures (``needs_key``) one that begins with a key
    picture, and lasts up to the fragment that begins at its end or later.
    """
    found: list[PlaylistSegment] = []
    for excerpt in excerpts:
        from_ns, to_ns = excerpt.from_s * _SECOND_NS, excerpt.to_s * _SECOND_NS
        parts = list(_parts(segments, from_ns, to_ns, needs_key=needs_key))
        if parts:
            found += [replace(parts[0], is_apart=bool(found)), *parts[1:]]
    return found


def _parts(segments: Sequence[TimedSegment], from_ns: int, to_ns: int, *, needs_key: bool) -> Iterator[PlaylistSegment]:
    has_begun = False
    for one in segments:
        if one.end_ns <= from_ns or one.start_ns >= to_ns:
            continue
        if has_begun and one.end_ns <= to_ns:
            yield one.segment
            continue
        begin = one.segment.offset
        stop = one.length if one.segment.length is None else begin + one.segment.length
        fragments = [part for part in one.fragments() if begin <= part.offset < stop]
        usable = (
            part for part in fragments if has_begun or (part.start_ns >= from_ns and (part.is_key or not needs_key))
        )
        first = next(usable, None)
        if first is None or first.start_ns >= to_ns:
            continue
        after = next((part for part in fragments if part.start_ns >= to_ns and part.offset > first.offset), None)
        has_begun = True
        end_ns, end = (one.end_ns, stop) if after is None else (after.start_ns, after.offset)
        start_ns = one.start_ns if first.offset == begin else first.start_ns
        is_whole = first.offset == 0 and end == one.length
        yield replace(
            one.segment,
            duration_s=(end_ns - start_ns) / _SECOND_NS,
            offset=first.offset,
            length=None if is_whole else end - first.offset,
        )
