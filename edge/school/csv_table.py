"""CSV tables as Excel writes them: UTF-8, UTF-16 or GB18030; commas, semicolons or tabs (RFC 4180)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.i18n import LazyMessage, lazy_message
from edge.school.import_problems import ImportProblem, InvalidClassList, ProblemLocation

MAX_BYTES = 16 << 20
_DELIMITERS = ",;\t"
_SEPARATOR_LINE = "sep="


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, stripped; ``line`` counts from 1."""

    file: str
    line: int
    cells: Sequence[str]


def parse_rows(file: str, data: bytes) -> list[Row]:
    """Return the rows of a table that are not empty.

    Raises:
        InvalidClassList: too large, or no CSV in a known encoding.
    """
    if len(data) > MAX_BYTES:
        raise invalid(file, lazy_message("roster.too-large", most=MAX_BYTES >> 20))
    lines = list(io.StringIO(_decoded(file, data), newline=""))
    first = next((line for line in lines if line.strip()), "")
    skipped = 0
    delimiter = max(_DELIMITERS, key=first.count)
    if first.lower().startswith(_SEPARATOR_LINE):
        delimiter = first.strip()[len(_SEPARATOR_LINE) :][:1] or delimiter
        skipped = lines.index(first) + 1
    try:
        return list(_rows(file, lines[skipped:], delimiter, skipped))
    except csv.Error as error:
        raise invalid(file, lazy_message("roster.no-csv", reason=error)) from error


def invalid(file: str, what: LazyMessage, line: int | None = None, column: str = "") -> InvalidClassList:
    """Return the error for a list with one mistake."""
    return InvalidClassList([ImportProblem(ProblemLocation(file, line, column), what)])


def _rows(file: str, lines: Sequence[str], delimiter: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for cells in reader:
        plain = [cell.strip() for cell in cells]
        if any(plain):
            yield Row(file, skipped + begins, plain)
        begins = reader.line_num + 1


def _decoded(file: str, data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise invalid(file, lazy_message("roster.no-text"))
