"""Both languages say the same things, and the reader's language is found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from string import Formatter

import pytest

import edge.i18n
from edge.cli.subcommands import SUBCOMMANDS
from edge.i18n import Message, lazy_message, reader_language, translate, translate_code


def catalogues() -> Iterator[tuple[str, dict[str, Message]]]:
    for module in pkgutil.iter_modules(edge.i18n.__path__):
        yield module.name, getattr(importlib.import_module(f"edge.i18n.{module.name}"), "MESSAGES", {})
    yield "subcommands", {name: sentence for name, (_, sentence) in SUBCOMMANDS.items()}


@pytest.mark.parametrize("messages", [pytest.param(messages, id=name) for name, messages in catalogues()])
def test_both_languages_have_the_same_placeholders(messages: dict[str, Message]) -> None:
    differing = {key for key, message in messages.items() if placeholders(message.zh) != placeholders(message.en)}
    assert not differing
    assert all(message.zh.strip() and message.en.strip() for message in messages.values())


def placeholders(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text)} - {None}


def test_values_are_said_in_the_same_language() -> None:
    values = lazy_message("config.one-of", choices=("a", lazy_message("config.text")))
    assert translate("config.value", "en", value=values) == "one of a, text in quotes"
    assert translate("config.value", "zh-CN", value=values) == "a、加引号的文字 之一"


def test_a_word_from_elsewhere_is_said_in_the_readers_language_if_there_are_words_for_it() -> None:
    assert translate_code("receipt.cause", "zh-CN", "power") == "断电"
    assert translate_code("receipt.cause", "zh-CN", "hail") == "hail"


@pytest.mark.parametrize(
    ("environ", "configured", "expected"),
    [
        ({"CLASSROOM_EDGE_LANG": "en", "LANG": "zh_CN.UTF-8"}, "zh-CN", "en"),
        ({"CLASSROOM_EDGE_LANG": "zh_CN"}, "en", "zh-CN"),
        ({"LANG": "zh_CN.UTF-8"}, "en", "en"),
        ({"LANG": "zh_CN.UTF-8"}, None, "zh-CN"),
        ({"LANG": "en_GB.UTF-8"}, None, "en"),
        ({"LANG": "C.UTF-8"}, None, "en"),
        ({"LANG": "fr_FR.UTF-8"}, None, "zh-CN"),
        ({}, None, "zh-CN"),
    ],
)
def test_whose_language(environ: dict[str, str], configured: str | None, expected: str) -> None:
    asked = configured if configured == "en" else "zh-CN" if configured else None
    assert reader_language(asked, environ) == expected
