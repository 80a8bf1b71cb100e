"""A lesson's receipt in the guest: good, or bad for nothing but what a machine that is too slow costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.receipt.findings import FindingCode
from tests.hil.speed import Speed

TOO_SLOW = frozenset(
    {
        FindingCode.HALVED,
        FindingCode.DROPPED,
        FindingCode.FILLED_GAP,
        FindingCode.FEW_PICTURES,
        FindingCode.SOUND_MISSING,
    }
)
"""What a box without the time for every picture and every sound loses, and says so."""
UNFINISHED = frozenset(
    {
        FindingCode.SEGMENT_MISSING,
        FindingCode.SEGMENT_UNFINISHED,
        FindingCode.PLAYLIST_LENGTH,
        FindingCode.LENGTH,
    }
)
"""What more is lost where the recorder's time to catch up after the lesson's end was not enough for a track."""


def bad_codes(lesson: Path) -> set[str]:
    """The codes of what makes a fetched lesson bad; the verdict is checked against them."""
    receipt: dict[str, Any] = json.loads((lesson / "receipt.json").read_text())
    bad = {one["code"] for one in receipt["findings"] if one["severity"] == "bad"}
    assert receipt["recording"] == ("bad" if bad else "good")
    return bad


def excused(speed: Speed, *, is_cut_off: bool = False) -> frozenset[str]:
    """The codes that are no fault of the product on such a box; ``is_cut_off``: its log says that a track was."""
    if speed.keeps_up:
        return frozenset()
    return TOO_SLOW | UNFINISHED if is_cut_off else TOO_SLOW


def assert_good(lesson: Path, speed: Speed, *, is_cut_off: bool = False) -> None:
    """The lesson's receipt is good; of a box that is too slow by its own measure it may tell what that costs."""
    bad = bad_codes(lesson)
    if bad and bad <= excused(speed, is_cut_off=is_cut_off):
        print(f"the box was {speed.slowness:.1f} times slower than the reference, and says what that cost: {bad}")
    assert bad <= excused(speed, is_cut_off=is_cut_off), bad
