"""Translation of messages to people into Chinese or English, by key.

A key is ``catalogue.name``; the messages of a catalogue are the dict ``MESSAGES`` in ``edge/i18n/<catalogue>.py``,
which is imported when its first message is needed.
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
    """A message, with the same ``str.format`` placeholders in both languages."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """The message before its placeholders are filled."""
        return self.zh if language == "zh-CN" else self.en


@dataclass(frozen=True, slots=True)
class LazyMessage:
    """A message with its values, not translated yet; a value may be one itself, a sentence, an error, or a tuple."""

    key: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, language: Language) -> str:
        """The message, translated."""
        return translate(self.key, language, **dict(self.values))


@dataclass(frozen=True, slots=True)
class ForeignSentence:
    """An English sentence of a driver, a library or the system, not translated yet."""

    english: str

    def text(self, language: Language) -> str:
        """The sentence, translated if it is known."""
        return translate_sentence(self.english, language)


def foreign_sentence(english: str) -> ForeignSentence:
    """A sentence that is translated once the reader is known; see ``translate_sentence``."""
    return ForeignSentence(english)


def lazy_message(key: str, **values: object) -> LazyMessage:
    """A message that is translated once the reader is known."""
    return LazyMessage(key, tuple(values.items()))


def translate(key: str, language: Language, **values: object) -> str:
    """The message ``key`` in ``language``.

    Raises:
        KeyError: There is no such message, or one of its values is missing.
    """
    catalogue, _, name = key.partition(".")
    message = _catalogue(catalogue)[name]
    return message.text(language).format_map({k: _translated(v, language) for k, v in values.items()})


def translate_code(key: str, language: Language, code: str) -> str:
    """The message ``key-code`` for a code that comes from elsewhere; where there is none it is a sentence itself."""
    catalogue, _, name = f"{key}-{code}".partition(".")
    message = _catalogue(catalogue).get(name)
    return message.text(language) if message else translate_sentence(code, language)


def translate_sentence(english: str, language: Language) -> str:
    """An English sentence that comes from a driver, a library or the system in ``language``; unknown ones stay."""
    if language == "en":
        return english
    return importlib.import_module("edge.i18n.foreign_sentences").in_chinese(english)  # type: ignore[no-any-return]


def reader_language(configured: Language | None = None, environ: Mapping[str, str] = os.environ) -> Language:
    """The reader's language: CLASSROOM_EDGE_LANG, else what the config says, else LANG, else Chinese."""
    chosen = _language_of(environ.get(LANGUAGE_VARIABLE, ""))
    return chosen or configured or _language_of(environ.get("LANG", "")) or "zh-CN"


def _language_of(locale: str) -> Language | None:
    name = locale.casefold()
    if name.startswith("zh"):
        return "zh-CN"
    return "en" if name.startswith("en") or name.partition(".")[0] in {"c", "posix"} else None


def _translated(value: object, language: Language) -> object:
    if isinstance(value, LazyMessage | ForeignSentence):
        return value.text(language)
    if isinstance(value, BaseException):
        return translate_sentence(str(value), language)
    if isinstance(value, tuple):
        separator = "、" if language == "zh-CN" else ", "
        return separator.join(str(_translated(one, language)) for one in value)
    return value


@cache
def _catalogue(name: str) -> dict[str, Message]:
    table: dict[str, Message] = importlib.import_module(f"edge.i18n.{name}").MESSAGES
    return table
