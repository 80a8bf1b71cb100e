"""Every finding, advice, question and caption of the measuring steps has its words, and none is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from edge.i18n import (
    calibration_advice_measuring,
    calibration_findings_measuring,
    calibration_measuring,
    calibration_pictures,
)
from edge.i18n.calibration_advice import MESSAGES as ALL_ADVICE
from edge.i18n.calibration_findings import MESSAGES as ALL_FINDINGS

REPOSITORY = Path(__file__).parents[3]
MEASURING = REPOSITORY / "pipelines/measuring"
STEPS = ("picture", "lens", "blackboard", "seats", "sound", "gain", "sync")
FILES = [
    *(REPOSITORY / f"edge/calibration/steps/{name}.py" for name in STEPS),
    *(REPOSITORY / f"edge/calibration/verdicts/{name}.py" for name in ("picture", "sound", "sync")),
]
# What a step says of a measurement that cannot be made: the beginning of its code, and the modules it may come from.
UNMEASURABLE = {
    "picture": ("exposure", "flicker", "frame_rate", "horizon", "noise", "sharpness", "slanted_edge", "white_balance"),
    "lens": ("lens_distortion", "charuco_detection"),
    "blackboard": ("blackboard", "blackboard_edges"),
    "seats": ("seat_coverage",),
    "sound": ("sound_level", "mains_hum", "reverberation", "band_decay", "channels", "card_clock", "clipping"),
}
# They are caught where they come from, or cannot come from what the step passes.
NEVER_TOLD = {
    *(f"picture-{code}" for code in ("edge-not-straight", "no-edge", "edge-not-alone", "edge-not-slanted")),
    *("sound-not-correlated", "sound-nothing-heard", "sound-ambiguous"),
}


def constants(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    match node:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp(body=body, orelse=orelse):
            yield from constants(body)
            yield from constants(orelse)


def first_words(*functions: str) -> set[str]:
    """The literal first argument of every call of these functions."""
    calls = (
        node
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in functions and node.args
    )
    return set(chain.from_iterable(constants(call.args[0]) for call in calls))


def codes_of(module: str) -> set[str]:
    """The codes with which a measurement refuses."""
    tree = ast.parse((MEASURING / f"{module}.py").read_text(encoding="utf-8"))
    raised = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return set(
        chain.from_iterable(
            constants(call.args[0]) for call in raised if getattr(call.func, "id", "") == "Unmeasurable" and call.args
        )
    )


def test_every_finding_and_advice_that_a_step_names_has_words() -> None:
    assert first_words("fact", "figure", "unmeasured", "_or_why", "latency_fact", "_unmeasured") <= set(ALL_FINDINGS)
    assert first_words("advice") <= set(ALL_ADVICE)


@pytest.mark.parametrize("step", UNMEASURABLE)
def test_every_measurement_that_cannot_be_made_says_what_to_do(step: str) -> None:
    codes = {f"{step}-{code}" for module in UNMEASURABLE[step] for code in codes_of(module)}
    assert codes - NEVER_TOLD <= set(ALL_ADVICE)


def test_no_words_are_left_over() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in [*FILES, MEASURING / "view_coverage.py"])
    made = ("lens-wish-", "focus-", "sound-", "gain-", "sync-", "picture-", "lens-", "blackboard-", "seats-")
    for catalogue in (calibration_findings_measuring, calibration_advice_measuring, calibration_measuring):
        unused = [name for name in catalogue.MESSAGES if f'"{name}"' not in text and not name.startswith(made)]
        unused = [name for name in unused if f".{name}" not in text]
        assert unused == [], catalogue.__name__


def test_every_picture_has_a_caption() -> None:
    everywhere = "".join(file.read_text(encoding="utf-8") for file in (REPOSITORY / "edge/calibration").rglob("*.py"))
    assert all(f'"{name}"' in everywhere for name in calibration_pictures.MESSAGES)
