"""An index of a journal for recovery: fragments, nearly all of its lines, stay in the file until they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import (
    JOURNAL_LINES,
    Begin,
    ClockReading,
    Cut,
    Dropped,
    End,
    Entry,
    Fragment,
    Marker,
    Pause,
    Resumed,
    Segment,
    Track,
)
from pipelines.journal.journal_file import BODY_OFFSET, intact_body, parse_body
from pipelines.journal.replay import LessonReplay


def _opening(kind: type[Entry]) -> bytes:
    return b'{"kind":"%s"' % str(kind.model_fields["kind"].default).encode()


_FRAGMENT, _SEGMENT = _opening(Fragment), _opening(Segment)
_FIRST = b',"offset":0,'
_KINDS: tuple[type[Entry], ...] = (Begin, Resumed, Pause, End, ClockReading, Marker, Cut, Track, Segment, Dropped)
_PARSED = tuple(_opening(kind) for kind in _KINDS)


class JournalIndex:
    """What a journal says of its lesson, at a cost that hardly grows with its fragments.

    ``replay`` is without fragments and measurements. ``damaged_lines`` are those that no earlier recovery has reported;
    lines of fragments are checked when they are asked for, or at once with ``thorough``. An absent journal is empty.

    Raises:
        OSError: the journal cannot be read (from every method).
    """

    def __init__(self, folder: Path, *, thorough: bool = False) -> None:
        self.replay = LessonReplay()
        self.damaged_lines = 0
        self._path = folder / JOURNAL_JSONL
        self._thorough = thorough
        self._end = 0
        # By the opening of its fragments' lines, up to the segment's number: where in the file its first one lies.
        self._starts: dict[bytes, int] = {}
        self.read_on()

    def read_on(self) -> None:
        """Read what was appended since the index was made."""
        if not self._path.exists():
            return
        end = self._end
        with self._path.open("rb") as file:
            file.seek(end)
            for raw in file:
                start, end = end, end + len(raw)
                if raw.startswith(_FRAGMENT, BODY_OFFSET):
                    if self._thorough and intact_body(raw) is None:
                        self.damaged_lines += 1
                        continue
                    if _FIRST in raw:
                        self._starts[raw[BODY_OFFSET : raw.index(_FIRST)]] = start
                elif (body := intact_body(raw)) is None:
                    self.damaged_lines += raw != b"\n"
                elif body.startswith(_PARSED):
                    self._apply(body)
        self._end = end

    def fragments(self, track: str, segment: int) -> list[Fragment]:
        """The fragments of a segment, in the order of their offsets."""
        key = _key(track) + b"%d" % segment
        found = {one.offset: one for one in self._read_fragments(key, _key(track))}
        known = self.replay.segments[track].get(segment)
        return [one for one in found.values() if known is None or one.offset < known.length]

    def first_start(self, track: str) -> int | None:
        """Where the first journalled fragment of a track starts; None where none is journalled."""
        key = _key(track)
        numbers = (one[len(key) :] for one in self._starts if one.startswith(key))
        for number in sorted(int(digits) for digits in numbers if digits.isdigit()):
            if fragments := self.fragments(track, number):
                return min(one.start for one in fragments)
        return None

    def _apply(self, body: bytes) -> None:
        if (entry := parse_body(body)) is None:
            self.damaged_lines += 1
        elif isinstance(entry, Dropped):
            self.damaged_lines -= entry.count if entry.what == JOURNAL_LINES else 0
        else:
            self.replay.apply(entry)

    def _read_fragments(self, key: bytes, track: bytes) -> Iterator[Fragment]:
        """Read a segment's fragments, up to where it is finished or the track's next segment begins."""
        if (start := self._starts.get(key)) is None:
            return
        finished = (key + b",").replace(_FRAGMENT, _SEGMENT)
        with self._path.open("rb") as file:
            file.seek(start)
            for raw in file:
                if raw.startswith(key + b",", BODY_OFFSET):
                    if (body := intact_body(raw)) and isinstance(entry := parse_body(body), Fragment):
                        yield entry
                elif raw.startswith(finished, BODY_OFFSET) or (raw.startswith(track, BODY_OFFSET) and _FIRST in raw):
                    return


def _key(track: str) -> bytes:
    return b'%s,"track":%s,"segment":' % (_FRAGMENT, json.dumps(track, ensure_ascii=False).encode())
