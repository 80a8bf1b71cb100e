"""Problems of a config: key path, value found, values allowed, and a likely spelling, for a technician."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from edge.i18n import Language, LazyMessage, translate


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """A problem at ``path`` (key path or file): value found, values allowed, and ``hint``, a likely spelling.

    ``file`` and ``line`` say where the key stands, or the table that lacks it; 0: not known, or told in ``found``.
    """

    path: str
    found: LazyMessage
    allowed: LazyMessage
    hint: str = ""
    file: Path | None = None
    line: int = 0

    def text(self, language: Language) -> str:
        """The problem as one line."""
        line = translate("config.line", language, path=self.path, found=self.found, allowed=self.allowed)
        if self.line:
            line = translate("config.at-line", language, line=self.line, rest=line)
        return f"{line} {translate('config.did-you-mean', language, hint=self.hint)}" if self.hint else line

    def fields(self, language: Language) -> dict[str, str | int]:
        """The problem for machine-readable output, its sentences in ``language``."""
        return {
            "path": self.path,
            "found": self.found.text(language),
            "allowed": self.allowed.text(language),
            "hint": self.hint,
            "file": str(self.file or ""),
            "line": self.line,
        }


@dataclass(eq=False)
class ConfigProblems(Exception):
    """The config cannot be used; ``language`` is the one it asks for, if that could be read."""

    file: Path
    problems: list[ConfigProblem] = field(default_factory=list)
    language: Language | None = None

    def report(self, language: Language) -> str:
        """Return every problem on a line of its own, under a title for each file."""
        lines = []
        for file in dict.fromkeys([self.file, *(problem.file or self.file for problem in self.problems)]):
            inside = [problem for problem in self.problems if (problem.file or self.file) == file]
            if inside:
                lines.append(translate("config.title", language, count=len(inside), file=file))
                lines += [f"  {problem.text(language)}" for problem in inside]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.report("en")


def closest_name(name: str, known: Iterable[str]) -> str:
    """Return the known name that ``name`` probably means, or an empty string."""
    by_plain = {_plain(one): one for one in known}
    plain = _plain(name)
    nearest = min(by_plain, key=lambda one: (_slips_apart(plain, one), -_likeness(plain, one)), default="")
    if nearest and (_slips_apart(plain, nearest) == 1 or _likeness(plain, nearest) >= 0.6):
        return by_plain[nearest]
    return ""


def _likeness(name: str, known: str) -> float:
    return SequenceMatcher(None, name, known).ratio()


def _slips_apart(name: str, known: str) -> int:
    """How many letters are left out, put in, mistaken, or changed with their neighbour (optimal string alignment).

    By difflib's ratio alone a longer name with more letters in common would win.
    """
    above: list[int] = []
    row = list(range(len(known) + 1))
    for i, letter in enumerate(name, 1):
        above, last, row = row, above, [i]
        for j, wanted in enumerate(known, 1):
            slips = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == known[j - 2] and name[i - 2] == wanted:
                slips = min(slips, last[j - 2] + 1)
            row.append(slips)
    return row[-1]


def dotted_key(parts: Iterable[str | int]) -> str:
    """Return a key path as TOML writes it: ``cameras.teacher.fps``, ``panel."lam ps"``, ``pins[0]``."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            bare = part.isascii() and part.replace("-", "").replace("_", "").isalnum()
            path += ("." if path else "") + (part if bare else json.dumps(part, ensure_ascii=False))
    return path


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").strip()
