"""CSV tables as Excel writes them: UTF-8, UTF-16 or GB18030; commas, semicolons or tabs (RFC 4180)."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.i18n import LazyMessage, lazy_message
from edge.school.import_problems import ImportProblem, InvalidClassList, ProblemLocation

MAX_BYTES = 16 << 20
# A title, the school's name and a date may stand above the header.
_HEADER_WITHIN = 10
_DELIMITERS = ",;\t"
_SEPARATOR_LINE = "sep="
# First characters of a formula; spreadsheets take the full-width ones too.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]{1,11}([.][0-9]{1,13})?")
_QUOTED = re.compile(r'="([^"]*)"')
# Leading zeros, more digits than a spreadsheet shows, dates, times, fractions, exponents, months.
_CHANGED = re.compile(
    r"0[0-9]+|[0-9]{12,}|[0-9]+[-/][0-9]+([-/][0-9]+)?|[0-9]+:[0-9]+(:[0-9]+)?|[0-9]+(\.[0-9]*)?e[0-9]+"
    r"|[0-9]+ ?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ]?[0-9]+|([0-9]+年)?[0-9]+月([0-9]+日)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row's cells; ``line`` counts from 1."""

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


def find_header(
    file: str,
    rows: Sequence[Row],
    headers: Mapping[str, Sequence[str]],
    required: Sequence[str],
    missing: LazyMessage,
) -> tuple[int, dict[str, int]]:
    """Return the index of the header row, and the column of each field of ``headers`` (what its column may be called).

    Raises:
        InvalidClassList: no row has the columns of ``required``, which ``missing`` says, or a column is there twice.
    """
    field_of = {called: field for field, names in headers.items() for called in names}
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row.cells):
            field = field_of.get(re.sub(r"[\s（）()*：:]", "", cell).lower())
            if field in columns:
                raise invalid(file, lazy_message("roster.header-twice"), row.line, cell)
            if field is not None:
                columns[field] = column
        if all(field in columns for field in required):
            return at, columns
    raise invalid(file, missing)


def text_cell(value: str) -> str:
    """Return a cell that a spreadsheet shows as it is; ``plain_text`` gives the value back.

    What it would run as a formula gets an apostrophe in front; what it would change (``0007``, ``2-3``, a number of 18
    digits) a tab, which nobody sees.
    """
    if value.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return f"\t{value}" if _CHANGED.fullmatch(value) else value


def plain_text(cell: str) -> str:
    """Return the value of a cell: without what makes it text in a spreadsheet, here or as ``="0007"``."""
    value = cell.strip()
    if value.startswith("'") and value[1:].lstrip().startswith(_FORMULA):
        return value[1:].strip()
    quoted = _QUOTED.fullmatch(value)
    return quoted[1].strip() if quoted else value


def invalid(file: str, what: LazyMessage, line: int | None = None, column: str = "") -> InvalidClassList:
    """Return the error for a list with one mistake."""
    return InvalidClassList([ImportProblem(ProblemLocation(file, line, column), what)])


def _rows(file: str, lines: Sequence[str], delimiter: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for cells in reader:
        plain = [plain_text(cell) for cell in cells]
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
