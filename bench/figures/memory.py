"""The recorder in a real room: its memory, and how long after a picture's capture its fragment is safe."""

from __future__ import annotations

import json
import time
from bisect import bisect_left
from itertools import accumulate
from pathlib import Path

import numpy as np

from bench.footage import FPS, SyntheticFootage
from bench.measured_room import played_camera, pss_mb, running_room, witness_log
from bench.result_rows import ResultRow, bound
from pipelines.encoding.packets import VIDEO_TIMESCALE, ticks_to_lesson_ns
from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import Begin, Fragment
from pipelines.journal.journal_file import filter_kinds, parse_line
from tests.system.room import Room

_LESSON_S = 25
_FRAGMENT_MS = 250
_MARGIN_MS = 50
# Who listens for speech has another 40 MB: ONNX Runtime, its model, and the director's own work.
_PLAIN = '[director]\nenabled = false\n[sound]\nmix = "sum"\n'
_SYNC_AT_ONCE = '[recording]\nsync = "fragment"\n'
# Footage, bit rate, most memory in MB, more config, and what it means.
_ROOMS = (
    (SyntheticFootage(1280, 720, 900), 2000, 125.0, _PLAIN, ""),
    (SyntheticFootage(1280, 720, 900), 2000, 170.0, "", ", directed"),
    (SyntheticFootage(1280, 720, 900), 2000, 170.0, _SYNC_AT_ONCE, ", directed, sync = fragment"),
    (SyntheticFootage(1920, 1080, 900), 4000, 185.0, _PLAIN, ""),
)


def measure() -> list[ResultRow]:
    """Two cameras and a microphone, of both sizes; the smaller also directed, and with each fragment synced at once."""
    rows: list[ResultRow] = []
    for footage, kbps, most_mb, more, meaning in _ROOMS:
        name = f"2 × {footage.height}p{FPS}" + meaning
        with running_room(f"memory-{footage.height}", played_camera(footage, kbps), more) as room:
            folder = room.begin_lesson()
            most = _most_memory(room)
            room.end_lesson()
            rows.append(bound(f"memory, {name}", most, "MB", most_mb, f"PSS of the recorder, most in {_LESSON_S} s"))
            rows += _delays(name, folder, witness_log(room))
    return rows


def _most_memory(room: Room) -> float:
    pid = room.processes["recorder"].pid
    most = 0.0
    until_s = time.monotonic() + _LESSON_S
    while time.monotonic() < until_s:
        time.sleep(1)
        most = max(most, pss_mb(pid))
    return most


def _delays(name: str, folder: Path, witness: Path) -> list[ResultRow]:
    """From the capture of a fragment's last picture until its line is in the journal, and on the disk."""
    lines = (folder / JOURNAL_JSONL).read_bytes().splitlines(keepends=True)
    entries = [parse_line(line) for line in lines]
    ends = list(accumulate(map(len, lines)))
    begin = next(filter_kinds((entry for entry in entries if entry), Begin))
    seen = [json.loads(line) for line in witness.read_text().splitlines()]
    rows = []
    for what, meaning in (("written", "in its file"), ("synced", "on the disk")):
        moments = [one for one in seen if one["what"] == what and Path(one["path"]).parent.name == folder.name]
        sizes = [one["size"] for one in moments]
        delays_ms = []
        for entry, end in zip(entries, ends, strict=True):
            if isinstance(entry, Fragment) and entry.track != "sound":
                last = entry.start + entry.duration - VIDEO_TIMESCALE // FPS
                captured_ns = begin.at_ns + ticks_to_lesson_ns(last, VIDEO_TIMESCALE)
                delays_ms.append((moments[bisect_left(sizes, end)]["at_ns"] - captured_ns) / 1e6)
        p50, p99 = np.percentile(delays_ms, (50, 99))
        how = f"p99 of {len(delays_ms)} fragments of {_FRAGMENT_MS} ms; p50 {p50:.0f} ms"
        rows.append(bound(f"capture → fragment {meaning}, {name}", float(p99), "ms", _FRAGMENT_MS + _MARGIN_MS, how))
    return rows
