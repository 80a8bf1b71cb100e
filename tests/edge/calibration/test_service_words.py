"""Every finding and advice of the services' steps has its words, and no words are left over."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from edge.i18n import calibration_findings_services, calibration_services
from edge.i18n.calibration_advice_services import MESSAGES as ADVICE

HOUSE = Path(__file__).parents[3] / "edge/calibration"
FILES = [
    HOUSE / "controller_peer.py",
    *(
        file
        for file in (HOUSE / "verdicts").glob("*.py")
        if file.stem not in ("picture", "sound", "sync", "roles", "panel")
    ),
    *(
        HOUSE / f"steps/{name}.py"
        for name in ("clickers", "heads", "board", "timetable", "network", "storage", "trial")
    ),
]
MADE = {
    *("store-unreachable", "store-store-fails", "store-store-not-there", "store-credentials", "store-bucket"),
    *("store-store-unsupported", "store-certificate", "store-clock", "store-full", "store-garbled"),
    *("timetable-unreadable", "timetable-unreachable", "timetable-holidays", "timetable-clock"),
    *("box-under-voltage", "box-clock-capped", "box-throttled", "box-hot"),
    *("clickers-no-list", "clickers-none-bound", "board-shows-nothing", "board-shows-other"),
    *("timetable-restart", "timetable-none", "lrs-refuses", "lrs-fails", "lrs-is-none"),
}


def first_words(*functions: str) -> Iterator[str]:
    """The literal first argument of every call of these functions."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in functions and node.args:
                match node.args[0]:
                    case ast.Constant(value=str(word)):
                        yield word
                    case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(other))):
                        yield from (one, other)


def test_every_finding_and_advice_has_words_and_every_word_is_used() -> None:
    findings = set(first_words("fact", "figure", "unmeasured")) | {"store-checks", "store-reads-back"}
    assert findings == set(calibration_findings_services.MESSAGES)
    assert set(first_words("advice")) | MADE == set(ADVICE)


def test_every_fault_of_a_store_has_an_advice() -> None:
    errors = vars(importlib.import_module("pipelines.delivery.errors")).values()
    codes = {one.code for one in errors if isinstance(one, type) and isinstance(getattr(one, "code", None), str)}
    assert {f"store-{code}" for code in codes} <= set(ADVICE)


def test_every_question_is_asked_somewhere() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in FILES)
    made = ("clickers-class", "clickers-walk", "aim-")
    unused = [
        name
        for name in calibration_services.MESSAGES
        if f"calibration_services.{name}" not in text and not name.startswith(made)
    ]
    assert unused == []
