"""Makers of findings: a figure with its tolerance, a fact, and what could not be measured."""

from __future__ import annotations

from edge.calibration.results import Advice, Finding, Range, Tolerance, Verdict


def at_most(good: float, acceptable: float) -> Tolerance:
    """The tolerance of a figure that is better the smaller it is."""
    return Tolerance(good=Range(high=good), acceptable=Range(high=acceptable))


def at_least(good: float, acceptable: float) -> Tolerance:
    """The tolerance of a figure that is better the larger it is."""
    return Tolerance(good=Range(low=good), acceptable=Range(low=acceptable))


def advice(code: str, **values: str | float) -> Advice:
    """The advice ``code`` with its values."""
    return Advice(code=code, values=values)


def figure(
    name: str,
    value: float,
    tolerance: Tolerance,
    what_to_do: Advice,
    *,
    unit: str = "",
    half_width: float | None = None,
    text: str = "",
    device: str = "",
) -> Finding:
    """A figure and the verdict of its tolerance; ``what_to_do`` is said where that is not good."""
    verdict = tolerance.verdict(value)
    return Finding(
        name=name,
        device=device,
        value=value,
        half_width=half_width,
        unit=unit,
        text=text,
        tolerance=tolerance,
        verdict=verdict,
        advice=None if verdict is Verdict.GOOD else what_to_do,
    )


def fact(
    name: str, text: str = "", verdict: Verdict = Verdict.GOOD, what_to_do: Advice | None = None, device: str = ""
) -> Finding:
    """A fact, and what to do about it where it is not good."""
    return Finding(name=name, device=device, text=text, verdict=verdict, advice=what_to_do)


def unmeasured(name: str, what_to_do: Advice, device: str = "") -> Finding:
    """What could not be measured, and what to do so that it can be."""
    return fact(name, verdict=Verdict.UNMEASURED, what_to_do=what_to_do, device=device)
