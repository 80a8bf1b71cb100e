"""Which fragments of a damaged segment can be kept: those whose CRC is right, or that are whole and decode."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import av

from pipelines.journal.entries import Fragment, Medium
from pipelines.recording.boxes import BadBox, FragmentHead, boxes, fragment_head


@dataclass(frozen=True, slots=True)
class Piece:
    """A fragment worth keeping."""

    head: FragmentHead
    data: bytes

    @property
    def end(self) -> int:
        """Where it ends, in its track's time scale."""
        return self.head.start + self.head.duration


def salvage(raw: bytes, known: Sequence[Fragment], init: bytes, medium: Medium) -> list[Piece]:
    """The pieces of a segment file that are good, in order.

    ``known`` are its fragments by the journal: believed if their CRC is right. Behind
    the last of them, or where the journal knows none, a fragment is kept if its boxes are
    whole and it decodes after ``init``. Pictures that need a lost fragment are not kept.
    """
    pieces: list[Piece | None] = [_by_crc(raw, fragment) for fragment in known]
    tail = max((fragment.offset + fragment.length for fragment in known), default=0)
    pieces += _by_decoding(raw, tail, init, first_must_be_key=medium is Medium.PICTURE and not known)
    return _decodable(pieces) if medium is Medium.PICTURE else [piece for piece in pieces if piece]


def _by_crc(raw: bytes, fragment: Fragment) -> Piece | None:
    data = raw[fragment.offset : fragment.offset + fragment.length]
    if len(data) < fragment.length or zlib.crc32(data) != fragment.crc:
        return None
    return Piece(_head(data), data)


def _head(data: bytes) -> FragmentHead:
    moof = next(boxes(data))
    return fragment_head(data[: moof.end])


def _by_decoding(raw: bytes, start: int, init: bytes, *, first_must_be_key: bool) -> list[Piece | None]:
    pieces: list[Piece | None] = []
    good = b""
    for piece in _whole_pieces(raw, start):
        # A picture fragment can only be decoded behind its key picture.
        if piece.head.key:
            good = b""
        if first_must_be_key and not piece.head.key and not good:
            pieces.append(None)
            continue
        if _decodes(init + good + piece.data):
            good += piece.data
            pieces.append(piece)
        else:
            pieces.append(None)
    return pieces


def _whole_pieces(raw: bytes, start: int) -> list[Piece]:
    pieces = []
    moof = None
    try:
        for box in boxes(raw, start):
            if box.kind == b"moof":
                moof = box
            elif box.kind == b"mdat" and moof is not None:
                data = raw[moof.start : box.end]
                pieces.append(Piece(_head(data), data))
                moof = None
    except BadBox:
        pass
    return pieces


def _decodes(data: bytes) -> bool:
    try:
        with av.open(io.BytesIO(data), "r", format="mp4", options={"err_detect": "explode"}) as container:
            return len(list(container.decode(container.streams[0]))) > 0
    except (av.FFmpegError, IndexError):
        return False


def _decodable(pieces: list[Piece | None]) -> list[Piece]:
    kept = []
    broken = False
    for piece in pieces:
        if piece is None:
            broken = True
        elif not broken or piece.head.key:
            broken = False
            kept.append(piece)
    return kept
