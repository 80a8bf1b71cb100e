"""TOML text read as far as it can be: the tables, every mistake of syntax in them, and the line of each key.

Source: TOML v1.0.0. Where the text as a whole is no TOML, it is taken apart into statements (a table's header, or a key
with its value), and the statements that are wrong are left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

Tables = dict[str, Any]
KeyPath = tuple[str | int, ...]

DEEPEST: Final = 16
"""How many tables and lists a value may lie in; a room's config needs five."""

MOST_MISTAKES: Final = 30
"""How many mistakes are looked for where keys and tables clash."""

_MOST_PARSED = 3000
_MOST_LINES = 200
_PLACE = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}""")
_SWAPPED = str.maketrans(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, "“”„‟"), ord('"'))
    | dict.fromkeys(map(ord, "‘’"), ord("'"))
    | {ord("\u3000"): ord(" "), ord("、"): ord(","), ord("。"): ord("."), ord("【"): ord("["), ord("】"): ord("]")}
)
"""Signs of Chinese input methods, and what TOML has in their place."""


@dataclass(frozen=True, slots=True)
class SyntaxMistake:
    """A mistake at ``line`` and ``column`` (both from 1) in the table ``table``, with the parser's English ``reason``.

    ``sign`` is the sign of a Chinese input method that probably caused it, ``meant`` what TOML has in its place.
    """

    line: int
    column: int
    reason: str
    table: KeyPath = ()
    sign: str = ""
    meant: str = ""


@dataclass(slots=True)
class _Statement:
    line: int
    text: str
    parsed: Tables | None = None
    mistake: SyntaxMistake | None = None

    @property
    def is_header(self) -> bool:
        return self.text.lstrip().startswith("[")


@dataclass(frozen=True, slots=True)
class TomlText:
    """What could be read of a text. ``lines`` has the line of each table and key by its path."""

    tables: Tables
    mistakes: list[SyntaxMistake] = field(default_factory=list)
    lines: Mapping[KeyPath, int] = field(default_factory=dict)


def read_toml(text: str) -> TomlText:
    """Read a text, wrong statements left out."""
    text = text.replace("\r\n", "\n")
    statements = list(_statements(text.split("\n")))
    try:
        whole: Tables | None = _parse(text)
    except ValueError:
        whole = None
    mistakes: list[SyntaxMistake] = []
    if whole is None:
        statements, mistakes = _sound(statements)
        whole = _parse(_joined(statements))
    return TomlText(whole, mistakes, _key_lines(statements))


def _statements(lines: list[str]) -> Iterator[_Statement]:
    """Yield each statement; one over several lines is whole once it can be parsed alone."""
    at, left = 0, _MOST_PARSED
    while at < len(lines):
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        statement = _Statement(at + 1, lines[at])
        size = 1
        _try(statement)
        first = statement.mistake
        while _is_unfinished(statement) and size < _MOST_LINES and at + size < len(lines) and left > 0:
            statement.text += "\n" + lines[at + size]
            size += 1
            left -= 1
            _try(statement)
        if statement.mistake is not None:
            statement.text, statement.mistake, size = lines[at], first, 1
            if first is not None and first.line > at + 1:
                statement.mistake = replace(first, line=at + 1, column=len(lines[at]) + 1)
        yield statement
        at += size


def _try(statement: _Statement) -> None:
    statement.parsed = statement.mistake = None
    try:
        statement.parsed = _parse(statement.text + "\n")
    except ValueError as error:
        statement.mistake = _mistake(error, statement)


def _is_unfinished(statement: _Statement) -> bool:
    """Whether more lines may complete it: a list or a text in three quotes that is not closed yet."""
    return statement.mistake is not None and statement.mistake.line > statement.line + statement.text.count("\n")


def _parse(text: str) -> Tables:
    """Parse TOML.

    Raises:
        ValueError: It is none, a number has thousands of digits, or it is nested too deeply.
    """
    if _LONG_KEY.search(text):
        raise ValueError("nested too deeply")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _mistake(error: ValueError, statement: _Statement) -> SyntaxMistake:
    place = _PLACE.fullmatch(str(error))
    end = statement.text.count("\n") + 2
    if place is None:
        reason = str(error) if "deeply" in str(error) else "a number has too many digits"
        return SyntaxMistake(statement.line, 1, reason)
    line = int(place["line"]) if place["line"] else end
    column = int(place["column"]) if place["column"] else 1
    row = statement.text.split("\n")[min(line, end - 1) - 1]
    sign = next((one for one in row if one.translate(_SWAPPED) != one), "") if _is_repaired(statement.text) else ""
    if sign:
        column = row.index(sign) + 1
    return SyntaxMistake(statement.line + line - 1, column, place["reason"], sign=sign, meant=sign.translate(_SWAPPED))


def _is_repaired(text: str) -> bool:
    """Whether the signs of an input method are all that is wrong."""
    try:
        _parse(text.translate(_SWAPPED) + "\n")
    except ValueError:
        return False
    return True


def _sound(statements: list[_Statement]) -> tuple[list[_Statement], list[SyntaxMistake]]:
    """Return the statements that make TOML together, and the mistakes of the others.

    What follows a wrong header belongs to a table that nobody knows, and is left out with it.
    """
    sound: list[_Statement] = []
    mistakes: list[SyntaxMistake] = []
    table: KeyPath | None = ()
    for statement in statements:
        if statement.is_header:
            table = None if statement.mistake else next(_paths(statement.parsed or {}), ())
        if statement.mistake is not None:
            mistakes.append(replace(statement.mistake, table=table or ()))
        elif table is not None:
            sound.append(statement)
    while (clash := _clash(sound)) is not None:
        mistakes.append(clash[1])
        sound.remove(clash[0])
        if len(mistakes) >= MOST_MISTAKES:
            sound = []
    return sound, sorted(mistakes, key=lambda one: one.line)


def _clash(statements: list[_Statement]) -> tuple[_Statement, SyntaxMistake] | None:
    """Return a statement that is sound alone and cannot stand where it does, such as a second table of a name."""
    try:
        _parse(_joined(statements))
    except ValueError as error:
        place = _PLACE.fullmatch(str(error))
        line = int(place["line"]) if place and place["line"] else statements[-1].line
        # A key that is there twice is found by the parser behind its value, at the end of the line.
        wrong = max((one for one in statements if one.line <= line), key=lambda one: one.line, default=statements[-1])
        return wrong, SyntaxMistake(wrong.line, 1, place["reason"] if place else str(error))
    return None


def _joined(statements: list[_Statement]) -> str:
    """Return the statements as a text in which each has the line that it had."""
    text, line = [], 1
    for statement in statements:
        text.append("\n" * (statement.line - line) + statement.text)
        line = statement.line + statement.text.count("\n")
    return "".join(text) + "\n"


def _key_lines(statements: list[_Statement]) -> dict[KeyPath, int]:
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for statement in statements:
        paths = list(_paths(statement.parsed or {}))
        if statement.is_header:
            table = paths[-1] if paths else ()
        for path in paths:
            lines.setdefault(path if statement.is_header else (*table, *path), statement.line)
    return lines


def _paths(value: Any, above: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of every key, and every entry of a list, that lies in a value, outer ones first."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in below:
        yield (*above, key)
        if len(above) < DEEPEST:
            yield from _paths(one, (*above, key))
