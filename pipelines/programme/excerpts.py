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

    Pictures (``needs_key``) begin with the first key picture that is not before the excerpt, sound with the fragment
    in which it begins; both last up to the fragment that begins at its end or later. The durations are those of the
    excerpt: so both playlists are equally long.
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
        # Between the two the entry is whole.
        if has_begun and one.end_ns <= to_ns:
            yield one.segment
            continue
        begin = one.segment.offset
        stop = one.length if one.segment.length is None else begin + one.segment.length
        fragments = [part for part in one.fragments() if begin <= part.offset < stop]
        first = fragments[0] if has_begun and fragments else _first(fragments, from_ns, needs_key=needs_key)
        if first is None or first.start_ns >= to_ns:
            continue
        after = next((part for part in fragments if part.start_ns >= to_ns and part.offset > first.offset), None)
        start_ns = one.start_ns if has_begun else from_ns
        end = stop if after is None else after.offset
        has_begun = True
        yield replace(
            one.segment,
            duration_s=(min(one.end_ns, to_ns) - start_ns) / _SECOND_NS,
            offset=first.offset,
            length=None if first.offset == 0 and end == one.length else end - first.offset,
        )


def _first(fragments: Sequence[TrackFragment], from_ns: int, *, needs_key: bool) -> TrackFragment | None:
    if needs_key:
        return next((part for part in fragments if part.start_ns >= from_ns and part.is_key), None)
    before = [part for part in fragments if part.start_ns <= from_ns]
    return before[-1] if before else next(iter(fragments), None)
