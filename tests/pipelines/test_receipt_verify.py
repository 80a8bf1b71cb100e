"""The full decode finds what the files show, whatever the journal says."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from sample_lessons import (
    AudioSource,
    LumaSource,
    dark_luma,
    luma_frozen_from,
    make_lesson,
    moving_luma,
    noise_of,
    speech_like,
    still_luma,
)

from pipelines.journal.entries import Fragment, PictureMeasurement
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import FindingCode, Severity
from pipelines.receipt.receipt import Receipt
from pipelines.receipt.verify_by_decoding import verify_lesson


def unheard(done: int, total: int) -> None:
    assert 0 < done <= total


def codes(receipt: Receipt) -> set[FindingCode]:
    return {finding.code for finding in receipt.findings}


@pytest.mark.parametrize(
    ("luma", "audio", "code"),
    [
        (luma_frozen_from(4.3), speech_like, FindingCode.FROZEN),
        (dark_luma, speech_like, FindingCode.BLACK),
        (moving_luma, noise_of(-75.0), FindingCode.MICROPHONE_DEAD),
    ],
    ids=["frozen", "black", "dead microphone"],
)
def test_what_a_lying_journal_hides_is_found(
    tmp_path: Path, luma: LumaSource, audio: AudioSource, code: FindingCode
) -> None:
    lesson = make_lesson(tmp_path / "lesson", 12, videos={"teacher": luma}, audio=audio, is_hidden=True)
    assert check_lesson(lesson.folder).is_good
    receipt = verify_lesson(lesson.folder, unheard)
    assert codes(receipt) == {code}
    assert receipt.decoded


def test_a_room_of_which_the_encoder_leaves_a_still_is_a_note(tmp_path: Path) -> None:
    """The recorder saw the sensor's noise, which no file of this bit rate has."""
    lesson = make_lesson(tmp_path / "lesson", 12, videos={"teacher": luma_frozen_from(0.5)}, is_hidden=True)
    lesson.entries = [
        entry.model_copy(update={"change": 1.5}) if isinstance(entry, PictureMeasurement) else entry
        for entry in lesson.entries
    ]
    lesson.write_journal()
    receipt = verify_lesson(lesson.folder, unheard)
    assert [(one.code, one.severity) for one in receipt.findings] == [(FindingCode.FROZEN, Severity.NOTE)]


def test_a_good_lesson_with_a_still_screen_is_good(tmp_path: Path) -> None:
    lesson = make_lesson(tmp_path / "lesson", 10, videos={"teacher": moving_luma, "screen": still_luma})
    receipt = verify_lesson(lesson.folder, unheard)
    assert receipt.is_good
    assert receipt.findings == ()
    sound = receipt.tracks[-1]
    assert sound.loudest_dbfs == pytest.approx(-23.5, abs=1.0)


def test_damage_that_was_journalled_as_if_it_were_right_does_not_decode(tmp_path: Path) -> None:
    lesson = make_lesson(tmp_path / "lesson", 6)
    path = lesson.folder / "teacher/000001.m4s"
    place = next(
        number
        for number, entry in enumerate(lesson.entries)
        if isinstance(entry, Fragment) and entry.track == "teacher" and entry.offset > 0
    )
    fragment = lesson.entries[place]
    assert isinstance(fragment, Fragment)
    data = bytearray(path.read_bytes())
    end = fragment.offset + fragment.length
    # Zeros would be a valid picture to a CABAC decoder.
    data[end - 400 : end - 100] = b"\xff" * 300
    path.write_bytes(data)
    crc = zlib.crc32(data[fragment.offset : end])
    lesson.entries[place] = fragment.model_copy(update={"crc": crc})
    lesson.write_journal()
    assert check_lesson(lesson.folder).is_good
    assert codes(verify_lesson(lesson.folder, unheard)) == {FindingCode.UNDECODABLE}
