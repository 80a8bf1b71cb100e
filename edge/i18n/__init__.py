"""Sentences to people, in the room's language: a key goes in, a sentence comes out.

A key is ``room.sentence``; the sentences of a room are the dict ``MESSAGES`` in
``edge/words/<room>.py``, which is imported when its first sentence is said.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

Language = Literal["zh-CN", "en"]

LANGUAGE_VARIABLE = "CLASSROOM_EDGE_LANG"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say, with the same ``str.format`` placeholders in both languages."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """The sentence before its placeholders are filled."""
        return self.zh if language == "zh-CN" else self.en


@dataclass(frozen=True, slots=True)
class LazyMessage:
    """A sentence with its values, not yet in any language; a value may itself be a saying, or a tuple of them."""

    key: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, language: Language) -> str:
        """The sentence as a person reads it."""
        return translate(self.key, language, **dict(self.values))


def lazy_message(key: str, **values: object) -> LazyMessage:
    """Something to say once it is known to whom."""
    return LazyMessage(key, tuple(values.items()))


def translate(key: str, language: Language, **values: object) -> str:
    """The sentence ``key`` in ``language``; KeyError where the sentence or one of its values is not known."""
    room, _, name = key.partition(".")
    sentence = _sentences(room)[name]
    return sentence.text(language).format_map({k: _spoken(v, language) for k, v in values.items()})


def translate_code(key: str, language: Language, word: str) -> str:
    """The sentence ``key-word`` for a word that comes from elsewhere; the word itself where there is none."""
    room, _, name = f"{key}-{word}".partition(".")
    sentence = _sentences(room).get(name)
    return sentence.text(language) if sentence else word


def reader_language(configured: Language | None = None, environ: Mapping[str, str] = os.environ) -> Language:
    """The reader's language: CLASSROOM_EDGE_LANG, else what the config says, else LANG, else Chinese."""
    return _named(environ.get(LANGUAGE_VARIABLE, "")) or configured or _named(environ.get("LANG", "")) or "zh-CN"


def _named(locale: str) -> Language | None:
    name = locale.casefold()
    if name.startswith("zh"):
        return "zh-CN"
    return "en" if name.startswith("en") or name.partition(".")[0] in {"c", "posix"} else None


def _spoken(value: object, language: Language) -> object:
    if isinstance(value, LazyMessage):
        return value.text(language)
    if isinstance(value, tuple):
        separator = "、" if language == "zh-CN" else ", "
        return separator.join(str(_spoken(one, language)) for one in value)
    return value


@cache
def _sentences(room: str) -> dict[str, Message]:
    table: dict[str, Message] = importlib.import_module(f"edge.i18n.{room}").MESSAGES
    return table
