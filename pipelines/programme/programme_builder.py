"""The programme of a lesson, built from cuts and tracks while both still grow: segments and byte ranges of them. Pure.

Nothing is encoded for it. A shot is a row of whole segments of its camera's track, and at its edges byte ranges of
whole fragments (RFC 8216, 4.3.2.2), the first of which begins with a key picture.

A cut takes effect at the first key picture of its camera that is not before it: where the track was encoded that is the
first picture of the second. Until then the camera before it stays, without any picture that is later: times only
increase. Where the camera before it was encoded nothing is missing between the two; of one that was passed through up
to a fragment may be, since nobody knows the times of the pictures inside of one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

from pipelines.programme.hls_playlist import PlaylistSegment

_SECOND_NS = 1_000_000_000
# Fragments are no longer: a camera whose pictures end that long before the next one's first has a hole there.
_LONGEST_FRAGMENT_NS = _SECOND_NS
# A cut that comes when no more than this is left of what is published already has missed its second.
_MARGIN_NS = _SECOND_NS // 2


@dataclass(frozen=True, slots=True)
class TrackFragment:
    """A fragment of a track: where it begins in its segment's file, and in lesson time."""

    offset: int
    start_ns: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class TrackSegment:
    """A finished segment of a track, which begins with a key picture; its ``length`` is in bytes.

    ``init`` is the path of its init segment, ``init_crc`` the CRC-32 of that, where it is known: one init segment does
    for all that are the same. ``is_encoded``: the first picture of each lesson second in it is a key picture.
    ``fragments`` returns what is in it, and is asked only where the segment may have to be cut.
    """

    path: str
    start_ns: int
    end_ns: int
    duration_s: float
    length: int
    init: str
    init_crc: int | None
    is_encoded: bool
    fragments: Callable[[], Sequence[TrackFragment]]


@dataclass(slots=True)
class _Track:
    """What is known of a track from the programme's present position on."""

    segments: deque[TrackSegment] = field(default_factory=deque)
    open_fragments: list[TrackFragment] = field(default_factory=list)
    is_open_encoded: bool = True
    end_ns: float = 0

    def first_key(self, from_ns: int) -> tuple[int, int] | None:
        """Start and offset of the first known key picture that is not before a time."""
        for segment in self.segments:
            if segment.start_ns >= from_ns:
                return segment.start_ns, 0
            if segment.end_ns > from_ns and (key := _first_key(segment.fragments(), from_ns)):
                return key
        return _first_key(self.open_fragments, from_ns)

    def drop_before(self, at_ns: int) -> None:
        """Forget the segments that end before a time."""
        while self.segments and self.segments[0].end_ns <= at_ns:
            self.segments.popleft()


def _first_key(fragments: Sequence[TrackFragment], from_ns: int) -> tuple[int, int] | None:
    return next(((one.start_ns, one.offset) for one in fragments if one.is_key and one.start_ns >= from_ns), None)


@dataclass(frozen=True, slots=True)
class _Switch:
    """The next change of cameras: to ``role``, from its key picture at ``start_ns``, ``offset`` bytes into its file.

    Without a role it is not known yet, and not before ``start_ns``; at inf there is none.
    """

    start_ns: float
    role: str = ""
    offset: int = 0


class ProgrammeBuilder:
    """Picks the programme's segments from the tracks of pictures as soon as nothing can change them any more.

    ``first`` is on air before the first cut. Fragments and segments of each track come in their order. What was picked
    stays: ``segments`` only grows, and ``roles_shown`` are the roles in it.
    """

    def __init__(self, roles: Iterable[str], first: str) -> None:
        self.segments: list[PlaylistSegment] = []
        self.roles_shown: dict[str, None] = {}
        self._tracks = {role: _Track() for role in dict.fromkeys((*roles, first))}
        self._on_air = first
        self._cuts: dict[int, str] = {}
        self._inits: dict[int | str, str] = {}
        self._is_complete = False
        # Everything before this is picked; the next piece begins so many bytes into the segment, at this time.
        self._position_ns = 0
        self._offset = 0
        self._piece_start_ns: int | None = None

    def time_of_cut(self, lesson_ns: int) -> int:
        """The second at which a cut that comes only now takes effect: its own, unless that is picked already."""
        earliest_ns = self._position_ns + _MARGIN_NS if self._position_ns else 0
        return lesson_ns if lesson_ns >= earliest_ns else -(-earliest_ns // _SECOND_NS) * _SECOND_NS

    def add_cut(self, lesson_ns: int, role: str) -> None:
        """From ``lesson_ns`` on, of which nothing is picked yet, ``role`` is on air; nothing without such a track."""
        if role in self._tracks:
            self._cuts[lesson_ns] = role

    def add_fragment(self, role: str, fragment: TrackFragment, end_ns: int, *, is_encoded: bool) -> None:
        """A fragment is in its segment, which is not finished."""
        track = self._tracks[role]
        track.open_fragments.append(fragment)
        track.is_open_encoded = is_encoded
        track.end_ns = max(track.end_ns, end_ns)

    def add_segment(self, role: str, segment: TrackSegment) -> None:
        """A segment has its final name; the last of ``add_fragment`` are in it."""
        track = self._tracks[role]
        track.open_fragments = []
        track.segments.append(segment)
        track.end_ns = max(track.end_ns, segment.end_ns)

    def finish(self) -> None:
        """Nothing comes any more, so nothing is waited for."""
        self._is_complete = True

    def advance(self) -> bool:
        """Pick what can be picked now; whether that is anything."""
        before = len(self.segments)
        while self._step():
            pass
        for track in self._tracks.values():
            track.drop_before(self._position_ns)
        self._forget_cuts()
        return len(self.segments) > before

    def _step(self) -> bool:
        """Pick the next piece, or change cameras; false where either has to wait."""
        track = self._tracks[self._on_air]
        switch = self._next_switch()
        segment = track.segments[0] if track.segments else None
        if segment is not None and segment.end_ns <= switch.start_ns - _LONGEST_FRAGMENT_NS:
            self._pick(track, segment)
            return True
        follows = len(track.segments) > 1 or bool(track.open_fragments)
        is_known = self._is_complete or (track.end_ns > switch.start_ns and (follows or segment is None))
        if not switch.role or not is_known:
            return False
        start_ns = int(switch.start_ns)
        if segment is None:
            if not self._is_complete and self._shows_open(track, start_ns, self._offset):
                return False
            self._change_to(switch, start_ns)
            return True
        fragments = segment.fragments()
        shown = _count_shown(fragments, segment.end_ns, start_ns, is_encoded=segment.is_encoded, follows=follows)
        if shown < len(fragments):
            if fragments[shown].offset > self._offset:
                self._pick(track, segment, fragments[shown], start_ns)
            self._change_to(switch, start_ns)
        elif not fragments or self._goes_on(track, start_ns):
            self._pick(track, segment)
        else:
            self._pick(track, segment, until_ns=start_ns)
            self._change_to(switch, start_ns)
        return True

    def _next_switch(self) -> _Switch:
        """The first change of cameras from the present position on."""
        times = sorted(self._cuts)
        for cut_ns, next_ns in zip(times, [*times[1:], inf], strict=False):
            if (role := self._cuts[cut_ns]) == self._on_air:
                continue
            track, from_ns = self._tracks[role], max(cut_ns, self._position_ns)
            track.drop_before(self._position_ns)
            if (key := track.first_key(from_ns)) is not None:
                # One that is shown no more before its first picture is left out.
                if key[0] < next_ns:
                    return _Switch(key[0], role, key[1])
            elif not self._is_complete and track.end_ns < next_ns:
                return _Switch(max(from_ns, track.end_ns))
        return _Switch(inf)

    def _goes_on(self, track: _Track, start_ns: int) -> bool:
        """Whether something of the track's next segment is shown before another camera begins at ``start_ns``."""
        if len(track.segments) < 2:
            return self._shows_open(track, start_ns, 0)
        after = track.segments[1]
        follows = not self._is_complete or len(track.segments) > 2
        shown = _count_shown(after.fragments(), after.end_ns, start_ns, is_encoded=after.is_encoded, follows=follows)
        return shown > 0

    def _shows_open(self, track: _Track, start_ns: int, offset: int) -> bool:
        """Whether something of the segment that is not finished is shown, ``offset`` bytes into it or later."""
        fragments = track.open_fragments
        shown = _count_shown(fragments, track.end_ns, start_ns, is_encoded=track.is_open_encoded, follows=True)
        return shown > 0 and fragments[shown - 1].offset >= offset

    def _pick(
        self, track: _Track, segment: TrackSegment, stop: TrackFragment | None = None, until_ns: int | None = None
    ) -> None:
        """Add a segment from the present offset to ``stop``, where another camera follows at ``until_ns``."""
        start_ns = segment.start_ns if self._piece_start_ns is None else self._piece_start_ns
        end_ns = stop.start_ns if stop else segment.end_ns
        is_whole = stop is None and not self._offset
        is_exact = is_whole and start_ns == segment.start_ns
        duration_s = segment.duration_s if is_exact else (end_ns - start_ns) / 1e9
        if until_ns is not None and until_ns - end_ns < _LONGEST_FRAGMENT_NS:
            end_ns, duration_s = until_ns, (until_ns - start_ns) / 1e9
        length = None if is_whole else (stop.offset if stop else segment.length) - self._offset
        key = segment.init if segment.init_crc is None else segment.init_crc
        init = self._inits.setdefault(key, segment.init)
        self.segments.append(PlaylistSegment(segment.path, duration_s, self._offset, length, init))
        self.roles_shown[self._on_air] = None
        self._position_ns, self._piece_start_ns, self._offset = end_ns, None, 0
        if stop is None:
            track.segments.popleft()

    def _change_to(self, switch: _Switch, start_ns: int) -> None:
        self._on_air, self._offset = switch.role, switch.offset
        # Where nothing was shown since the last piece ended, the next one lasts from there.
        begun_ns = self._position_ns if self._piece_start_ns is None else self._piece_start_ns
        is_hole = not self.segments or start_ns - begun_ns >= _LONGEST_FRAGMENT_NS
        self._piece_start_ns = start_ns if is_hole else begun_ns
        self._position_ns = start_ns
        self._tracks[switch.role].drop_before(start_ns)

    def _forget_cuts(self) -> None:
        """Forget the cuts that are carried out, or were followed by another one before they could be."""
        passed = sorted(cut_ns for cut_ns in self._cuts if cut_ns <= self._position_ns)
        pending = passed[-1:] if passed and self._cuts[passed[-1]] != self._on_air else []
        for cut_ns in passed:
            if cut_ns not in pending:
                del self._cuts[cut_ns]


def _count_shown(
    fragments: Sequence[TrackFragment], end_ns: float, start_ns: int, *, is_encoded: bool, follows: bool
) -> int:
    """How many of these fragments, which end at ``end_ns``, are shown before another camera begins at ``start_ns``.

    None of their pictures may be later. ``follows``: a key picture comes after them.
    """
    if end_ns <= start_ns:
        return len(fragments)
    if is_encoded:
        second_ns = start_ns // _SECOND_NS * _SECOND_NS
        for number, one in enumerate(fragments):
            if one.is_key and one.start_ns >= second_ns:
                if one.start_ns > start_ns:
                    # All before it are pictures of the second before.
                    return number
                break
        else:
            if follows and second_ns <= end_ns < second_ns + _SECOND_NS:
                return len(fragments)
    return max(0, bisect_right(fragments, start_ns, key=lambda one: one.start_ns) - 1)
