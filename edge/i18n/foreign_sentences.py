"""Chinese for English sentences of drivers, libraries and the system, found by pattern.

What drivers say goes through logs and journals in English and is translated where a person reads it. A pattern is the
English sentence with ``{…}`` for what varies; the values are translated in the same way.
"""

from __future__ import annotations

import re
from functools import cache, partial

from edge.i18n import driver_sentences, store_sentences, system_sentences

_HOLE = re.compile(r"\{(\w+)\}")
_DEEPEST = 3


def in_chinese(english: str, depth: int = 0) -> str:
    """The sentence in Chinese; as it is where no pattern fits."""
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(english)
        if found is not None:
            return _HOLE.sub(partial(_filled, found, depth), chinese)
    return english


def _filled(found: re.Match[str], depth: int, hole: re.Match[str]) -> str:
    value = found[hole[1]]
    return in_chinese(value, depth + 1) if depth < _DEEPEST else value


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The patterns, those with the most fixed text first."""
    sentences = driver_sentences.SENTENCES | store_sentences.SENTENCES | system_sentences.SENTENCES
    ordered = sorted(sentences.items(), key=lambda one: -len(_HOLE.sub("", one[0])))
    return [(_pattern(english), chinese) for english, chinese in ordered]


def _pattern(english: str) -> re.Pattern[str]:
    parts = _HOLE.split(english)
    named = [f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(named), re.DOTALL)
