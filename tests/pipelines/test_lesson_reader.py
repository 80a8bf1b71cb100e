"""A lesson is read while it is written: the same is known as if it were read at once, and little memory is taken."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.journal.entries import (
    Begin,
    Cause,
    Drift,
    Dropped,
    End,
    Entry,
    Fragment,
    Gap,
    Medium,
    PictureMeasurement,
    Resumed,
    Segment,
    SoundMeasurement,
    Track,
)
from pipelines.journal.journal_file import encode_line
from pipelines.receipt.journal_summary import JournalReader, JournalSummary

SECOND = 1_000_000_000
BEGIN: list[Entry] = [
    Begin(lesson="l", school="s", room="r1", boot_id="b", at_ns=0),
    Track(track="teacher", medium=Medium.PICTURE, how="encoded", timescale=90_000, fps=25, promised_fps=25),
    Track(track="sound", medium=Medium.SOUND, how="encoded", timescale=48_000, channels=1),
]


def second_of(number: int) -> list[Entry]:
    """What a recorder writes down in a second of a lesson."""
    entries: list[Entry] = [
        Fragment(
            track=track,
            segment=number // 4 + 1,
            offset=(number % 4 * 4 + part) * 1000,
            length=1000,
            start=number * rate + part * rate // 4,
            duration=rate // 4,
            key=part == 0,
            crc=number,
        )
        for track, rate in (("teacher", 90_000), ("sound", 48_000))
        for part in range(4)
    ]
    if number % 4 == 3:
        entries.append(Segment(track="teacher", segment=number // 4 + 1, start=0, duration=360_000, length=16_000))
    at_ns = number * SECOND
    return [
        *entries,
        PictureMeasurement(track="teacher", lesson_ns=at_ns, luma=110.0, change=3.0, pictures=25),
        SoundMeasurement(
            track="ceiling", lesson_ns=at_ns, rms_dbfs=-30, peak_dbfs=-9, samples=48_000, channels_dbfs=[-33.0]
        ),
        Drift(track="sound", lesson_ns=at_ns, ppm=30.0, offset_ms=0.1 * (number % 7)),
    ]


ENTRIES: list[Entry] = [
    *BEGIN,
    *second_of(0),
    Gap(track="teacher", from_ns=0, to_ns=SECOND, cause=Cause.DEVICE),
    *second_of(1),
    *(Dropped(track="teacher", lesson_ns=n, what="pictures", count=n, cause=Cause.OVERLOAD) for n in (1, 2)),
    End(at_ns=9, lesson_ns=9, cause=Cause.TEACHER),
    Resumed(at_ns=9, lesson_ns=9, boot_id="b", cause=Cause.TAKEN_BACK),
    *second_of(2),
    *second_of(3),
    End(at_ns=4 * SECOND, lesson_ns=4 * SECOND, cause=Cause.TEACHER),
]
LINES = [*map(encode_line, ENTRIES[:12]), b'{"crc":"torn\n', b"\n", *map(encode_line, ENTRIES[12:])]


def known(summary: JournalSummary) -> tuple[object, ...]:
    fragments = {track: [list(one.records(n)) for n in sorted(one.numbers)] for track, one in summary.fragments.items()}
    pictures = {track: list(seconds) for track, seconds in summary.pictures.items()}
    sounds = {track: list(seconds) for track, seconds in summary.sounds.items()}
    return (
        *(summary.begin, summary.end, summary.tracks, summary.damaged_lines, summary.gaps, summary.dropped),
        *(summary.worst_drifts, fragments, pictures, sounds),
    )


def read_at_once(folder: Path, data: bytes) -> JournalSummary:
    (folder / "journal.jsonl").write_bytes(data)
    return JournalReader(folder).read_on(is_closed=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, sum(map(len, LINES))), max_size=12))
def test_a_journal_read_in_pieces_says_the_same(tmp_path: Path, cuts: list[int]) -> None:
    data = b"".join(LINES)
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    reader = JournalReader(tmp_path)
    reader.read_on(is_closed=False)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(data)], strict=True):
        with path.open("ab") as file:
            file.write(data[begin:end])
        reader.read_on(is_closed=False)
    summary = reader.read_on(is_closed=True)
    assert summary.damaged_lines == 1
    assert known(summary) == known(read_at_once(tmp_path, data))


def test_a_last_line_without_its_end_is_damaged_once_the_lesson_is_closed(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b"".join(LINES)[:-9])
    reader = JournalReader(tmp_path)
    assert reader.read_on(is_closed=False).damaged_lines == 1
    summary = reader.read_on(is_closed=True)
    assert summary.damaged_lines == 2
    assert summary.end is None


def test_another_file_in_its_place_is_read_from_its_beginning(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(LINES))
    assert reader.read_on(is_closed=True).tracks
    path.with_suffix(".new").write_bytes(LINES[0])
    path.with_suffix(".new").replace(path)
    assert reader.read_on(is_closed=True).tracks == {}


def test_an_hour_more_takes_a_few_megabytes_more(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(map(encode_line, BEGIN)))
    reader = JournalReader(tmp_path)
    reader.read_on(is_closed=False)
    minutes = 10
    with path.open("ab") as file:
        for number in range(60 * minutes):
            file.writelines(map(encode_line, second_of(number)))
    tracemalloc.start()
    reader.read_on(is_closed=False)
    taken, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < minutes / 60 * 3_000_000
    assert peak < taken + 200_000, "nothing is read into memory as a whole"
