"""Salvage of a damaged segment: its fragments whose CRC is right, or that are whole and decode."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import av

from pipelines.files.mp4_boxes import FragmentHeader, InvalidBox, parse_boxes, parse_moof
from pipelines.journal.entries import Fragment, Medium, Track

# No fragment and no break inside a segment lasts longer: what claims to has a damaged header.
_LONGEST_S = 10


@dataclass(frozen=True, slots=True)
class SalvagedFragment:
    """A fragment that can be kept."""

    header: FragmentHeader
    data: bytes

    @property
    def end(self) -> int:
        """Where it ends, in its track's time scale."""
        return self.header.start + self.header.duration


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The time in which a segment may begin, by the segments around it, in its track's time scale."""

    earliest: int
    latest: int


def salvage_fragments(
    raw: bytes, known: Sequence[Fragment], init: bytes, track: Track, window: TimeWindow
) -> list[SalvagedFragment]:
    """Return the good fragments of a segment file, in order, wherever in the file they are.

    ``known`` are its fragments by the journal, which are trusted if length and CRC are right. A fragment that is not
    journalled is kept if its boxes are whole, it follows those before it (the first one begins inside ``window``)
    and it decodes after ``init``. Pictures that need a lost fragment are not kept.
    """
    sieve = _Sieve(known, init, track, window)
    at = 0
    while (found := raw.find(b"moof", at + 4)) >= 0:
        at = found - 4
        fragment = _fragment_at(raw, at)
        if fragment is not None and sieve.accept(fragment):
            at += len(fragment.data)
        else:
            at += 1
    return sieve.kept


def _fragment_at(raw: bytes, at: int) -> SalvagedFragment | None:
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
    """Decides about the fragments of one segment, in order."""

    known: Sequence[Fragment]
    init: bytes
    track: Track
    window: TimeWindow
    kept: list[SalvagedFragment] = field(default_factory=list)

    def accept(self, fragment: SalvagedFragment) -> bool:
        """Keep a fragment if it is good, and say whether it is."""
        is_good = self._is_decodable_here(fragment) and (self._is_journalled(fragment) or self._is_plausible(fragment))
        if is_good:
            self.kept.append(fragment)
        return is_good

    def _is_decodable_here(self, fragment: SalvagedFragment) -> bool:
        if self.track.medium is Medium.SOUND or fragment.header.is_key:
            return True
        return bool(self.kept) and self.kept[-1].end == fragment.header.start

    def _is_journalled(self, fragment: SalvagedFragment) -> bool:
        length, crc = len(fragment.data), zlib.crc32(fragment.data)
        return any((known.length, known.crc) == (length, crc) for known in self.known)

    def _is_plausible(self, fragment: SalvagedFragment) -> bool:
        header = fragment.header
        if any(known.start == header.start for known in self.known):
            return False
        longest = _LONGEST_S * self.track.timescale
        window = TimeWindow(self.kept[-1].end, self.kept[-1].end + longest) if self.kept else self.window
        return (
            window.earliest <= header.start <= window.latest and header.duration <= longest and self._decodes(fragment)
        )

    def _decodes(self, fragment: SalvagedFragment) -> bool:
        needed = [fragment]
        if self.track.medium is Medium.PICTURE:
            for before in reversed(self.kept):
                if needed[0].header.is_key:
                    break
                needed.insert(0, before)
        data = self.init + b"".join(one.data for one in needed)
        try:
            with av.open(io.BytesIO(data), "r", format="mp4", options={"err_detect": "explode"}) as container:
                decoded = sum(1 for _ in container.decode(container.streams[0]))
        except (av.FFmpegError, IndexError):
            return False
        return decoded == sum(one.header.samples for one in needed)
