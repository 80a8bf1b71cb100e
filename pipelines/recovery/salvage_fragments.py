"""Which fragments of a damaged segment can be kept: those whose CRC is right, or that are whole and decode."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import av

from pipelines.files.mp4_boxes import FragmentHeader, InvalidBox, parse_boxes, parse_moof
from pipelines.journal.entries import Fragment, Medium, Track

# No fragment and no break inside a segment lasts longer: what claims to has a damaged head.
_LONGEST_S = 10


@dataclass(frozen=True, slots=True)
class SalvagedFragment:
    """A fragment worth keeping."""

    head: FragmentHeader
    data: bytes

    @property
    def end(self) -> int:
        """Where it ends, in its track's time scale."""
        return self.head.start + self.head.duration


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Where a segment may begin by what is around it, in its track's time scale."""

    earliest: int
    latest: int


def salvage(
    raw: bytes, known: Sequence[Fragment], init: bytes, track: Track, window: TimeWindow
) -> list[SalvagedFragment]:
    """The pieces of a segment file that are good, in order, wherever in the file they stand.

    ``known`` are its fragments by the journal: believed if length and CRC are right. A
    fragment the journal does not speak of is kept if its boxes are whole, it follows those
    before it (the first one begins inside ``window``) and it decodes after ``init``. Pictures that need
    a lost fragment are not kept.
    """
    sieve = _Sieve(known, init, track, window)
    at = 0
    while (found := raw.find(b"moof", at + 4)) >= 0:
        at = found - 4
        piece = _piece_at(raw, at)
        if piece is not None and sieve.keeps(piece):
            at += len(piece.data)
        else:
            at += 1
    return sieve.kept


def _piece_at(raw: bytes, at: int) -> SalvagedFragment | None:
    try:
        both = parse_boxes(raw, at)
        moof, mdat = next(both, None), next(both, None)
        if moof is None or mdat is None or mdat.type != b"mdat":
            return None
        return SalvagedFragment(parse_moof(raw[moof.start : moof.end]), raw[moof.start : mdat.end])
    except InvalidBox:
        return None


@dataclass(slots=True)
class _Sieve:
    """Takes the pieces of one segment in order."""

    known: Sequence[Fragment]
    init: bytes
    track: Track
    window: TimeWindow
    kept: list[SalvagedFragment] = field(default_factory=list)

    def keeps(self, piece: SalvagedFragment) -> bool:
        """Whether it is good; if so it is among ``kept`` now."""
        good = self._can_be_shown(piece) and (self._is_journalled(piece) or self._is_credible(piece))
        if good:
            self.kept.append(piece)
        return good

    def _can_be_shown(self, piece: SalvagedFragment) -> bool:
        if self.track.medium is Medium.SOUND or piece.head.is_key:
            return True
        return bool(self.kept) and self.kept[-1].end == piece.head.start

    def _is_journalled(self, piece: SalvagedFragment) -> bool:
        length, crc = len(piece.data), zlib.crc32(piece.data)
        return any((fragment.length, fragment.crc) == (length, crc) for fragment in self.known)

    def _is_credible(self, piece: SalvagedFragment) -> bool:
        head = piece.head
        if any(fragment.start == head.start for fragment in self.known):
            return False
        longest = _LONGEST_S * self.track.timescale
        window = TimeWindow(self.kept[-1].end, self.kept[-1].end + longest) if self.kept else self.window
        return window.earliest <= head.start <= window.latest and head.duration <= longest and self._decodes(piece)

    def _decodes(self, piece: SalvagedFragment) -> bool:
        needed = [piece]
        if self.track.medium is Medium.PICTURE:
            for before in reversed(self.kept):
                if needed[0].head.is_key:
                    break
                needed.insert(0, before)
        data = self.init + b"".join(one.data for one in needed)
        try:
            with av.open(io.BytesIO(data), "r", format="mp4", options={"err_detect": "explode"}) as container:
                decoded = sum(1 for _ in container.decode(container.streams[0]))
        except (av.FFmpegError, IndexError):
            return False
        return decoded == sum(one.head.samples for one in needed)
