"""The check after the bell: what is on the disk against what the journal says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sample_lessons import Lesson, make_lesson, moving_luma, still_luma

from pipelines.journal.entries import (
    Cause,
    Dropped,
    EncoderLoadLevel,
    End,
    Entry,
    Fragment,
    Gap,
    Pause,
    PictureMeasurement,
    Resumed,
    Segment,
    SoundMeasurement,
    Track,
)
from pipelines.receipt import receipt as receipts
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import FindingCode, Severity
from pipelines.receipt.lesson_reader import LessonReader
from pipelines.receipt.receipt import Receipt, RecordingVerdict, StoredVerdict


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    folder = tmp_path_factory.mktemp("original") / "r1-aaaa-000001"
    return make_lesson(folder, 9, videos={"teacher": moving_luma, "screen": still_luma})


@pytest.fixture
def lesson(original: Lesson, tmp_path: Path) -> Lesson:
    """A copy, to be spoilt."""
    folder = shutil.copytree(original.folder, tmp_path / original.folder.name)
    return Lesson(folder, original.seconds, list(original.entries))


def bad_codes(receipt: Receipt) -> set[FindingCode]:
    return {finding.code for finding in receipt.findings if finding.severity is Severity.BAD}


def note_codes(receipt: Receipt) -> set[FindingCode]:
    return {finding.code for finding in receipt.findings if finding.severity is Severity.NOTE}


def add(lesson: Lesson, *entries: Entry) -> None:
    """Put entries before the lesson's End."""
    lesson.entries[-1:-1] = entries
    lesson.write_journal()


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x10
    path.write_bytes(data)


def test_a_whole_lesson_is_good_and_its_screen_may_stand_still(lesson: Lesson) -> None:
    receipt = check_lesson(lesson.folder)
    assert receipt.recording is RecordingVerdict.GOOD
    assert receipt.findings == ()
    assert [(row.track, row.length_ns, row.segments) for row in receipt.tracks] == [
        ("teacher", 9_000_000_000, 3),
        ("screen", 9_000_000_000, 3),
        ("sound", 9_000_000_000, 3),
    ]


@pytest.mark.parametrize("offset", [6, 40, 700, -1])
def test_a_flipped_byte_is_found_wherever_it_is(lesson: Lesson, offset: int) -> None:
    flip(lesson.folder / "teacher/000002.m4s", offset)
    receipt = check_lesson(lesson.folder)
    assert bad_codes(receipt) & {FindingCode.FRAGMENT_DAMAGED, FindingCode.FRAGMENT_MISSING, FindingCode.SEGMENT_BROKEN}
    places = [(finding.track, finding.from_ns // 1_000_000_000) for finding in receipt.findings if finding.from_ns]
    assert places[0] in {("teacher", second) for second in range(4, 8)}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("teacher/init.mp4", FindingCode.INIT_DAMAGED),
        ("programme.m3u8", FindingCode.PLAYLIST_UNREADABLE),
        ("journal.jsonl", FindingCode.JOURNAL_DAMAGED),
    ],
)
def test_a_flipped_byte_in_any_other_file_is_found_too(lesson: Lesson, file: str, code: FindingCode) -> None:
    flip(lesson.folder / file, 160 if file.endswith("mp4") else 3)
    assert code in bad_codes(check_lesson(lesson.folder))


def test_a_missing_segment_is_missed_by_journal_playlist_and_clock(lesson: Lesson) -> None:
    (lesson.folder / "teacher/000002.m4s").unlink()
    assert {FindingCode.SEGMENT_MISSING, FindingCode.UNFILLED_GAP, FindingCode.PLAYLIST_DIFFERS} <= bad_codes(
        check_lesson(lesson.folder)
    )


def test_a_gap_that_is_not_journalled_is_found(lesson: Lesson) -> None:
    """A segment, and every word about it, is gone."""
    (lesson.folder / "sound/000002.m4s").unlink()
    lesson.entries = [
        entry
        for entry in lesson.entries
        if not (isinstance(entry, Fragment | Segment) and entry.track == "sound" and entry.segment == 2)
    ]
    lesson.write_journal()
    lesson.write_playlists()
    receipt = check_lesson(lesson.folder)
    assert bad_codes(receipt) == {FindingCode.UNFILLED_GAP, FindingCode.PLAYLIST_LENGTH}
    gap = next(finding for finding in receipt.findings if finding.code is FindingCode.UNFILLED_GAP)
    assert gap.values["seconds"] == pytest.approx(4.0, abs=0.3)


def test_a_cut_file_is_broken_from_there_on(lesson: Lesson) -> None:
    path = lesson.folder / "teacher/000003.m4s"
    path.write_bytes(path.read_bytes()[:-1000])
    assert {FindingCode.SEGMENT_BROKEN, FindingCode.LENGTH} <= bad_codes(check_lesson(lesson.folder))


def test_a_part_left_behind_was_never_finished(lesson: Lesson) -> None:
    path = lesson.folder / "teacher/000003.m4s"
    path.rename(path.with_name("000003.m4s.part"))
    assert FindingCode.SEGMENT_UNFINISHED in bad_codes(check_lesson(lesson.folder))


def test_a_lesson_shorter_than_its_end_says_so(lesson: Lesson) -> None:
    lesson.entries[-1] = End(at_ns=0, lesson_ns=9_200_000_000, cause=Cause.TEACHER)
    lesson.write_journal()
    assert FindingCode.LENGTH in bad_codes(check_lesson(lesson.folder))


def test_a_lesson_without_an_end_is_not_good(lesson: Lesson) -> None:
    lesson.entries.pop()
    lesson.write_journal()
    assert bad_codes(check_lesson(lesson.folder)) == {FindingCode.NOT_ENDED}


def test_what_the_room_wanted_is_a_note(lesson: Lesson) -> None:
    second = 1_000_000_000
    add(
        lesson,
        Pause(at_ns=0, lesson_ns=3 * second),
        Resumed(at_ns=1, lesson_ns=3 * second, boot_id="b", cause=Cause.TEACHER),
        End(at_ns=2, lesson_ns=5 * second, cause=Cause.TEACHER),
        Resumed(at_ns=3, lesson_ns=5 * second, boot_id="b", cause=Cause.TAKEN_BACK),
        Gap(track="teacher", from_ns=5 * second, to_ns=7 * second, cause=Cause.TAKEN_BACK),
    )
    receipt = check_lesson(lesson.folder)
    assert receipt.recording is RecordingVerdict.GOOD
    assert note_codes(receipt) == {FindingCode.PAUSED, FindingCode.RESUMED_AFTER, FindingCode.FILLED_GAP}


@pytest.mark.parametrize(("milliseconds", "verdict"), [(300, RecordingVerdict.GOOD), (600, RecordingVerdict.BAD)])
def test_gaps_of_a_second_in_all_make_a_lesson_bad(
    lesson: Lesson, milliseconds: int, verdict: RecordingVerdict
) -> None:
    length_ns = milliseconds * 1_000_000
    add(
        lesson,
        *(Gap(track="teacher", from_ns=at, to_ns=at + length_ns, cause=Cause.DEVICE) for at in (0, 10**9)),
    )
    assert check_lesson(lesson.folder).recording is verdict


@pytest.mark.parametrize(("count", "verdict"), [(2, RecordingVerdict.GOOD), (20, RecordingVerdict.BAD)])
def test_a_hundredth_of_the_pictures_may_be_dropped(lesson: Lesson, count: int, verdict: RecordingVerdict) -> None:
    add(lesson, Dropped(track="teacher", lesson_ns=0, what="pictures", count=count, cause=Cause.OVERLOAD))
    assert check_lesson(lesson.folder).recording is verdict


@pytest.mark.parametrize(("count", "verdict"), [(24_000, RecordingVerdict.GOOD), (60_000, RecordingVerdict.BAD)])
def test_a_second_of_sound_may_not_be_dropped(lesson: Lesson, count: int, verdict: RecordingVerdict) -> None:
    what = "samples that came too late"
    add(lesson, Dropped(track="sound", lesson_ns=0, what=what, count=count, cause=Cause.DEVICE))
    receipt = check_lesson(lesson.folder)
    assert receipt.recording is verdict
    assert [one.values["seconds"] for one in receipt.findings] == [count / 48_000]


@pytest.mark.parametrize(("full_range", "found"), [(False, {FindingCode.BLACK}), (True, set())])
def test_a_dim_room_in_full_range_is_not_black(lesson: Lesson, full_range: bool, found: set[FindingCode]) -> None:
    """Black is 0 there and not 16."""

    def dim(entry: Entry) -> Entry:
        if isinstance(entry, PictureMeasurement):
            return entry.model_copy(update={"luma": 17.0})
        return entry.model_copy(update={"full_range": full_range}) if isinstance(entry, Track) else entry

    lesson.entries = [dim(entry) for entry in lesson.entries]
    lesson.write_journal()
    assert bad_codes(check_lesson(lesson.folder)) == found


def test_coarser_pictures_are_a_note(lesson: Lesson) -> None:
    second = 1_000_000_000
    add(
        lesson,
        EncoderLoadLevel(lesson_ns=0, preset="superfast"),
        EncoderLoadLevel(lesson_ns=2 * second, preset="ultrafast", steps=1),
        EncoderLoadLevel(lesson_ns=5 * second, preset="superfast"),
    )
    receipt = check_lesson(lesson.folder)
    assert receipt.recording is RecordingVerdict.GOOD
    (found,) = receipt.findings
    assert (found.code, found.from_ns, found.to_ns) == (FindingCode.COARSER, 2 * second, 5 * second)
    assert found.values == {"seconds": 3.0, "preset": "ultrafast"}


@pytest.mark.parametrize(("milliseconds", "verdict"), [(150, RecordingVerdict.GOOD), (210, RecordingVerdict.BAD)])
def test_pictures_left_out_count_as_if_dropped(lesson: Lesson, milliseconds: int, verdict: RecordingVerdict) -> None:
    """At half the rate to the lesson's end, and with a preset that the config has pinned."""
    add(lesson, EncoderLoadLevel(lesson_ns=(9_000 - milliseconds) * 10**6, preset="fast", halved=["teacher"], steps=1))
    receipt = check_lesson(lesson.folder)
    assert receipt.recording is verdict
    assert [(one.code, one.track) for one in receipt.findings] == [(FindingCode.HALVED, "teacher")]


def test_a_line_torn_by_a_restart_is_a_note(lesson: Lesson) -> None:
    add(lesson, Resumed(at_ns=1, lesson_ns=3_000_000_000, boot_id="b", cause=Cause.RESTART))
    with (lesson.folder / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"crc":"0000')
    receipt = check_lesson(lesson.folder)
    assert receipt.recording is RecordingVerdict.GOOD
    assert FindingCode.JOURNAL_DAMAGED in note_codes(receipt)


@pytest.mark.parametrize("cause", [Cause.REBOOT, None])
def test_the_counts_that_a_process_took_with_it_are_not_missed(lesson: Lesson, cause: Cause | None) -> None:
    lesson.entries = [
        entry.model_copy(update={"samples": 48_000}) if isinstance(entry, SoundMeasurement) else entry
        for entry in lesson.entries
        if not (isinstance(entry, SoundMeasurement) and entry.lesson_ns // 10**9 in (4, 5))
    ]
    if cause is not None:
        add(lesson, Resumed(at_ns=1, lesson_ns=5_400_000_000, boot_id="c", cause=cause))
    lesson.write_journal()
    assert bad_codes(check_lesson(lesson.folder)) == (set() if cause else {FindingCode.SOUND_MISSING})


def test_a_segment_that_was_written_anew_counts_as_it_is_now(lesson: Lesson) -> None:
    """Recovery journals a segment again from its offset 0; what was said before is void."""
    path = lesson.folder / "teacher/000003.m4s"
    first = next(
        entry
        for entry in lesson.entries
        if isinstance(entry, Fragment) and (entry.track, entry.segment) == ("teacher", 3)
    )
    stale = first.model_copy(update={"offset": path.stat().st_size, "crc": 1})
    lesson.entries.insert(lesson.entries.index(first), stale)
    lesson.write_journal()
    assert check_lesson(lesson.folder).recording is RecordingVerdict.GOOD


def test_sound_that_nobody_measured_is_not_trusted(lesson: Lesson) -> None:
    lesson.entries = [entry for entry in lesson.entries if getattr(entry, "kind", "") != "sound"]
    lesson.write_journal()
    assert bad_codes(check_lesson(lesson.folder)) == {FindingCode.UNMEASURED}


def test_a_folder_without_a_journal_is_no_good_lesson(tmp_path: Path) -> None:
    assert bad_codes(check_lesson(tmp_path)) == {FindingCode.NO_JOURNAL}


def test_segments_read_during_the_lesson_are_not_read_again_unless_touched(lesson: Lesson) -> None:
    reader = LessonReader(lesson.folder)
    path = lesson.folder / "teacher/000001.m4s"
    reader.read_ahead("teacher/000001.m4s")
    assert reader.segments.read(path) is reader.segments.read(path)
    assert check_lesson(lesson.folder, reader).recording is RecordingVerdict.GOOD
    flip(path, 700)
    assert FindingCode.FRAGMENT_DAMAGED in bad_codes(check_lesson(lesson.folder, reader))


def test_a_receipt_is_kept_whole_and_knows_the_store_later(lesson: Lesson) -> None:
    receipt = check_lesson(lesson.folder)
    receipts.write_receipt(lesson.folder, receipt)
    receipts.write_receipt(lesson.folder, receipt.with_stored(StoredVerdict.YES))
    assert receipts.read_receipt(lesson.folder) == receipt.with_stored(StoredVerdict.YES)
    assert not list(lesson.folder.glob("receipt.json?*"))


def test_every_track_is_described_before_its_fragments(lesson: Lesson) -> None:
    """The lessons of these tests are what a recorder writes: init CRCs included."""
    assert all(entry.init_crc is not None for entry in lesson.entries if isinstance(entry, Track))
