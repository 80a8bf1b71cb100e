"""Problems of a config: key path, value found, values allowed, and a likely spelling, for a technician."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
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
    matches = get_close_matches(plain, by_plain, n=3, cutoff=0.6)
    return by_plain[min(matches, key=lambda match: _letters_apart(plain, match))] if matches else ""


def _letters_apart(name: str, known: str) -> int:
    """How many letters differ; by difflib's ratio alone a longer name with more letters in common would win."""
    changes = SequenceMatcher(None, name, known).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in changes if tag != "equal")


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
