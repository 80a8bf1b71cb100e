"""Breaking text into lines of a terminal's width, in which a Chinese sign takes two cells and may end any line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len

# Signs that do not begin a line, and signs that do not end one.
_NOT_FIRST = frozenset("、。，．：；！？）］｝〉》」』】’”…—～·%‰℃,.:;!?)]}")
_NOT_LAST = frozenset("（［｛〈《「『【‘“([{")


def broken_lines(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of at most ``width`` cells; all but the first of a paragraph begin with ``indent`` spaces.

    Lines end at spaces, and before and after wide signs; a word that is longer than a line is cut.

    Source: Unicode Standard Annex #14, Unicode Line Breaking Algorithm: its classes SP, ID, OP and CL alone.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line.strip() and cell_len(line) + cell_len(piece.rstrip()) > width:
                lines.append(line.rstrip())
                line, piece = " " * indent, piece.lstrip()
            while cell_len(line) + cell_len(piece.rstrip()) > width:
                head, piece = _cut(piece, max(width - cell_len(line), 2))
                lines.append(line + head)
                line = " " * indent
            line += piece
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: words with the spaces after them, and wide signs with the punctuation that clings."""
    piece = ""
    for sign in text:
        if piece and _may_break(piece[-1], sign):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _cut(text: str, width: int) -> tuple[str, str]:
    taken = 0
    for place, sign in enumerate(text):
        taken += cell_len(sign)
        if taken > width:
            return text[: max(place, 1)], text[max(place, 1) :]
    return text, ""
