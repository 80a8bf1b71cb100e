"""The lesson is checked: its folder goes in, the receipt comes out.

What makes a lesson bad: anything that a viewer would see or hear missing for a second in all, anything on the
disk that is not what was written, and a device that recorded nothing worth having. The rest is a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.journal.entries import Gap, Medium, PictureMeasurement, SoundMeasurement
from pipelines.receipt import journal_summary as histories
from pipelines.receipt.file_integrity import LENGTH_TOLERANCE_NS, TrackFiles, check_track_files
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.journal_checks import check_dropped, check_gaps, check_load_levels, check_story
from pipelines.receipt.journal_summary import JournalSummary, TrackSummary
from pipelines.receipt.measurements import Measurements
from pipelines.receipt.media_checks import STILL_CHANGE, check_drift, check_picture, check_sound, outside
from pipelines.receipt.playlist_checks import check_playlists
from pipelines.receipt.receipt import Receipt, TrackRow, verdict
from pipelines.receipt.segment_reader import SegmentReader
from pipelines.receipt.sidecar_checks import check_sidecar_files

SCREEN = "screen"
MIX = "sound"

# Before the first seconds are over nobody can have measured anything.
_MEASURED_NS = 3_000_000_000

Tracks = Mapping[str, tuple[Medium, Sequence[str]]]
"""What each track holds, and its segments in order, as paths in the lesson's folder."""


def check_lesson(folder: Path, reader: SegmentReader | None = None) -> Receipt:
    """Check the lesson in a folder by its bytes and by the figures gathered while recording.

    Blocking: it reads every file that ``reader`` has not read yet. OSError.
    """
    return receipt_of(folder, reader or SegmentReader())


def receipt_of(folder: Path, reader: SegmentReader, decode: Callable[[Tracks], Measurements] | None = None) -> Receipt:
    """The receipt of a lesson, by what ``decode`` measures if given, else by the figures in its journal. OSError."""
    history = histories.read(folder)
    found = {
        track: check_track_files(
            folder, said, history.holes.get(track, []), reader, journal_is_whole=history.damaged_lines == 0
        )
        for track, said in history.tracks.items()
    }
    longest = max((files.end_ns for files in found.values()), default=0)
    lesson_ns = longest if history.lesson_ns is None else history.lesson_ns
    findings = [*check_story(history), *check_gaps(history), *check_dropped(history)]
    findings += check_load_levels(history, lesson_ns)
    for track, files in found.items():
        findings += files.findings
        findings += _check_length(track, files, lesson_ns)
    segments_ns = {path: length for files in found.values() for path, length in files.segments_ns.items()}
    media = {track: said.made.medium for track, said in history.tracks.items()}
    if media:
        findings += check_playlists(folder, media, segments_ns, lesson_ns)
    findings += check_sidecar_files(folder)
    if decode is None:
        measured = Measurements(history.pictures, history.sounds, STILL_CHANGE)
    else:
        measured = decode({track: (media[track], list(found[track].segments_ns)) for track in media})
    findings += measured.findings
    findings += _check_measurements(history, measured, lesson_ns)
    return Receipt(
        lesson=history.lesson or folder.resolve().name,
        lesson_time_ns=lesson_ns,
        recording=verdict(findings),
        decoded=decode is not None,
        tracks=tuple(
            _row(
                said,
                found[track],
                history.holes.get(track, []),
                measured.pictures.get(track, []),
                _heard(track, measured),
            )
            for track, said in history.tracks.items()
        ),
        findings=tuple(findings),
    )


def _check_length(track: str, files: TrackFiles, lesson_ns: int) -> Iterator[Finding]:
    starts_late = files.start_ns > LENGTH_TOLERANCE_NS
    if starts_late or abs(files.end_ns - lesson_ns) > LENGTH_TOLERANCE_NS:
        seconds = (files.end_ns - files.start_ns) / 1e9
        yield bad(FindingCode.LENGTH, track, files.start_ns, files.end_ns, seconds=seconds, lesson_s=lesson_ns / 1e9)


def _check_measurements(history: JournalSummary, measured: Measurements, lesson_ns: int) -> Iterator[Finding]:
    for track, figures in measured.pictures.items():
        shown = outside(figures, history.holes.get(track, []))
        still = measured.still_change
        yield from check_picture(track, shown, lesson_ns, still_change=still, may_stand_still=track == SCREEN)
    for track, levels in measured.sounds.items():
        # A lone microphone has no track of its own: its holes are those of the mix.
        holes = history.holes.get(track, []) + (history.holes.get(MIX, []) if track not in history.tracks else [])
        yield from check_sound(track, outside(levels, holes), lesson_ns)
    yield from check_drift(history.drifts)
    if lesson_ns < _MEASURED_NS:
        return
    for track, said in history.tracks.items():
        if said.made.medium is Medium.PICTURE and not measured.pictures.get(track):
            yield note(FindingCode.UNMEASURED, track)
        if said.made.medium is Medium.SOUND and not measured.sounds:
            yield bad(FindingCode.UNMEASURED, track)


def _heard(track: str, measured: Measurements) -> list[SoundMeasurement]:
    """A track's own figures, else those of all microphones: they are what the mix is made of."""
    return measured.sounds.get(track) or [one for levels in measured.sounds.values() for one in levels]


def _row(
    said: TrackSummary,
    files: TrackFiles,
    holes: Sequence[Gap],
    pictures: Sequence[PictureMeasurement],
    sounds: Sequence[SoundMeasurement],
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
