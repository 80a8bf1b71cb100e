"""The HTML of a report, made of the results of a calibration, those of the one before, and its pictures."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from edge.calibration.report.changes import changed_devices, changed_findings
from edge.calibration.report.pictures import picture_uri
from edge.calibration.report.plots import Undrawable, plot_svg, plot_title
from edge.calibration.report.responsible import responsible
from edge.calibration.report.texts import Words
from edge.calibration.result_lines import SIGNS
from edge.calibration.results import Curve, Finding, Results, StepResult, Verdict

_URGENT_FIRST = (Verdict.BAD, Verdict.UNMEASURED, Verdict.ACCEPTABLE)
_MOST_IN_A_SENTENCE = 2


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the table of what is to be done: what was found in a step, what to do, and by whom."""

    step: str
    finding: Finding
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class StepSummary:
    """What the first page says of a step, in a sentence."""

    step: str
    verdict: Verdict
    sentence: str


def html_document(results: Results, folder: Path, earlier: Results | None, words: Words, font: str) -> str:
    """The report as one HTML file that refers to nothing outside itself; ``font`` is that of ``fonts.chinese_font``."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(say=words.say, words=words, sign=SIGNS.__getitem__, verdicts=tuple(SIGNS))
    style = environment.get_template("style.css.j2").render(font=Markup(font))
    digest = base64.b64encode(hashlib.sha256(f"\n{style}\n".encode()).digest()).decode()
    tasks = sorted(_tasks(results, words), key=lambda task: _URGENT_FIRST.index(task.finding.verdict))
    return environment.get_template("report.html.j2").render(
        results=results,
        earlier=earlier,
        style=Markup(style),
        style_hash=digest,
        overall=_overall(results, tasks, words),
        summaries=[_summary(name, step, tasks, words) for name, step in results.steps.items()],
        tasks=tasks,
        plots={name: list(_plots(name, step.curves, words, font)) for name, step in results.steps.items()},
        pictures={name: list(_pictures(step, folder, words)) for name, step in results.steps.items()},
        settings=[change for step in results.steps.values() for change in step.changes],
        changed_findings=changed_findings(earlier, results) if earlier else [],
        changed_devices=changed_devices(earlier, results) if earlier else [],
    )


def _tasks(results: Results, words: Words) -> Iterator[Task]:
    for name, step in results.steps.items():
        for finding in step.findings:
            if finding.verdict in _URGENT_FIRST and (finding.advice or finding.verdict is Verdict.BAD):
                who = responsible(name, finding.advice.code if finding.advice else "")
                what = words.advice(finding) or words.say("no-advice")
                yield Task(name, finding, what, words.say(f"by-{who}"))


def _overall(results: Results, tasks: Sequence[Task], words: Words) -> str:
    counts = {verdict: sum(task.finding.verdict is verdict for task in tasks) for verdict in _URGENT_FIRST}
    verdict = results.verdict
    count = counts.get(verdict, 0)
    return words.say(
        f"overall-{verdict}" if count or verdict is Verdict.GOOD else f"overall-{verdict}-open", count=count
    )


def _summary(name: str, step: StepResult, tasks: Sequence[Task], words: Words) -> StepSummary:
    mine = [task for task in tasks if task.step == name]
    verdict = step.verdict
    if verdict is Verdict.GOOD:
        return StepSummary(name, verdict, words.say("step-good", count=len(step.findings)))
    worst = [task for task in mine if task.finding.verdict is verdict]
    told = list(dict.fromkeys((task.what, task.who) for task in worst))
    if not told:
        unclear = [one for one in step.findings if one.verdict is verdict]
        named = tuple(dict.fromkeys(words.finding(one) for one in unclear)) or (words.step(name),)
        return StepSummary(name, verdict, words.say(f"step-{verdict}-open", what=named[:_MOST_IN_A_SENTENCE]))
    actions = words.say("semicolon").join(
        f"{what.rstrip('。.')}{words.say('done-by', who=who)}" for what, who in told[:_MOST_IN_A_SENTENCE]
    )
    more = len(told) - _MOST_IN_A_SENTENCE
    rest = words.say("and-more", count=more) if more > 0 else ""
    return StepSummary(name, verdict, words.say(f"step-{verdict}", actions=actions + rest))


def _pictures(step: StepResult, folder: Path, words: Words) -> Iterator[tuple[str, str]]:
    """Caption and data URI of each picture, an empty one where it is missing."""
    for picture in step.pictures:
        yield words.about(words.caption(picture.caption), picture.device), picture_uri(folder, picture.file)


def _plots(step: str, curves: Sequence[Curve], words: Words, font: str) -> Iterator[tuple[str, Markup]]:
    """Caption and drawing of each curve, an empty one where its figures do not fit together."""
    for number, curve in enumerate(curves, 1):
        caption = words.about(plot_title(curve, words), curve.device)
        try:
            yield caption, Markup(plot_svg(curve, f"{step}-{number}", words, font))
        except Undrawable:
            yield caption, Markup()
