"""The check of a lesson after the bell: its folder goes in, the receipt comes out.

A lesson is bad if a viewer would miss a second of it in all, if something on disk is not what was written, or if a
device recorded nothing worth having: too few pictures, black, frozen or damaged ones, no sound. Everything else is a
note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from pipelines.capture.signal_limits import SCREEN, STILL_CHANGE, black_luma, is_rate_of_a_card
from pipelines.journal.entries import Cause, Gap, Medium, Track
from pipelines.receipt.coverage_checks import check_damaged_pictures, check_picture_rate, check_samples
from pipelines.receipt.file_integrity import LENGTH_TOLERANCE_NS, TrackFiles, check_track_files
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.journal_checks import (
    check_dropped,
    check_gaps,
    check_lifecycle,
    check_load_levels,
    halved_seconds,
)
from pipelines.receipt.journal_summary import JournalSummary
from pipelines.receipt.lesson_reader import LessonReader
from pipelines.receipt.measurements import Measurements
from pipelines.receipt.media_checks import CALM_CHANGE, check_drift, check_picture, check_sound
from pipelines.receipt.playlist_checks import check_playlists
from pipelines.receipt.receipt import Receipt, TrackRow, verdict_of
from pipelines.receipt.seconds import SECOND_NS, SoundSecond, seconds_of
from pipelines.receipt.segment_reader import SegmentReader
from pipelines.receipt.sidecar_checks import check_sidecar_files

_MIX = "sound"

# In the first seconds nobody can have measured anything.
_MEASURED_NS = 3_000_000_000
# A second is journalled when it is over, and the journal is synced once a second.
_UNCOUNTED_S = 2

MediaSegments = Mapping[str, tuple[Medium, Sequence[str]]]
"""The medium of each track, and its segments in order, as paths in the lesson's folder."""


def check_lesson(folder: Path, reader: LessonReader | None = None) -> Receipt:
    """Check the lesson in a folder by its bytes and by what was counted and measured while recording.

    It blocks: it reads every file that ``reader`` has not read yet.

    Raises:
        OSError: a file cannot be read.
    """
    return build_receipt(reader or LessonReader(folder))


def build_receipt(reader: LessonReader, decode: Callable[[MediaSegments], Measurements] | None = None) -> Receipt:
    """Return the receipt of a lesson, by the journal's measurements and, if given, by what ``decode`` measures.

    Raises:
        OSError: a file cannot be read.
    """
    with reader.lock:
        return _build_receipt(reader.folder, reader.read_journal(), reader.segments, decode)


def _build_receipt(
    folder: Path,
    summary: JournalSummary,
    segments: SegmentReader,
    decode: Callable[[MediaSegments], Measurements] | None,
) -> Receipt:
    tracks, end = summary.tracks, summary.end
    on_disk = {
        name: check_track_files(
            folder,
            track,
            summary.fragments[name],
            summary.gaps.get(name, []),
            segments,
            is_journal_whole=summary.damaged_lines == 0,
            init_crcs=summary.init_crcs[name],
        )
        for name, track in tracks.items()
    }
    lesson_ns = end.lesson_ns if end else max((files.end_ns for files in on_disk.values()), default=0)
    findings = [*check_lifecycle(summary), *check_gaps(summary), *check_dropped(summary, lesson_ns)]
    findings += check_load_levels(summary, lesson_ns)
    for name, files in on_disk.items():
        findings += files.findings
        findings += _check_length(name, files, lesson_ns)
    media = {name: track.medium for name, track in tracks.items()}
    if media:
        segments_ns = {path: length for files in on_disk.values() for path, length in files.segments_ns.items()}
        findings += check_playlists(folder, media, segments_ns, lesson_ns, segments)
    findings += check_sidecar_files(folder)
    findings += _check_coverage(summary, lesson_ns)
    measured = Measurements(summary.pictures, summary.sounds, STILL_CHANGE)
    findings += _check_measurements(summary, measured, lesson_ns)
    if decode is not None:
        measured = decode({name: (media[name], list(on_disk[name].segments_ns)) for name in media})
        findings += measured.findings
        known = {finding.code for finding in findings}
        findings += (one for one in _check_measurements(summary, measured, lesson_ns) if one.code not in known)
    findings += _check_measured(summary, measured, lesson_ns)
    return Receipt(
        lesson=summary.begin.lesson if summary.begin else folder.resolve().name,
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


def _check_coverage(summary: JournalSummary, lesson_ns: int) -> Iterator[Finding]:
    """Check what was counted while recording, which no decode of the result can tell."""
    uncounted = _uncounted_seconds(summary)
    for name, pictures in summary.pictures.items():
        track = summary.tracks.get(name)
        yield from check_picture_rate(
            name,
            pictures,
            lesson_ns,
            nominal_fps=track.fps if track else 0.0,
            excused=seconds_of(summary.gaps.get(name, [])) | uncounted,
            halved=halved_seconds(summary, name, lesson_ns),
            is_screen=name == SCREEN,
        )
        yield from check_damaged_pictures(name, pictures)
    for name, sounds in summary.sounds.items():
        yield from check_samples(name, sounds, lesson_ns, excused=_silent_seconds(summary, name) | uncounted)
    yield from check_drift(summary.worst_drifts.values())
    for name, drift in summary.odd_rates.items():
        percent = round(100 + drift.ppm * 1e-4, 1)
        if is_rate_of_a_card(drift.ppm):
            yield note(FindingCode.WRONG_RATE, name, drift.lesson_ns, percent=percent)
        else:
            yield bad(FindingCode.ODD_RATE, name, drift.lesson_ns, percent=percent)


def _uncounted_seconds(summary: JournalSummary) -> set[int]:
    """The seconds whose counts a process took with it when it died: the last of before the lesson was resumed."""
    died = (resumed for resumed in summary.resumes if resumed.cause is not Cause.TEACHER)
    seconds = (resumed.lesson_ns // SECOND_NS for resumed in died)
    return {near for second in seconds for near in range(second - _UNCOUNTED_S, second + 1)}


def _silent_seconds(summary: JournalSummary, microphone: str) -> set[int]:
    """The seconds of a microphone's journalled gaps; a lone one has no track of its own: its gaps are the mix's."""
    lone = summary.gaps.get(_MIX, []) if microphone not in summary.tracks else []
    return seconds_of([*summary.gaps.get(microphone, []), *lone])


def _check_measurements(summary: JournalSummary, measured: Measurements, lesson_ns: int) -> Iterator[Finding]:
    tracks = summary.tracks
    for name, pictures in measured.pictures.items():
        gaps = seconds_of(summary.gaps.get(name, []))
        is_full_range = name in tracks and tracks[name].full_range
        yield from check_picture(
            name,
            [one for one in pictures if one.lesson_ns // SECOND_NS not in gaps],
            lesson_ns,
            black_luma=black_luma(full_range=is_full_range),
            still_change=measured.still_change,
            may_stand_still=name == SCREEN,
            seen_calm={
                one.lesson_ns // SECOND_NS
                for one in summary.pictures.get(name, ())
                if STILL_CHANGE <= one.change < CALM_CHANGE
            },
        )
    for name, sounds in measured.sounds.items():
        silent = _silent_seconds(summary, name)
        recorded = tracks.get(name) or tracks.get(_MIX)
        yield from check_sound(
            name,
            [one for one in sounds if one.lesson_ns // SECOND_NS not in silent],
            lesson_ns,
            keeps_channels=recorded is not None and recorded.channels > 1,
        )


def _check_measured(summary: JournalSummary, measured: Measurements, lesson_ns: int) -> Iterator[Finding]:
    """Check that every track was looked at, or listened to."""
    if lesson_ns < _MEASURED_NS:
        return
    for name, track in summary.tracks.items():
        if track.medium is Medium.PICTURE and not any(one.luma >= 0 for one in measured.pictures.get(name, ())):
            yield note(FindingCode.UNMEASURED, name)
        if track.medium is Medium.SOUND and not measured.sounds:
            yield bad(FindingCode.UNMEASURED, name)


def _sounds_of(track: str, measured: Measurements) -> Iterator[SoundSecond]:
    """A track's own measurements, else those of all microphones: the mix is made of them."""
    if track in measured.sounds:
        return iter(measured.sounds[track])
    return chain.from_iterable(measured.sounds.values())


def _track_row(track: Track, files: TrackFiles, gaps: Sequence[Gap], measured: Measurements) -> TrackRow:
    length_ns = files.end_ns - files.start_ns
    pictures = list(measured.pictures.get(track.track, ()))
    sounds = list(_sounds_of(track.track, measured)) if track.medium is Medium.SOUND else []
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
        darkest_luma=_rounded(min((one.luma for one in pictures if one.luma >= 0), default=None)),
        least_change=_rounded(min((one.change for one in pictures if one.change >= 0), default=None)),
        loudest_dbfs=_rounded(max((one.rms_dbfs for one in sounds), default=None)),
        peak_dbfs=_rounded(max((one.peak_dbfs for one in sounds), default=None)),
    )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
