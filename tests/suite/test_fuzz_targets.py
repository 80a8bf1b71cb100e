"""The fuzz targets take what they begin with, and all that was ever found with them."""

from __future__ import annotations

import importlib
import io
import tracemalloc
import zipfile
from itertools import chain
from types import ModuleType

import pytest
from limits import MOST_MB, held_within_limits
from mutators import BY_FORM
from targets import TARGETS

FAMILIES = sorted({target.family for target in TARGETS.values()})


def test_every_target_has_a_function_and_seeds() -> None:
    seeds = {name: list(found) for name, found in chain(*(module(family).seeds().items() for family in FAMILIES))}
    assert seeds.keys() == TARGETS.keys()
    assert all(seeds.values())
    assert {target.form for target in TARGETS.values()} == BY_FORM.keys()
    for name, target in TARGETS.items():
        for seed in seeds[name]:
            assert len(seed) <= target.max_bytes
            getattr(module(target.family), name)(seed)


def module(family: str) -> ModuleType:
    return importlib.import_module(family)


def zipped(name: str, compression: int, damage: bytes = b"", packed_bytes: int | None = None) -> bytes:
    """A zip file with one file; its data may begin with other bytes, and it may claim to be packed into so many."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as file:
        file.writestr(name, "propertyName,value\noneroster.version,1.2\n" * 9)
    raw = body.getvalue()
    raw = raw[:42] + damage + raw[42 + len(damage) :]
    if packed_bytes is not None:
        at = raw.index(b"PK\1\2") + 20
        raw = raw[:at] + packed_bytes.to_bytes(4, "little") + raw[at + 4 :]
    return raw


def moof(start: int, duration: int) -> bytes:
    """A fragment of one sample, and an empty mdat."""

    def box(kind: bytes, *body: bytes) -> bytes:
        return (8 + sum(map(len, body))).to_bytes(4, "big") + kind + b"".join(body)

    tfhd = box(b"tfhd", bytes.fromhex("00000008 00000001"), duration.to_bytes(4, "big"))
    tfdt = box(b"tfdt", bytes.fromhex("01000000"), start.to_bytes(8, "big"))
    trun = box(b"trun", bytes.fromhex("00000000 00000001"))
    return box(b"moof", box(b"traf", tfhd, tfdt, trun)) + box(b"mdat")


MEASURED = b'{"kind":"sound","track":"ceiling","lesson_ns":5,"rms_dbfs":%s,"peak_dbfs":-9}'
FRAGMENT = (
    b'{"kind":"fragment","track":"t","segment":1,"offset":%d,"length":9,"start":0,"duration":9,"key":true,"crc":1}'
)
TRACK = b'{"kind":"track","track":"sound","medium":"sound","how":"encoded","timescale":%d}'
END = b'{"kind":"end","at_ns":5,"cause":"teacher","lesson_ns":%d}'
STATE = b'{"type":"state","activity":"recording","lamp":"on","lesson":"%s","lesson_time_ns":%s}\n'
STATUS = b'{"type":"status","status":{"state":"%s","lesson":"a","lesson_time_s":%s,"check":%s}}\n'
CHECK = b'{"lesson":"a","recording":"%s","stored":"%s"}'
RECEIPT = (
    b'{"lesson":"a","lesson_time_ns":1,"recording":"good","findings":[],"tracks":[{"track":"t","medium":"sound","how":"",'
    b'"length_ns":1,"segments":1,"fragments":1,"bytes":%s,"bit_rate_bps":1,"holes":0,"hole_ns":0}]}'
)
# Version, length and value of the properties of LZMA (APPNOTE.TXT, 5.8.8): a dictionary of 4 GiB.
LARGE_DICTIONARY = bytes.fromhex("0904 0500 5d ffffffff")
PRESS = b'{"question":1,"device":"1","after_ms":%s,"press":"A"}'


def seeds_of(family: str, target: str) -> bytes:
    """The first seed of a target."""
    return next(iter(module(family).seeds()[target]))


FOUND = {
    "time-beyond-64-bits": ("mp4_boxes", moof((1 << 64) - 1, 1)),
    "measurement-that-is-no-number": ("journal_entries", MEASURED % b"NaN"),
    "measurement-without-end": ("journal_entries", MEASURED % b"1e999"),
    "offset-beyond-32-bits": ("journal_entries", FRAGMENT % (1 << 32)),
    "number-beyond-64-bits": (
        "journal_entries",
        END % 10**400,
    ),
    "no-time-scale": ("journal_entries", TRACK % 0),
    "lesson-time-beyond-64-bits": ("link_to_controller", STATE % (b"a", b"9" * 400)),
    "lesson-that-names-no-folder": ("link_to_controller", STATE % (b"../a", b"1")),
    "state-of-another-version": ("status_stream", STATUS % (b"resting", b"1", CHECK % (b"fair", b"perhaps"))),
    "lesson-time-without-end": ("status_stream", STATUS % (b"recording", b"1e308", b"null")),
    "length-without-end": ("lesson_notes", b'=== removed.jsonl\n{"lesson":"a","lesson_time_s":1e999}'),
    "damaged-member": ("oneroster_zip", zipped("manifest.csv", zipfile.ZIP_DEFLATED, b"\xff\xff\xff\xff")),
    "deflate64": ("oneroster_zip", zipped("manifest.csv", zipfile.ZIP_LZMA).replace(b"\x0e\0", b"\x09\0")),
    "member-that-claims-a-gigabyte": ("oneroster_zip", zipped("manifest.csv", zipfile.ZIP_STORED, b"", 1 << 30)),
    "dictionary-of-gigabytes": ("oneroster_zip", zipped("manifest.csv", zipfile.ZIP_LZMA, LARGE_DICTIONARY)),
    "name-that-is-no-text": (
        "oneroster_zip",
        # As UTF-8 by its flags (bit 11).
        zipped("manifest.csv", zipfile.ZIP_STORED).replace(b"\x14\0\0\0", b"\x14\0\0\x08", 1).replace(b"m", b"\xff", 1),
    ),
    "card-of-5000-digits": ("sound_card_list", b"1" * 5000 + b" [A]: B - C\n"),
    "zip-of-a-later-version": ("oneroster_zip", zipped("a", zipfile.ZIP_STORED).replace(b"\x14\0\0\0", b"\xf0\0\0\0")),
    "size-beyond-a-float": ("receipt", RECEIPT % (b"9" * 400)),
    "list-of-empty-lines": ("sound_card_list", b"\n" * 16_000),
    "mark-without-bottom": ("store_answer", b"[" * 10_000),
    "notes-without-bottom": ("lesson_notes", b"=== lesson.json\n" + b"[" * 10_000),
    "group-like-markup": ("poll_results", seeds_of("school_lists", "poll_results").replace("甲".encode(), b"[/1]")),
    "no-time-of-press": ("press_script", PRESS % b"null"),
    "press-after-all-time": ("press_script", PRESS % b"1e999"),
    "script-without-bottom": ("press_script", b"[" * 10_000),
}


@pytest.mark.parametrize(("target", "data"), FOUND.values(), ids=FOUND)
def test_what_was_found_is_taken(target: str, data: bytes) -> None:
    take = getattr(module(TARGETS[target].family), target)
    held_within_limits(take, data)
    # Memory that is taken and not used is not seen by the limits of this process.
    tracemalloc.start()
    try:
        take(data)
        assert tracemalloc.get_traced_memory()[1] < MOST_MB << 20
    finally:
        tracemalloc.stop()
