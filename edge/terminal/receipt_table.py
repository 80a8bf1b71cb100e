"""Tables of a receipt: the tracks, and the findings."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from edge.i18n import Language, translate
from edge.terminal.finding_text import finding_message
from edge.terminal.value_text import lesson_time_text, size_text, track_name
from pipelines.receipt.findings import Finding, Severity
from pipelines.receipt.receipt import Receipt, TrackRow

_STYLES = {Severity.BAD: "bold red", Severity.NOTE: "dim"}


def print_receipt(receipt: Receipt, console: Console, language: Language) -> None:
    """Print both tables, and the verdict last."""
    title = translate("receipt.title", language, lesson=receipt.lesson, length=lesson_time_text(receipt.lesson_time_ns))
    console.print(_tracks(receipt, title, language))
    if receipt.findings:
        console.print(_findings(receipt, language))
    style = "bold green" if receipt.is_good else "bold red"
    console.print(Text(translate(f"receipt.{receipt.recording}", language), style))


def _table(columns: tuple[str, ...], language: Language, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(translate(f"receipt.column-{column}", language))
    return table


def _tracks(receipt: Receipt, title: str, language: Language) -> Table:
    table = _table(("track", "length", "segments", "size", "rate", "holes", "figures"), language, title)
    for row in receipt.tracks:
        holes = translate("receipt.holes", language, count=row.holes, seconds=row.hole_ns / 1e9)
        table.add_row(
            track_name(row.track, language),
            lesson_time_text(row.length_ns),
            str(row.segments),
            size_text(row.bytes, language),
            translate("receipt.kilobits", language, kilobits=row.bit_rate_bps / 1000),
            holes if row.holes else translate("receipt.no-holes", language),
            _figures(row, language),
        )
    return table


def _findings(receipt: Receipt, language: Language) -> Table:
    table = _table(("severity", "track", "when", "found"), language)
    for finding in sorted(receipt.findings, key=lambda one: one.severity):
        table.add_row(
            Text(translate(f"receipt.severity-{finding.severity}", language), _STYLES[finding.severity]),
            track_name(finding.track, language) if finding.track else "",
            _when(finding),
            Text(finding_message(finding).text(language)),
        )
    return table


def _when(finding: Finding) -> str:
    if finding.from_ns is None:
        return ""
    start = lesson_time_text(finding.from_ns)
    return start if finding.to_ns is None else f"{start}–{lesson_time_text(finding.to_ns)}"


def _figures(row: TrackRow, language: Language) -> str:
    if row.darkest_luma is not None and row.least_change is not None:
        return translate("receipt.picture-figures", language, luma=row.darkest_luma, change=row.least_change)
    if row.loudest_dbfs is not None and row.peak_dbfs is not None:
        return translate("receipt.sound-figures", language, loudest=row.loudest_dbfs, peak=row.peak_dbfs)
    return ""
