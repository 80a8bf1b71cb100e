"""The check of a lesson after the bell: its folder goes in, the receipt comes out.

A lesson is bad if a viewer would miss a second of it in all, if something on disk is not what was written, or if a
device recorded nothing worth having. Everything else is a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.journal.entries import Gap, Medium, SoundMeasurement, Track
from pipelines.receipt.file_integrity import LENGTH_TOLERANCE_NS, TrackFiles, check_track_files
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.journal_checks import check_dropped, check_gaps, check_lifecycle, check_load_levels
from pipelines.receipt.journal_summary import JournalSummary, summarise_journal
from pipelines.receipt.measurements import Measurements
from pipelines.receipt.media_checks import STILL_CHANGE, check_drift, check_picture, check_sound, outside_gaps
from pipelines.receipt.playlist_checks import check_playlists
from pipelines.receipt.receipt import Receipt, TrackRow, verdict_of
from pipelines.receipt.segment_reader import SegmentReader
from pipelines.receipt.sidecar_checks import check_sidecar_files

_SCREEN = "screen"
_MIX = "sound"

# In the first seconds nobody can have measured anything.
_MEASURED_NS = 3_000_000_000

MediaSegments = Mapping[str, tuple[Medium, Sequence[str]]]
"""The medium of each track, and its segments in order, as paths in the lesson's folder."""


def check_lesson(folder: Path, reader: SegmentReader | None = None) -> Receipt:
    """Check the lesson in a folder by its bytes and by what was measured while recording.

    It blocks: it reads every file that ``reader`` has not read yet.

    Raises:
        OSError: a file cannot be read.
    """
    return build_receipt(folder, reader or SegmentReader())


def build_receipt(
    folder: Path, reader: SegmentReader, decode: Callable[[MediaSegments], Measurements] | None = None
) -> Receipt:
    """Return the receipt of a lesson, by what ``decode`` measures if given, else by the journal's measurements.

    Raises:
        OSError: a file cannot be read.
    """
    summary = summarise_journal(folder)
    tracks, end = summary.replay.tracks, summary.replay.end
    on_disk = {
        name: check_track_files(
            folder,
            track,
            summary.replay.fragments[name],
            summary.gaps.get(name, []),
            reader,
            is_journal_whole=summary.damaged_lines == 0,
            init_crcs=summary.replay.init_crcs[name],
        )
        for name, track in tracks.items()
    }
    lesson_ns = end.lesson_ns if end else max((files.end_ns for files in on_disk.values()), default=0)
    findings = [*check_lifecycle(summary), *check_gaps(summary), *check_dropped(summary)]
    findings += check_load_levels(summary, lesson_ns)
    for name, files in on_disk.items():
        findings += files.findings
        findings += _check_length(name, files, lesson_ns)
    media = {name: track.medium for name, track in tracks.items()}
    if media:
        segments_ns = {path: length for files in on_disk.values() for path, length in files.segments_ns.items()}
        findings += check_playlists(folder, media, segments_ns, lesson_ns)
    findings += check_sidecar_files(folder)
    if decode is None:
        measured = Measurements(summary.pictures, summary.sounds, STILL_CHANGE)
    else:
        measured = decode({name: (media[name], list(on_disk[name].segments_ns)) for name in media})
    findings += measured.findings
    findings += _check_measurements(summary, measured, lesson_ns)
    begin = summary.replay.begin
    return Receipt(
        lesson=begin.lesson if begin else folder.resolve().name,
        lesson_time_ns=lesson_ns,
        recording=verdict_of(findings),
        decoded=decode is not None,
        tracks=tuple(
            _track_row(track, on_disk[name], summary.gaps.get(name, []), measured) for name, track in tracks.items()
        ),
        findings=tuple(findings),
    )


def _check_length(track: str, files: TrackFiles, lesson_ns: int) -> Iterator[Finding]:
    starts_late = files.start_ns > LENGTH_TOLERANCE_NS
    if starts_late or abs(files.end_ns - lesson_ns) > LENGTH_TOLERANCE_NS:
        seconds = (files.end_ns - files.start_ns) / 1e9
        yield bad(FindingCode.LENGTH, track, files.start_ns, files.end_ns, seconds=seconds, lesson_s=lesson_ns / 1e9)


def _check_measurements(summary: JournalSummary, measured: Measurements, lesson_ns: int) -> Iterator[Finding]:
    tracks, gaps = summary.replay.tracks, summary.gaps
    for name, pictures in measured.pictures.items():
        shown = outside_gaps(pictures, gaps.get(name, []))
        yield from check_picture(
            name, shown, lesson_ns, still_change=measured.still_change, may_stand_still=name == _SCREEN
        )
    for name, sounds in measured.sounds.items():
        # A lone microphone has no track of its own: its gaps are those of the mix.
        silent = gaps.get(name, []) + (gaps.get(_MIX, []) if name not in tracks else [])
        yield from check_sound(name, outside_gaps(sounds, silent), lesson_ns)
    yield from check_drift(summary.drifts)
    if lesson_ns < _MEASURED_NS:
        return
    for name, track in tracks.items():
        if track.medium is Medium.PICTURE and not measured.pictures.get(name):
            yield note(FindingCode.UNMEASURED, name)
        if track.medium is Medium.SOUND and not measured.sounds:
            yield bad(FindingCode.UNMEASURED, name)


def _sounds_of(track: str, measured: Measurements) -> list[SoundMeasurement]:
    """A track's own measurements, else those of all microphones: the mix is made of them."""
    return measured.sounds.get(track) or [one for sounds in measured.sounds.values() for one in sounds]


def _track_row(track: Track, files: TrackFiles, gaps: Sequence[Gap], measured: Measurements) -> TrackRow:
    length_ns = files.end_ns - files.start_ns
    pictures = measured.pictures.get(track.track, [])
    sounds = _sounds_of(track.track, measured) if track.medium is Medium.SOUND else []
    return TrackRow(
        track=track.track,
        medium=track.medium,
        how=track.how,
        length_ns=length_ns,
        segments=len(files.segments_ns),
        fragments=files.fragments,
        bytes=files.bytes,
        bit_rate_bps=round(files.bytes * 8e9 / length_ns) if length_ns > 0 else 0,
        holes=len(gaps),
        hole_ns=sum(gap.to_ns - gap.from_ns for gap in gaps),
        darkest_luma=min((one.luma for one in pictures if one.luma is not None), default=None),
        least_change=min((one.change for one in pictures if one.change is not None), default=None),
        loudest_dbfs=max((one.rms_dbfs for one in sounds), default=None),
        peak_dbfs=max((one.peak_dbfs for one in sounds), default=None),
    )
