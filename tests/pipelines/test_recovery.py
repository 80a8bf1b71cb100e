"""Recovery after every kind of damage: whole fragments are kept bit by bit, losses reported, gaps filled."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_lessons import RATE_HZ, make_lesson, moving_luma, still_luma
from scoreboard import Scoreboard

from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.files.lesson_layout import INIT, JOURNAL_JSONL, PART, segment_name
from pipelines.files.mp4_boxes import parse_fragments
from pipelines.journal.entries import Cause, End, Fragment, Gap, Segment
from pipelines.journal.journal_file import JournalFile, filter_kinds, read_journal
from pipelines.journal.lesson_clock import JournalState
from pipelines.journal.replay import replay
from pipelines.receipt.findings import FindingCode, Severity
from pipelines.receipt.verify_by_decoding import verify_lesson
from pipelines.recovery.recover_lesson import RecoveredLesson, recover_lesson
from pipelines.recovery.rewrite_playlists import end_interrupted_lesson, is_closed, rewrite_playlists

pytestmark = pytest.mark.long

SECONDS = 9.0
TRACKS = {"teacher": VIDEO_TIMESCALE, "students": VIDEO_TIMESCALE, "sound": RATE_HZ}
# Whatever else a receipt may say of a mended lesson, its files, its time and its playlists are whole.
BROKEN = {
    FindingCode.NO_TRACK,
    FindingCode.INIT_MISSING,
    FindingCode.INIT_DAMAGED,
    FindingCode.SEGMENT_MISSING,
    FindingCode.SEGMENT_UNKNOWN,
    FindingCode.SEGMENT_UNFINISHED,
    FindingCode.SEGMENT_BROKEN,
    FindingCode.FRAGMENT_DAMAGED,
    FindingCode.FRAGMENT_MISSING,
    FindingCode.FRAGMENT_UNKNOWN,
    FindingCode.NO_KEY_PICTURE,
    FindingCode.UNFILLED_GAP,
    FindingCode.OVERLAP,
    FindingCode.LENGTH,
    FindingCode.PLAYLIST_MISSING,
    FindingCode.PLAYLIST_UNREADABLE,
    FindingCode.PLAYLIST_OPEN,
    FindingCode.PLAYLIST_DIFFERS,
    FindingCode.PLAYLIST_LENGTH,
    FindingCode.UNDECODABLE,
}

examples = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson that ended as it should."""
    folder = tmp_path_factory.mktemp("ended") / "r1-0000-000001"
    make_lesson(folder, SECONDS, videos={"teacher": moving_luma, "students": still_luma}, is_hidden=True)
    return folder


@pytest.fixture(scope="module")
def cut(ended: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as the power left it: no end, every last segment unfinished."""
    folder = tmp_path_factory.mktemp("cut") / ended.name
    shutil.copytree(ended, folder)
    entries = read_journal(folder).entries
    last = {track: max(path.name for path in (folder / track).glob("*.m4s")) for track in TRACKS}
    for track, name in last.items():
        (folder / track / name).rename(folder / track / (name + PART))
    (folder / JOURNAL_JSONL).unlink()
    journal = JournalFile(folder)
    journal.append(
        entry
        for entry in entries
        if not isinstance(entry, End)
        and not (isinstance(entry, Segment) and segment_name(entry.segment) == last[entry.track])
    )
    journal.close()
    return folder


@contextmanager
def copy_of(lesson: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place:
        yield shutil.copytree(lesson, Path(place) / lesson.name)


def mend(folder: Path) -> RecoveredLesson:
    """As the command line and the recorder's start do it."""
    recovered = recover_lesson(folder, thorough=True)
    if recovered.replay.last_change.state is JournalState.ENDED:
        rewrite_playlists(recovered, 4)
    else:
        end_interrupted_lesson(recovered, max(recovered.end_ns, recovered.replay.last_change.lesson_ns), 4)
    return recovered


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def journalled(folder: Path) -> dict[tuple[str, int], Fragment]:
    """The journalled fragments of the segments that are on disk, by track and start."""
    replayed = replay(read_journal(folder).entries)
    return {
        (track, one.start): one
        for track, segments in replayed.fragments.items()
        for number, known in segments.items()
        for one in known.values()
        if any((folder / track).glob(f"{segment_name(number)}*"))
    }


def gaps_of(folder: Path) -> list[Gap]:
    return list(filter_kinds(read_journal(folder).entries, Gap))


def assert_whole(folder: Path, *, original: Path) -> None:
    """It is one lesson without a break, says so itself, and mending it again finds nothing to do."""
    receipt = verify_lesson(folder, lambda *_: None)
    broken = [one for one in receipt.findings if one.code in BROKEN and one.severity is Severity.BAD]
    assert not broken, broken
    before = journalled(original)
    for (track, start), fragment in journalled(folder).items():
        filled = any(
            gap.track == track and gap.from_ns - 2 <= start * 1_000_000_000 // TRACKS[track] < gap.to_ns
            for gap in gaps_of(folder)
        )
        if not filled:
            assert fragment.crc == before[track, start].crc, f"{track} at {start} is not what was recorded"
    after = files_of(folder)
    assert mend(folder).losses == ()
    assert files_of(folder) == after


def plays(folder: Path) -> str:
    """Whatever ffmpeg has to say of the programme."""
    command = "ffmpeg -v error -xerror -i main.m3u8 -fps_mode passthrough -enc_time_base -1 -f null -"
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    return done.stderr + (f"exit {done.returncode}" if done.returncode else "")


def test_a_whole_lesson_is_left_alone(ended: Path) -> None:
    with copy_of(ended) as folder:
        before = files_of(folder)
        assert recover_lesson(folder, thorough=True).losses == ()
        assert files_of(folder) == before
        rewrite_playlists(recover_lesson(folder), 4)
        assert_whole(folder, original=ended)
        assert plays(folder) == ""


def test_a_lesson_without_power_keeps_every_fragment(ended: Path, cut: Path, scoreboard: Scoreboard) -> None:
    with copy_of(cut) as folder:
        assert mend(folder).losses == ()
        assert journalled(folder) == journalled(ended)
        scoreboard.record("power-cut", fragments=len(journalled(ended).keys() - journalled(folder).keys()))
        assert_whole(folder, original=ended)


def test_an_ended_lesson_is_closed_only_if_its_playlists_name_all_of_it(ended: Path) -> None:
    def is_mended(name: str, text: bytes | None) -> bool:
        """Whether it is seen that a power cut has left a playlist like this, and mended."""
        with copy_of(ended) as folder:
            whole = named(folder / name)
            (folder / name).unlink()
            if text is not None:
                (folder / name).write_bytes(text)
            if is_closed(folder):
                return False
            rewrite_playlists(recover_lesson(folder), 4)
            return is_closed(folder) and named(folder / name) == whole

    def named(playlist: Path) -> list[str]:
        return [line for line in playlist.read_text().splitlines() if not line.startswith("#EXT-X-")]

    assert is_closed(ended)
    text = (ended / "teacher.m3u8").read_bytes()
    last = text.rindex(b"#EXTINF")
    assert is_mended("teacher.m3u8", None)
    assert is_mended("teacher.m3u8", b"")
    assert is_mended("teacher.m3u8", text[:last] + b"#EXT-X-ENDLIST\n")
    assert is_mended("teacher.m3u8", text[:200] + bytes(40) + text[240:])
    assert is_mended("main.m3u8", b"#EXTM3U" + bytes(100))


@given(data=st.data())
@examples
def test_a_cut_segment_keeps_what_stands_before_the_cut(
    ended: Path, cut: Path, scoreboard: Scoreboard, data: st.DataObject
) -> None:
    track = data.draw(st.sampled_from(list(TRACKS)))
    with copy_of(cut) as folder:
        part = next((folder / track).glob("*" + PART))
        raw = part.read_bytes()
        at = data.draw(st.integers(0, len(raw)))
        part.write_bytes(raw[:at] + data.draw(st.binary(max_size=40)))
        mend(folder)
        kept = journalled(folder)
        number = int(part.name[:6])
        whole = [
            fragment
            for (name, _), fragment in journalled(ended).items()
            if name == track and (fragment.segment, fragment.offset + fragment.length) <= (number, at)
        ]
        assert all(kept[track, fragment.start].crc == fragment.crc for fragment in whole)
        scoreboard.record("segment-cut", fragments=sum((track, fragment.start) not in kept for fragment in whole))
        assert_whole(folder, original=ended)


@given(data=st.data())
@examples
def test_a_flipped_byte_costs_no_more_than_its_own_second(
    ended: Path, cut: Path, scoreboard: Scoreboard, data: st.DataObject
) -> None:
    lesson = data.draw(st.sampled_from([ended, cut]))
    track = data.draw(st.sampled_from(list(TRACKS)))
    with copy_of(lesson) as folder:
        path = data.draw(st.sampled_from(sorted((folder / track).glob("*.m4s*"))))
        raw = bytearray(path.read_bytes())
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(raw)
        assert mend(folder).losses
        kept = journalled(folder)
        lost = [before for key, before in journalled(ended).items() if key not in kept or kept[key].crc != before.crc]
        assert sum(one.duration for one in lost) <= TRACKS[track]
        assert {one.track for one in lost} == {track}
        unit = "sound_ms" if track == "sound" else "picture_ms"
        scoreboard.record("byte-flipped", **{unit: 1e3 * sum(one.duration for one in lost) / TRACKS[track]})
        gaps = gaps_of(folder)
        noticed = sum(one.duration for one in lost) > TRACKS[track] / 20
        for one in lost if noticed else []:
            start_ns = one.start * 1_000_000_000 // TRACKS[track]
            assert any(gap.track == track and gap.from_ns - 2 <= start_ns < gap.to_ns for gap in gaps)
        assert_whole(folder, original=ended)


@given(data=st.data())
@examples
def test_a_damaged_journal_costs_no_media(ended: Path, cut: Path, scoreboard: Scoreboard, data: st.DataObject) -> None:
    lesson = data.draw(st.sampled_from([ended, cut]))
    with copy_of(lesson) as folder:
        lines = (folder / JOURNAL_JSONL).read_bytes().splitlines(keepends=True)
        for _ in range(data.draw(st.integers(1, 6))):
            number = data.draw(st.integers(1, len(lines) - 1))
            lines[number] = data.draw(st.sampled_from([b"", lines[number][:30], lines[number].replace(b"e", b"f", 1)]))
        (folder / JOURNAL_JSONL).write_bytes(b"".join(lines))
        mend(folder)
        kept = journalled(folder)
        assert all(kept[key].crc == before.crc for key, before in journalled(ended).items())
        scoreboard.record("journal-damaged", fragments=len(journalled(ended).keys() - kept.keys()))
        assert_whole(folder, original=ended)


@dataclass(frozen=True)
class Damage:
    """Something that happens to a lesson's folder; whether recovery must say that it lost something."""

    do: Callable[[Path], object]
    is_loss: bool = True


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x55
    path.write_bytes(raw)


def without_lines(folder: Path, *kinds: bytes) -> None:
    lines = (folder / JOURNAL_JSONL).read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not any(b'"kind":"%s"' % kind in line for kind in kinds)]
    (folder / JOURNAL_JSONL).write_bytes(b"".join(kept))


DAMAGES = {
    "first segment gone": Damage(lambda folder: (folder / "teacher" / segment_name(1)).unlink()),
    "middle segment gone": Damage(lambda folder: (folder / "teacher" / segment_name(2)).unlink()),
    "last segment gone": Damage(lambda folder: (folder / "sound" / segment_name(3)).unlink()),
    "all sound gone": Damage(lambda folder: [path.unlink() for path in (folder / "sound").glob("*.m4s")]),
    "segment is empty": Damage(lambda folder: (folder / "sound" / segment_name(2)).write_bytes(b"")),
    "picture init flipped": Damage(lambda folder: flip(folder / "students" / INIT, 300)),
    "picture init gone": Damage(lambda folder: (folder / "teacher" / INIT).unlink()),
    "sound init gone": Damage(lambda folder: (folder / "sound" / INIT).unlink()),
    "playlists gone": Damage(lambda folder: [path.unlink() for path in folder.glob("*.m3u8")], is_loss=False),
    "stale copy": Damage(
        lambda folder: (folder / "teacher" / (segment_name(1) + PART)).write_bytes(b"old"), is_loss=False
    ),
    "journal forgot the fragments": Damage(lambda folder: without_lines(folder, b"fragment"), is_loss=False),
    "journal forgot the tracks": Damage(lambda folder: without_lines(folder, b"track"), is_loss=False),
    "journal forgot the segments": Damage(lambda folder: without_lines(folder, b"segment"), is_loss=False),
    "garbage between fragments": Damage(
        lambda folder: (folder / "teacher" / segment_name(2)).write_bytes(
            b"moofmdat" * 9 + (folder / "teacher" / segment_name(2)).read_bytes()
        )
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_lesson_is_mended(ended: Path, damage: Damage) -> None:
    with copy_of(ended) as folder:
        damage.do(folder)
        assert bool(mend(folder).losses) == damage.is_loss
        assert_whole(folder, original=ended)
        assert plays(folder) == ""


def test_an_init_segment_is_made_again_as_it_was(ended: Path) -> None:
    with copy_of(ended) as folder:
        for track in ("teacher", "students"):
            (folder / track / INIT).write_bytes(b"")
        mend(folder)
        for track in ("teacher", "students"):
            assert (folder / track / INIT).read_bytes() == (ended / track / INIT).read_bytes()


def test_without_a_journal_the_tracks_are_read_from_their_files(ended: Path) -> None:
    with copy_of(ended) as folder:
        (folder / JOURNAL_JSONL).unlink()
        assert mend(folder).losses == ()
        known = {key: fragment.crc for key, fragment in journalled(ended).items()}
        assert {key: fragment.crc for key, fragment in journalled(folder).items()} == known
        assert plays(folder) == ""


def test_a_head_that_lies_about_its_time_is_not_believed(ended: Path) -> None:
    with copy_of(ended) as folder:
        path = folder / "teacher" / segment_name(2)
        raw = bytearray(path.read_bytes())
        at = raw.index(b"tfdt") + 8
        raw[at] ^= 0x40
        path.write_bytes(raw)
        without_lines(folder, b"fragment")
        mend(folder)
        assert_whole(folder, original=ended)


def test_what_nothing_explains_is_reported(ended: Path) -> None:
    with copy_of(ended) as folder:
        (folder / JOURNAL_JSONL).unlink()
        (folder / "teacher" / INIT).unlink()
        assert [loss.path for loss in mend(folder).losses] == ["teacher"]


@pytest.mark.parametrize("name", [b"\xbd\xcc\xca\xa6", b"tab\tand\nline"], ids=["GBK", "control characters"])
def test_a_folder_that_nothing_can_name_is_left_alone(ended: Path, name: bytes) -> None:
    with copy_of(ended) as folder:
        strange = folder / os.fsdecode(name)
        shutil.copytree(folder / "teacher", strange)
        (folder / JOURNAL_JSONL).unlink()
        assert mend(folder).losses == ()
        assert files_of(strange) == files_of(ended / "teacher")


def test_what_the_power_took_from_one_track_is_called_so(cut: Path) -> None:
    with copy_of(cut) as folder:
        (last,) = (folder / "students").glob("*" + PART)
        last.unlink()
        mend(folder)
        causes = {(gap.track, gap.cause) for gap in gaps_of(folder)}
        assert ("students", Cause.POWER) in causes
        assert Cause.CORRUPT not in {cause for _, cause in causes}


def test_recovery_that_was_cut_off_itself_begins_again(ended: Path, cut: Path) -> None:
    with copy_of(cut) as folder:
        part = next((folder / "teacher").glob("*" + PART))
        flip(part, part.stat().st_size // 2)
        unmended = (folder / JOURNAL_JSONL).read_bytes()
        recover_lesson(folder, thorough=True)
        kept = journalled(folder)
        (folder / JOURNAL_JSONL).write_bytes(unmended)
        mend(folder)
        again = journalled(folder)
        assert all(again[key].crc == before.crc for key, before in kept.items())
        assert_whole(folder, original=ended)


def test_a_disk_that_refuses_recovery_loses_nothing(cut: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with copy_of(cut) as folder:
        part = next((folder / "teacher").glob("*" + PART))
        flip(part, part.stat().st_size - 20)
        before = part.read_bytes()
        monkeypatch.setattr(os, "fdatasync", refuse)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            recover_lesson(folder, thorough=True)
        assert part.read_bytes() == before


def test_pictures_that_need_a_lost_key_picture_are_not_kept(ended: Path) -> None:
    with copy_of(ended) as folder:
        second = next(one for one in journalled(ended).values() if one.track == "teacher" and one.start == 90_000)
        flip(folder / "teacher" / segment_name(1), second.offset + second.length // 2)
        mend(folder)
        (gap,) = gaps_of(folder)
        assert (gap.track, gap.from_ns, gap.to_ns) == ("teacher", 1_000_000_000, 2_000_000_000)


def test_a_fragment_the_journal_did_not_live_to_see_is_kept(ended: Path, cut: Path) -> None:
    with copy_of(cut) as folder:
        lines = (folder / JOURNAL_JSONL).read_bytes().splitlines(keepends=True)
        last = {
            track: max(n for n, line in enumerate(lines) if b'"fragment","track":"%s"' % track.encode() in line)
            for track in TRACKS
        }
        (folder / JOURNAL_JSONL).write_bytes(b"".join(line for n, line in enumerate(lines) if n not in last.values()))
        assert mend(folder).losses == ()
        assert journalled(folder) == journalled(ended)


def test_every_fragment_in_the_files_is_the_one_in_the_journal(ended: Path) -> None:
    """The lesson all this is tried on is what its journal says."""
    for (track, _), known in journalled(ended).items():
        raw = (ended / track / segment_name(known.segment)).read_bytes()
        assert zlib.crc32(raw[known.offset : known.offset + known.length]) == known.crc
        assert known.start in [head.start for head, _, _ in parse_fragments(raw)]
