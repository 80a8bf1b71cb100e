"""The lesson is checked: its folder goes in, the receipt comes out.

What makes a lesson bad: anything that a viewer would see or hear missing for a second in all, anything on the
disk that is not what was written, and a device that recorded nothing worth having. The rest is a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.receipt import history as histories
from pipelines.receipt.decode import OnProgress, decode
from pipelines.receipt.figures import (
    STILL_CHANGE,
    STILL_DECODED_CHANGE,
    judge_drift,
    judge_picture,
    judge_sound,
    outside,
)
from pipelines.receipt.findings import Code, Finding, bad, note
from pipelines.receipt.history import History, TrackHistory
from pipelines.receipt.integrity import LENGTH_TOLERANCE_NS, TrackFiles, examine
from pipelines.receipt.playlists import judge_playlists
from pipelines.receipt.receipt import Receipt, TrackRow, verdict
from pipelines.receipt.segments import SegmentReader
from pipelines.recording.entries import Cause, Dropped, Hole, Medium, PictureFigures, SoundFigures

SCREEN = "screen"
MIX = "sound"

HOLE_BAD_NS = 1_000_000_000
DROPPED_BAD_SHARE = 0.01

# What somebody in the room wanted is no fault of the recording.
_WANTED = (Cause.TEACHER, Cause.TAKEN_BACK)
_ENDS_AS_MEANT = (Cause.TEACHER, Cause.PLANNED)
# Each of these may have torn the journal's last line.
_TEARS = (Cause.RESTART, Cause.REBOOT, Cause.POWER)

PicturesOf = Mapping[str, list[PictureFigures]]
SoundsOf = Mapping[str, list[SoundFigures]]


def check(folder: Path, reader: SegmentReader | None = None) -> Receipt:
    """Check the lesson in a folder by its bytes and by the figures gathered while recording.

    Blocking: it reads every file that ``reader`` has not read yet. OSError.
    """
    return _judge(folder, reader or SegmentReader(), None)


def verify(folder: Path, on_progress: OnProgress) -> Receipt:
    """The same, with figures from a decode of every picture and sample: about 2 ms a picture. OSError."""
    return _judge(folder, SegmentReader(), on_progress)


def _judge(folder: Path, reader: SegmentReader, on_decode: OnProgress | None) -> Receipt:
    history = histories.read(folder)
    found = {
        track: examine(
            folder, said, history.holes.get(track, []), reader, journal_is_whole=history.damaged_lines == 0
        )
        for track, said in history.tracks.items()
    }
    longest = max((files.end_ns for files in found.values()), default=0)
    lesson_ns = longest if history.lesson_ns is None else history.lesson_ns
    findings = list(_judge_story(history))
    for track, files in found.items():
        findings += files.findings
        findings += _judge_length(track, files, lesson_ns)
    findings += _judge_holes(history)
    findings += _judge_dropped(history)
    segments_ns = {path: length for files in found.values() for path, length in files.segments_ns.items()}
    media = {track: said.made.medium for track, said in history.tracks.items()}
    if media:
        findings += judge_playlists(folder, media, segments_ns, lesson_ns)
    pictures, sounds, still_change = history.pictures, history.sounds, STILL_CHANGE
    if on_decode is not None:
        seen = decode(folder, {track: (media[track], list(found[track].segments_ns)) for track in media}, on_decode)
        findings += seen.findings
        pictures, sounds, still_change = seen.pictures, seen.sounds, STILL_DECODED_CHANGE
    findings += _judge_figures(history, pictures, sounds, lesson_ns, still_change)
    return Receipt(
        lesson=history.lesson or folder.resolve().name,
        lesson_time_ns=lesson_ns,
        recording=verdict(findings),
        decoded=on_decode is not None,
        tracks=tuple(
            _row(said, found[track], history.holes.get(track, []), pictures.get(track, []), _heard(track, sounds))
            for track, said in history.tracks.items()
        ),
        findings=tuple(findings),
    )


def _judge_story(history: History) -> Iterator[Finding]:
    """How the lesson went, and whether its journal can be believed."""
    if history.empty:
        yield bad(Code.NO_JOURNAL)
        return
    if history.damaged_lines:
        torn = sum(goes.cause in _TEARS for goes in history.goes) + (history.end_cause in _TEARS)
        finding = note if history.damaged_lines <= torn else bad
        yield finding(Code.JOURNAL_DAMAGED, lines=history.damaged_lines)
    if not history.tracks:
        yield bad(Code.NO_TRACK)
    if history.lesson_ns is None:
        yield bad(Code.NOT_ENDED)
    if history.end_cause is not None and history.end_cause not in _ENDS_AS_MEANT:
        finding = bad if history.end_cause in _TEARS else note
        yield finding(Code.CUT, from_ns=history.lesson_ns, cause=history.end_cause)
    for lesson_ns in history.pauses_ns:
        yield note(Code.PAUSED, from_ns=lesson_ns)
    for goes in history.goes:
        if goes.cause is not Cause.TEACHER:
            yield note(Code.RESUMED_AFTER, from_ns=goes.lesson_ns, cause=goes.cause)


def _judge_length(track: str, files: TrackFiles, lesson_ns: int) -> Iterator[Finding]:
    starts_late = files.start_ns > LENGTH_TOLERANCE_NS
    if starts_late or abs(files.end_ns - lesson_ns) > LENGTH_TOLERANCE_NS:
        seconds = (files.end_ns - files.start_ns) / 1e9
        yield bad(Code.LENGTH, track, files.start_ns, files.end_ns, seconds=seconds, lesson_s=lesson_ns / 1e9)


def _judge_holes(history: History) -> Iterator[Finding]:
    """What the recorder confessed: a second in all is what a viewer notices."""
    for track, holes in history.holes.items():
        unwanted_ns = sum(hole.to_ns - hole.from_ns for hole in holes if hole.cause not in _WANTED)
        for hole in holes:
            wanted = hole.cause in _WANTED
            finding = bad if unwanted_ns >= HOLE_BAD_NS and not wanted else note
            seconds = (hole.to_ns - hole.from_ns) / 1e9
            yield finding(Code.HOLE, track, hole.from_ns, hole.to_ns, seconds=seconds, cause=hole.cause)


def _judge_dropped(history: History) -> Iterator[Finding]:
    """Pictures left out here and there are not seen; a hundredth of them is a machine that cannot keep up."""
    sums: dict[tuple[str, str, Cause], list[Dropped]] = {}
    for entry in history.dropped:
        sums.setdefault((entry.track, entry.what, entry.cause), []).append(entry)
    for (track, what, cause), entries in sums.items():
        count = sum(entry.count for entry in entries)
        finding = bad if _too_many(count, what, history.tracks.get(track), history.lesson_ns) else note
        yield finding(
            Code.DROPPED, track, entries[0].lesson_ns, entries[-1].lesson_ns, count=count, what=what, cause=cause
        )


def _too_many(count: int, what: str, said: TrackHistory | None, lesson_ns: int | None) -> bool:
    if what == "fragments":
        return True
    if what != "pictures" or said is None or lesson_ns is None:
        return False
    return count > DROPPED_BAD_SHARE * said.made.fps * lesson_ns / 1e9


def _judge_figures(
    history: History, pictures: PicturesOf, sounds: SoundsOf, lesson_ns: int, still_change: float
) -> Iterator[Finding]:
    for track, figures in pictures.items():
        shown = outside(figures, history.holes.get(track, []))
        may_stand_still = track == SCREEN
        yield from judge_picture(
            track, shown, lesson_ns, still_change=still_change, may_stand_still=may_stand_still
        )
    for track, levels in sounds.items():
        # A lone microphone has no track of its own: its holes are those of the mix.
        holes = history.holes.get(track, []) + (history.holes.get(MIX, []) if track not in history.tracks else [])
        yield from judge_sound(track, outside(levels, holes), lesson_ns)
    yield from judge_drift(history.drifts)
    for track, said in history.tracks.items():
        if said.made.medium is Medium.PICTURE and not pictures.get(track):
            yield note(Code.UNWATCHED, track)
        if said.made.medium is Medium.SOUND and not sounds:
            yield bad(Code.UNWATCHED, track)


def _heard(track: str, sounds: SoundsOf) -> list[SoundFigures]:
    """A track's own figures, else those of all microphones: they are what the mix is made of."""
    return sounds.get(track) or [one for levels in sounds.values() for one in levels]


def _row(
    said: TrackHistory,
    files: TrackFiles,
    holes: Sequence[Hole],
    pictures: Sequence[PictureFigures],
    sounds: Sequence[SoundFigures],
) -> TrackRow:
    length_ns = files.end_ns - files.start_ns
    is_sound = said.made.medium is Medium.SOUND
    return TrackRow(
        track=said.made.track,
        medium=said.made.medium,
        how=said.made.how,
        length_ns=length_ns,
        segments=len(files.segments_ns),
        fragments=files.fragments,
        bytes=files.bytes,
        bit_rate_bps=round(files.bytes * 8e9 / length_ns) if length_ns > 0 else 0,
        holes=len(holes),
        hole_ns=sum(hole.to_ns - hole.from_ns for hole in holes),
        darkest_luma=min((one.luma for one in pictures), default=None),
        least_change=min((one.change for one in pictures), default=None),
        loudest_dbfs=max((one.rms_dbfs for one in sounds), default=None) if is_sound else None,
        peak_dbfs=max((one.peak_dbfs for one in sounds), default=None) if is_sound else None,
    )
