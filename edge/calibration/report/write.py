"""Writes the report of a calibration: report.html, and report.pdf of the same."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path

from edge.calibration.report.fonts import chinese_font
from edge.calibration.report.texts import CATALOGUE, Words
from edge.calibration.results import Results
from edge.i18n import Language, LazyMessage, lazy_message
from pipelines.files.durable import write_atomically

HTML_NAME = "report.html"
PDF_NAME = "report.pdf"


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """Where the report lies. ``pdf`` is None where it could not be made; ``remarks`` say why, and what it lacks."""

    html: Path
    pdf: Path | None
    remarks: tuple[LazyMessage, ...] = ()


def write_report(
    results: Results, folder: Path, earlier: Results | None, language: Language, zone: tzinfo = UTC
) -> WrittenReport:
    """Write the report of ``results`` into ``folder``, where their pictures lie, in place of an older one.

    ``earlier`` are the results of the calibration before; times are shown in ``zone``. Takes a few seconds.

    Raises:
        OSError: The disk refuses.
        ImportError: The extra ``calibration`` of the package is not installed.
    """
    # They tell the log of fonts, caches and CSS, which is of no concern to whoever calibrates.
    for name in ("matplotlib", "weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Imported here: matplotlib takes a second to import.
    from edge.calibration.report.document import html_document

    font = chinese_font()
    remarks = [] if font or language != "zh-CN" else [lazy_message(f"{CATALOGUE}.no-font")]
    page = html_document(results, folder, earlier, Words(language, zone), font)
    html = folder / HTML_NAME
    write_atomically(html, page.encode())
    pdf: Path | None = folder / PDF_NAME
    try:
        from edge.calibration.report.pdf import pdf_of_html
    except OSError as error:  # Pango, which it loads, is not installed
        pdf = None
        remarks.append(lazy_message(f"{CATALOGUE}.no-pdf", reason=error))
    else:
        write_atomically(folder / PDF_NAME, pdf_of_html(page))
    return WrittenReport(html, pdf, tuple(remarks))
