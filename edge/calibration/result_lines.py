"""Results of a calibration as lines of a terminal: verdicts in signs and words, figures, and what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.text import Text

from edge.calibration.results import Finding, Range, Results, StepResult, Verdict
from edge.i18n import Language, translate, translate_code
from edge.terminal.line_breaks import broken_lines
from edge.terminal.value_text import track_name

SIGNS = {Verdict.GOOD: "✓", Verdict.ACCEPTABLE: "!", Verdict.BAD: "✗", Verdict.UNMEASURED: "?"}
STYLES = {Verdict.GOOD: "green", Verdict.ACCEPTABLE: "yellow", Verdict.BAD: "bold red", Verdict.UNMEASURED: "cyan"}
# Below it more digits than two behind the point say nothing.
_SMALL = 0.1
_DEVICE_VALUES = frozenset({"device", "role", "camera", "microphone", "other"})


def result_lines(result: StepResult, language: Language, width: int) -> list[Text]:
    """The verdict on a step, and each finding with its advice."""
    verdict = translate("calibration.result", language, verdict=verdict_text(result.verdict, language))
    lines = [Text(verdict, STYLES[result.verdict])]
    for finding in result.findings:
        lines += finding_lines(finding, language, width)
    for change in result.changes:
        before, after = _setting(change.before, language), _setting(change.after, language)
        text = translate("calibration.changed", language, name=change.key, before=before, after=after)
        lines += [Text(line) for line in broken_lines(text, width, 4)]
    return lines


def finding_lines(finding: Finding, language: Language, width: int) -> list[Text]:
    """A finding on a line or two, and below it what to do."""
    style = STYLES[finding.verdict]
    lines = [Text(line) for line in broken_lines(finding_text(finding, language), width - 2, 2)]
    lines = [Text("  ") + line for line in lines]
    lines[0] = Text(f"{SIGNS[finding.verdict]} ", style) + Text(lines[0].plain[2:])
    if advice := advice_text(finding, language):
        lines += [Text(f"    {line}", style) for line in broken_lines(f"→ {advice}", width - 4, 2)]
    return lines


def finding_text(finding: Finding, language: Language) -> str:
    """Which device, what, how much, how good, and what would be right."""
    values: dict[str, object] = {
        "what": finding_title(finding, language),
        "figure": figure_text(finding),
        "verdict": translate(f"calibration.verdict-{finding.verdict}", language),
    }
    is_bare = finding.verdict is Verdict.UNMEASURED and not values["figure"]
    kind = "finding-unmeasured" if is_bare else "finding" if values["figure"] else "finding-bare"
    text = translate(f"calibration.{kind}", language, **values)
    if finding.device:
        text = translate("calibration.of-device", language, device=devices_text(finding.device, language), text=text)
    if finding.tolerance is None or finding.verdict is Verdict.GOOD:
        return text
    good = f"{range_text(finding.tolerance.good)} {finding.unit}".rstrip()
    return translate("calibration.should-be", language, text=text, good=good)


def finding_title(finding: Finding, language: Language) -> str:
    """What a finding is about; its name where results of another version have what this one does not know."""
    return _known("calibration_findings", finding.name, language)


def figure_text(finding: Finding) -> str:
    """The value with half its 95 % interval and its unit, or the fact as a sentence."""
    if finding.value is None:
        return finding.text
    half = finding.half_width
    if half is None or not math.isfinite(half) or half <= 0:
        shown = f"{finding.value:.4g}" if abs(finding.value) >= _SMALL else f"{finding.value:.2f}"
        return f"{shown} {finding.unit}".rstrip()
    decimals = max(0, 1 - math.floor(math.log10(half)))
    return f"{finding.value:.{decimals}f} ± {half:.{decimals}f} {finding.unit}".rstrip()


def range_text(limits: Range) -> str:
    """A range: ≥ 55, ≤ 5, -5…5."""
    if limits.low is None:
        return "" if limits.high is None else f"≤ {limits.high:.4g}"
    return f"≥ {limits.low:.4g}" if limits.high is None else f"{limits.low:.4g}…{limits.high:.4g}"


def advice_text(finding: Finding, language: Language) -> str:
    """What to do; empty without advice."""
    if finding.advice is None:
        return ""
    values = {name: _spoken(name, value, language) for name, value in finding.advice.values.items()}
    return _known("calibration_advice", finding.advice.code, language, values)


def devices_text(roles: str, language: Language) -> str:
    """The names of one role, or of a pair: ``teacher+ceiling``."""
    return " + ".join(track_name(role, language) for role in roles.split("+"))


def verdict_text(verdict: Verdict, language: Language) -> str:
    """Sign and word."""
    return f"{SIGNS[verdict]} {translate(f'calibration.verdict-{verdict}', language)}"


def summary_lines(results: Results | None, steps: Iterable[str], language: Language) -> list[Text]:
    """Each step with its verdict, in the order of ``steps``; without results none is done yet."""
    titles = {step: step_title(step, language) for step in steps}
    width = max(map(cell_len, titles.values()), default=0)
    names = max(map(len, titles), default=0)
    lines = []
    for step, title in titles.items():
        result = results.steps.get(step) if results else None
        line = Text(f"  {step:<{names}}  {title}{' ' * (width - cell_len(title))}  ")
        if result is None:
            line.append(translate("calibration.not-done", language), "dim")
        else:
            line.append(verdict_text(result.verdict, language), STYLES[result.verdict])
        lines.append(line)
    return lines


def step_title(step: str, language: Language) -> str:
    """The title of a step; its name where there is none."""
    return _known("calibration_steps", step, language)


def _spoken(name: str, value: str | int | float, language: Language) -> str | int | float:
    """A value of an advice: roles by the devices' names, reasons of drivers and codes of faults in the language."""
    match value:
        case str() if name in _DEVICE_VALUES:
            return devices_text(value, language)
        case str() if name == "reason":
            return translate_code("room.fault", language, value)
        case _:
            return value


def _setting(value: object, language: Language) -> str:
    match value:
        case None:
            return translate("calibration.unset", language)
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _known(catalogue: str, name: str, language: Language, values: Mapping[str, object] | None = None) -> str:
    """A message of a catalogue; its name where results of another version have what this one does not know."""
    try:
        return translate(f"{catalogue}.{name}", language, **(values or {}))
    except (KeyError, ImportError):
        return name
