"""Boxes: cut out of any stream of bytes, read without trust, and nothing but InvalidBox for what is none."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_lessons import FPS, RATE_HZ, make_lesson

from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.files.lesson_layout import segment_name
from pipelines.files.mp4_boxes import BoxSplitter, InvalidBox, parse_boxes, parse_fragments, parse_moof

SECONDS = 4.0


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("boxes") / "r1-0000-000001"
    make_lesson(folder, SECONDS, is_hidden=True)
    return {track: (folder / track / segment_name(1)).read_bytes() for track in ("teacher", "sound")}


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


@given(made=st.lists(st.tuples(st.binary(min_size=4, max_size=4), st.binary(max_size=30)), max_size=8), data=st.data())
def test_however_a_stream_is_cut_its_boxes_come_out(made: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    whole = [box(kind, body) for kind, body in made]
    stream = b"".join(whole)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    splitter = BoxSplitter()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += splitter.push_bytes(stream[start:end])
    assert found == [(kind, one) for (kind, _), one in zip(made, whole, strict=True)]
    assert [stream[one.start : one.end] for one in parse_boxes(stream)] == whole


def test_a_head_says_what_the_writer_put_in(segments: dict[str, bytes]) -> None:
    pictures = list(parse_fragments(segments["teacher"]))
    assert sum(head.samples for head, _, _ in pictures) == SECONDS * FPS
    assert [head.start for head, _, _ in pictures if head.is_key] == [n * VIDEO_TIMESCALE for n in range(int(SECONDS))]
    sound = list(parse_fragments(segments["sound"]))
    assert sum(head.duration for head, _, _ in sound) == SECONDS * RATE_HZ
    for track, heads in (("teacher", pictures), ("sound", sound)):
        end = 0
        for head, offset, length in heads:
            assert head.start == end
            end += head.duration
            assert segments[track][offset + 4 : offset + 8] == b"moof"
            assert length > 8
        assert offset + length == len(segments[track])


@given(data=st.data())
def test_a_damaged_segment_is_bad_boxes_and_nothing_else(segments: dict[str, bytes], data: st.DataObject) -> None:
    raw = bytearray(segments[data.draw(st.sampled_from(["teacher", "sound"]))])
    moof = next(parse_boxes(raw))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, moof.end - 1))] = data.draw(st.integers(0, 255))
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    for damaged in (raw, cut):
        with contextlib.suppress(InvalidBox):
            list(parse_fragments(bytes(damaged)))


@given(body=st.binary(max_size=80))
@example(body=box(b"traf", box(b"tfdt", b"")))
@example(body=box(b"traf", box(b"trun", struct.pack(">II", 0xF01, 0xFFFFFFFF))))
def test_garbage_is_a_bad_box(body: bytes) -> None:
    for raw in (body, box(b"moof", body), box(b"moof", body) + b"\0" * 8, b""):
        try:
            parse_moof(raw)
        except InvalidBox:
            continue


def test_a_box_that_claims_the_world_is_not_waited_for() -> None:
    with pytest.raises(InvalidBox):
        BoxSplitter().push_bytes(struct.pack(">I4s", 0xFFFFFFFF, b"mdat"))
    with pytest.raises(InvalidBox, match="claims"):
        list(parse_boxes(struct.pack(">I4sQ", 1, b"mdat", 1 << 60)))


def test_a_moof_without_its_mdat_is_told(segments: dict[str, bytes]) -> None:
    moof = next(parse_boxes(segments["sound"]))
    with pytest.raises(InvalidBox, match="without its mdat"):
        list(parse_fragments(segments["sound"][: moof.end]))
