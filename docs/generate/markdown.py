"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; what would end a cell or begin a tag is escaped."""
    lines = [header, ["---"] * len(header), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def paragraphs(text: str) -> str:
    """Text that was broken into lines for a terminal, as paragraphs; no space between Chinese characters."""
    return "\n\n".join(_one_line(one) for one in re.split(r"\n\n+", text.strip()))


def code_block(kind: str, text: str) -> str:
    """A fenced block."""
    return f"```{kind}\n{text}\n```"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", text).replace("\n", "").replace("<", "&lt;")
