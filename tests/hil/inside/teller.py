"""Tells the host the lesson time, ten times a second, over the serial line. Runs in the guest.

usage: teller.py SPOOL

Each line is a lesson's id and its lesson time in ns, worked out from the journal and the clock alone, so that what
is told was true whatever became of the recorder's files.
"""

import json
import sys
import time
from pathlib import Path

LINE = "/dev/ttyS1"
_EVERY_S = 0.1


def running(spool: Path) -> tuple[str, int] | None:
    """The newest lesson, and what to add to CLOCK_MONOTONIC to have its lesson time; None while none runs."""
    journals = sorted(spool.glob("*/journal.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    if not journals:
        return None
    offset = None
    for line in journals[-1].read_text(errors="replace").splitlines():
        match entry_of(line):
            case {"kind": "begin", "at_ns": at_ns}:
                offset = -at_ns
            case {"kind": "goes", "at_ns": at_ns, "lesson_ns": lesson_ns}:
                offset = lesson_ns - at_ns
            case {"kind": "pause" | "end"}:
                offset = None
    return None if offset is None else (journals[-1].parent.name, offset)


def entry_of(line: str) -> dict:
    """A line's entry; nothing where the line is not whole yet."""
    try:
        return json.loads(line)["entry"]
    except (ValueError, KeyError):
        return {}


def main(spool: Path) -> None:
    """Tell until this process is ended; a new lesson is noticed within a second."""
    with open(LINE, "w", buffering=1) as line:
        while True:
            now = running(spool)
            for _ in range(10):
                if now is not None:
                    line.write(f"{now[0]} {now[1] + time.monotonic_ns()}\n")
                time.sleep(_EVERY_S)


main(Path(sys.argv[1]))
