"""Fuzz targets: the files of a lesson's folder, read as the check, recovery, uploads and players' tools read them."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from parts import console, files, joined, lay_out
from sample_lessons import make_lesson

from edge.ledger import removed_lessons
from edge.terminal.receipt_table import print_receipt
from pipelines.delivery.truncate_playlist import named_files, truncate_playlist
from pipelines.files.lesson_layout import INIT, JOURNAL_JSONL, LESSON_JSON, RECEIPT_JSON
from pipelines.files.mp4_boxes import BoxSplitter, InvalidBox, parse_boxes, parse_fragments, parse_moof
from pipelines.journal.entries import ENTRY
from pipelines.journal.journal_file import encode_line, parse_line, read_journal
from pipelines.journal.lesson_clock import read_lesson_clock
from pipelines.journal.replay import has_ended, replay
from pipelines.programme.hls_playlist import avc_codec_string
from pipelines.programme.playlist_parser import InvalidPlaylist, read_main_playlist, read_media_playlist
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import read_receipt
from pipelines.receipt.segment_reader import SegmentReader
from pipelines.receipt.sidecar_checks import check_sidecar_files

_KEPT = tempfile.TemporaryDirectory(prefix="fuzz-")
_FOLDER = Path(_KEPT.name) / "lesson"
_FOLDER.mkdir()
_SPOOL = Path(_KEPT.name)
_NOTES = (LESSON_JSON, removed_lessons.NAME)
_STREAM_PIECE = 1000


def journal_file(data: bytes) -> None:
    """Lines with whatever checksum: those that are right are read, all others are counted."""
    (_FOLDER / JOURNAL_JSONL).write_bytes(data)
    contents = read_journal(_FOLDER)
    assert len(contents.entries) + contents.damaged_lines == sum(bool(line) for line in data.split(b"\n"))
    assert list(contents.entries) == [entry for line in data.split(b"\n") if (entry := parse_line(line))]
    has_ended(_FOLDER)
    read_journal(_FOLDER, last_bytes=len(data) // 2)


def journal_entries(data: bytes) -> None:
    """Entries whose checksums are right, whatever they say: the lesson is checked, and its receipt can be shown."""
    entries = []
    for line in data.split(b"\n"):
        with suppress(ValueError):
            entries.append(ENTRY.validate_json(line))
    raw = b"".join(map(encode_line, entries))
    again = [parse_line(line) for line in raw.split(b"\n") if line]
    assert b"".join(encode_line(entry) for entry in again if entry is not None) == raw, "what is written is read again"
    (_FOLDER / JOURNAL_JSONL).write_bytes(raw)
    replayed = replay(entries)
    assert read_lesson_clock(_FOLDER).changes == replayed.clock.changes
    print_receipt(check_lesson(_FOLDER), console(), "en")


def mp4_boxes(data: bytes) -> None:
    """A segment or an init segment: InvalidBox, or boxes and fragments that lie in it, one behind the other."""
    end = 0
    with suppress(InvalidBox):
        for box in parse_boxes(data):
            assert box.start == end
            assert box.start < box.body <= box.end <= len(data)
            end = box.end
    with suppress(InvalidBox):
        parse_moof(data)
    end = 0
    with suppress(InvalidBox):
        for header, offset, length in parse_fragments(memoryview(data)):
            assert offset >= end
            assert header.duration >= 0
            end = offset + length
            assert end <= len(data)
    avc_codec_string(data)
    (_FOLDER / "000001.m4s").write_bytes(data)
    scanned = SegmentReader().read(_FOLDER / "000001.m4s")
    assert scanned.damage or sum(fragment.length for fragment in scanned.fragments) == len(data)


def mp4_stream(data: bytes) -> None:
    """A muxer's output in pieces: the boxes are those of the whole, or InvalidBox."""
    splitter = BoxSplitter()
    found = b""
    with suppress(InvalidBox):
        for at in range(0, len(data), _STREAM_PIECE):
            found += b"".join(box for _, box in splitter.push_bytes(data[at : at + _STREAM_PIECE]))
    assert data.startswith(found)


def playlist(data: bytes) -> None:
    """InvalidPlaylist, or paths that lie in the lesson's folder; and what the store is given is a beginning of it."""
    path = _FOLDER / "main.m3u8"
    path.write_bytes(data)
    with suppress(InvalidPlaylist):
        media = read_media_playlist(path)
        assert media.duration_s >= 0
        for name in (media.init, *(segment.path for segment in media.segments)):
            assert ".." not in name
            assert not name.startswith("/")
    with suppress(InvalidPlaylist):
        read_main_playlist(path)
    text = data.decode(errors="replace")
    names = list(named_files(text))
    assert truncate_playlist(text, set(names)) == text
    assert text.startswith(truncate_playlist(text, set(names[: len(names) // 2])))


def receipt(data: bytes) -> None:
    """A receipt that can be shown, or ValueError."""
    (_FOLDER / RECEIPT_JSON).write_bytes(data)
    with suppress(ValueError):
        found = read_receipt(_FOLDER)
        assert found is not None
        print_receipt(found, console(), "zh-CN")


def lesson_notes(data: bytes) -> None:
    """lesson.json and removed.jsonl: what makes no sense is left out."""
    contents = files(data, _NOTES)
    lay_out(_SPOOL, contents, _NOTES)
    list(check_sidecar_files(_SPOOL))
    for removed in removed_lessons.read(_SPOOL).values():
        removed.as_record()


def seeds() -> dict[str, list[bytes]]:
    """The files of a short lesson that was really encoded."""
    with tempfile.TemporaryDirectory() as folder:
        lesson = make_lesson(Path(folder) / "r1-000001-aaaa", 4.0)
        made = {str(path.relative_to(lesson.folder)): path.read_bytes() for path in lesson.folder.rglob("*.*")}
        checked = check_lesson(lesson.folder)
    fragments = [made["teacher/000001.m4s"], made["sound/000001.m4s"]]
    firsts = [data[offset : offset + length] for data in fragments for _, offset, length in parse_fragments(data)]
    smallest = sorted(firsts, key=len)[:2]
    moofs = [data[: next(parse_boxes(data)).end] for data in firsts[:1] + smallest]
    entries = [parse_line(line) for line in made[JOURNAL_JSONL].split(b"\n") if line]
    bodies = b"\n".join(entry.model_dump_json().encode() for entry in entries if entry is not None)
    boxes = [made[f"teacher/{INIT}"], made[f"sound/{INIT}"], *smallest, smallest[0] * 3, *moofs]
    metadata = b'{"format":1,"papers":{"polls.json":{"size":3,"sha256":"00"}}}\n'
    removed = (
        b'{"lesson":"r1-000001-aaaa","began":"2026-11-24T08:00:00Z","ended":null,"lesson_time_s":4.0,'
        b'"cause":"teacher","recording":"good"}\n'
    )
    return {
        "journal_file": [made[JOURNAL_JSONL]],
        "journal_entries": [bodies, _OTHER_ENTRIES],
        "mp4_boxes": boxes,
        "mp4_stream": boxes,
        "playlist": [made["main.m3u8"], made["teacher.m3u8"], _BYTE_RANGES],
        "receipt": [checked.model_dump_json(indent=2).encode()],
        "lesson_notes": [joined({LESSON_JSON: metadata, removed_lessons.NAME: removed * 2})],
    }


_OTHER_ENTRIES = b"\n".join(
    [
        b'{"kind":"begin","lesson":"r1-000001-aaaa","school":"s","room":"r1","boot_id":"b","at_ns":0}',
        b'{"kind":"anchor","at_ns":5,"wall_ns":1764000000000000000,"synchronised":true}',
        b'{"kind":"track","track":"sound","medium":"sound","how":"encoded","timescale":48000,"rate_hz":48000}',
        b'{"kind":"fragment","track":"sound","segment":1,"offset":0,"length":9,"start":0,"duration":9,"key":true,"crc":1}',
        b'{"kind":"segment","track":"sound","segment":1,"start":0,"duration":9,"length":9}',
        b'{"kind":"hole","track":"sound","from_ns":5,"to_ns":2000000000,"cause":"device","reason":"x","wall_ns":7}',
        b'{"kind":"dropped","track":"sound","lesson_ns":5,"what":"samples","count":7,"cause":"overload"}',
        b'{"kind":"effort","lesson_ns":5,"preset":"ultrafast","halved":["teacher"],"steps":2}',
        b'{"kind":"lowered","lesson_ns":5,"percent":60,"free_bytes":1000}',
        b'{"kind":"device","role":"teacher","state":"missing","reason":"x","at_ns":5}',
        b'{"kind":"mark","lesson_ns":5,"label":"x"}',
        b'{"kind":"picture","track":"teacher","lesson_ns":5,"luma":100.5,"change":2.5}',
        b'{"kind":"sound","track":"ceiling","lesson_ns":5,"rms_dbfs":-30.5,"peak_dbfs":-20.5}',
        b'{"kind":"drift","track":"ceiling","lesson_ns":5,"ppm":80.5,"offset_ms":1.5}',
        b'{"kind":"pause","at_ns":3000000000,"lesson_ns":3000000000}',
        b'{"kind":"goes","at_ns":9000000000,"lesson_ns":3000000000,"boot_id":"c","cause":"reboot"}',
        b'{"kind":"end","at_ns":9900000000,"lesson_ns":3900000000,"cause":"teacher"}',
    ]
)
_BYTE_RANGES = (
    b'#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXT-X-MAP:URI="teacher/init.mp4"\n#EXTINF:4.000000,\n'
    b"#EXT-X-BYTERANGE:2000@100\nteacher/000001.m4s\n#EXT-X-ENDLIST\n"
)
