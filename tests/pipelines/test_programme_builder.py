"""Any cuts over any segmentation: each lesson second once, whole fragments, and the same whether live or afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.programme.hls_playlist import PlaylistSegment
from pipelines.programme.programme_builder import ProgrammeBuilder, TrackFragment, TrackSegment

SECOND_NS = 1_000_000_000
ROLES = ("teacher", "students", "screen")


@dataclass(frozen=True)
class Piece:
    """A fragment as a camera's track has it: where it lies, and when its pictures are (ns)."""

    path: str
    offset: int
    length: int
    pictures: tuple[int, ...]
    end_ns: int
    is_key: bool

    @property
    def start_ns(self) -> int:
        return self.pictures[0]


@dataclass(frozen=True)
class Camera:
    """A track of pictures: its segments, each a row of fragments; ``is_encoded`` as the recorder encodes."""

    role: str
    is_encoded: bool
    segments: tuple[tuple[Piece, ...], ...]

    @property
    def pieces(self) -> list[Piece]:
        return [piece for segment in self.segments for piece in segment]


@st.composite
def cameras(draw: st.DrawFn, role: str, seconds: int) -> Camera:
    """A camera of any rate and phase over so many seconds, encoded or passed through, in segments of any length."""
    is_encoded = draw(st.booleans())
    fps, phase = draw(st.sampled_from([5, 12, 25, 30])), draw(st.integers(0, 30_000_000))
    keys_ns = SECOND_NS if is_encoded else draw(st.sampled_from([500_000_000, 1_300_000_000, 2_000_000_000]))
    fragment_ns = draw(st.sampled_from([250_000_000, 400_000_000, 999_000_000]))
    segment_s = draw(st.integers(1, 5))
    times = [one for number in range(seconds * fps) if (one := phase + number * SECOND_NS // fps) < seconds * SECOND_NS]
    segments: list[list[Piece]] = []
    at = 0
    while at < len(times):
        first = times[at]
        is_key = at == 0 or first // keys_ns != times[at - 1] // keys_ns
        if not segments or (is_key and first - segments[-1][0].start_ns >= segment_s * SECOND_NS):
            segments.append([])
        end = next(
            (
                number
                for number in range(at + 1, len(times))
                if times[number] // keys_ns != times[number - 1] // keys_ns or times[number] - first >= fragment_ns
            ),
            len(times),
        )
        before = segments[-1][-1] if segments[-1] else None
        segments[-1].append(
            Piece(
                path=f"{role}/{len(segments):06d}.m4s",
                offset=before.offset + before.length if before else 0,
                length=100 + at % 7,
                pictures=tuple(times[at:end]),
                end_ns=times[end] if end < len(times) else seconds * SECOND_NS,
                is_key=is_key,
            )
        )
        at = end
    return Camera(role, is_encoded, tuple(map(tuple, segments)))


Cut = tuple[int, str]


@st.composite
def lessons(draw: st.DrawFn, max_seconds: int = 16) -> tuple[list[Camera], list[Cut], int]:
    seconds = draw(st.integers(2, max_seconds))
    roles = ROLES[: draw(st.integers(1, 3))]
    tracks = [draw(cameras(role, seconds)) for role in roles]
    cuts = draw(st.lists(st.tuples(st.integers(0, seconds + 1), st.sampled_from([*roles, "unknown"])), max_size=10))
    return tracks, [(second * SECOND_NS, role) for second, role in cuts], seconds


def finished(camera: Camera, segment: Sequence[Piece]) -> TrackSegment:
    start, end = segment[0].start_ns, segment[-1].end_ns
    fragments = [TrackFragment(one.offset, one.start_ns, one.is_key) for one in segment]
    return TrackSegment(
        path=segment[0].path,
        start_ns=start,
        end_ns=end,
        duration_s=(end - start) / SECOND_NS,
        length=segment[-1].offset + segment[-1].length,
        init=f"{camera.role}/init.mp4",
        init_crc=ROLES.index(camera.role),
        is_encoded=camera.is_encoded,
        fragments=lambda: fragments,
    )


def at_once(tracks: Sequence[Camera], cuts: Sequence[Cut]) -> ProgrammeBuilder:
    builder = ProgrammeBuilder([one.role for one in tracks], tracks[0].role)
    for at_ns, role in cuts:
        builder.add_cut(at_ns, role)
    for camera in tracks:
        for segment in camera.segments:
            builder.add_segment(camera.role, finished(camera, segment))
    builder.finish()
    builder.advance()
    return builder


def jobs(camera: Camera) -> Iterator[tuple[str, Piece | Sequence[Piece]]]:
    """What a file thread does for a track: the next one's first fragment closes a segment."""
    for segment in camera.segments:
        for piece in segment:
            yield "fragment", piece
        yield "segment", segment


def played(tracks: Sequence[Camera], programme: Sequence[PlaylistSegment]) -> list[tuple[Piece, str]]:
    """The fragments that a programme plays, with their roles: each of its entries is exactly whole fragments."""
    by_place = {(piece.path, piece.offset): (piece, one.role) for one in tracks for piece in one.pieces}
    sizes = {segment[0].path: segment[-1].offset + segment[-1].length for one in tracks for segment in one.segments}
    shown = []
    for entry in programme:
        at, end = entry.offset, entry.offset + entry.length if entry.length is not None else sizes[entry.path]
        assert at < end <= sizes[entry.path]
        assert entry.length is None or entry.length < sizes[entry.path], "a whole file is named as one"
        assert by_place[entry.path, at][0].is_key, "every entry can be decoded alone (EXT-X-INDEPENDENT-SEGMENTS)"
        while at < end:
            shown.append(by_place[entry.path, at])
            at += shown[-1][0].length
        assert at == end
    return shown


def check(tracks: Sequence[Camera], cuts: Sequence[Cut], seconds: int, programme: Sequence[PlaylistSegment]) -> None:
    shown = played(tracks, programme)
    times = [time for piece, _ in shown for time in piece.pictures]
    assert times == sorted(set(times)), "pictures go forward"
    lasts_s = sum(entry.duration_s for entry in programme)
    assert lasts_s == pytest.approx(seconds - shown[0][0].start_ns / SECOND_NS, abs=1e-6)
    assert all(entry.duration_s > 0 for entry in programme)
    encoded = {one.role for one in tracks if one.is_encoded}
    by_second = {at_ns: role for at_ns, role in cuts if role in {one.role for one in tracks}}
    on_air, roles_on_air = tracks[0].role, []
    for second in range(seconds):
        on_air = by_second.get(second * SECOND_NS, on_air)
        roles_on_air.append(on_air)
    for piece, role in shown:
        for time in piece.pictures:
            second = time // SECOND_NS
            if {role, *roles_on_air[max(0, second - 4) : second + 1]} <= encoded:
                assert role == roles_on_air[second]
    if encoded == {one.role for one in tracks}:
        assert shown[0][0].start_ns <= 30_000_000
        for (before, _), (after, _) in pairwise(shown):
            assert after.start_ns - before.pictures[-1] < SECOND_NS // 5 + 2 * 30_000_000, "nothing is missing"


@given(lessons())
@settings(max_examples=60)
def test_each_second_once_from_whole_fragments(lesson: tuple[list[Camera], list[Cut], int]) -> None:
    tracks, cuts, seconds = lesson
    check(tracks, cuts, seconds, at_once(tracks, cuts).segments)


@given(lessons(), st.data())
@settings(max_examples=60)
def test_it_grows_into_what_it_is_afterwards(lesson: tuple[list[Camera], list[Cut], int], data: st.DataObject) -> None:
    tracks, cuts, seconds = lesson
    builder = ProgrammeBuilder([one.role for one in tracks], tracks[0].role)
    rows = {camera.role: list(jobs(camera)) for camera in tracks}
    by_role = {camera.role: camera for camera in tracks}
    coming = sorted(cuts, key=lambda cut: cut[0])
    made: list[Cut] = []
    reached_ns = 0
    published: list[PlaylistSegment] = []
    while any(rows.values()):
        role = data.draw(st.sampled_from([role for role, row in rows.items() if row]))
        what, item = rows[role].pop(0)
        camera = by_role[role]
        if what == "fragment":
            assert isinstance(item, Piece)
            reached_ns = max(reached_ns, item.start_ns)
            # The director cuts at the next whole second, a person's cut may come late.
            while coming and coming[0][0] <= reached_ns + SECOND_NS:
                at_ns, wanted = coming.pop(0)
                made.append((builder.time_of_cut(at_ns), wanted))
                builder.add_cut(*made[-1])
            fragment = TrackFragment(item.offset, item.start_ns, item.is_key)
            builder.add_fragment(role, fragment, item.end_ns, is_encoded=camera.is_encoded)
        else:
            assert not isinstance(item, Piece)
            builder.add_segment(role, finished(camera, item))
        builder.advance()
        assert builder.segments[: len(published)] == published, "what was published stays"
        published = list(builder.segments)
    builder.finish()
    builder.advance()
    assert builder.segments == at_once(tracks, made).segments
    check(tracks, made, seconds, builder.segments)
