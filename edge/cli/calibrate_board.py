"""The board that is held before the cameras, as SVG or PDF at true scale."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from edge.i18n import foreign_sentence, reader_language, translate
from edge.service import exit_codes
from pipelines.measuring.charuco_board import A3, A4, BOARD_A3, BOARD_A4, board_svg

_SHEETS = {"A4": (BOARD_A4, A4), "A3": (BOARD_A3, A3)}


def print_board(paper: str, out: Path | None) -> int:
    """Write the board for a paper to a file, PDF where its name ends so; without one SVG to standard output."""
    language = reader_language()
    definition, sheet = _SHEETS[paper]
    lines = [
        translate(f"calibration.board-{line}", language, paper=paper, columns=definition.columns, rows=definition.rows)
        for line in ("title", "print", "measure", "mount")
    ]
    svg = board_svg(definition, sheet, lines)
    if out is None:
        print(svg)
        return exit_codes.GOOD
    try:
        if out.suffix.casefold() == ".pdf":
            _write_pdf(svg, out)
        else:
            out.write_text(svg, encoding="utf-8")
    except OSError as error:
        reason = foreign_sentence(error.strerror or str(error))
        print(translate("calibration.no-folder", language, folder=out, reason=reason), file=sys.stderr)
        return exit_codes.WRONG
    print(translate("calibration.board-written", language, file=out))
    return exit_codes.GOOD


def _write_pdf(svg: str, out: Path) -> None:
    """One page, of the size that the SVG says, without a margin."""
    weasyprint = import_module("weasyprint")
    width, height = (_attribute(svg, name) for name in ("width", "height"))
    style = f"@page {{ size: {width} {height}; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}"
    page = f"<!doctype html><meta charset=utf-8><style>{style}</style>{svg[svg.index('<svg') :]}"
    weasyprint.HTML(string=page).write_pdf(out)


def _attribute(svg: str, name: str) -> str:
    return svg.partition(f' {name}="')[2].partition('"')[0]
