"""The static pages beside the lessons in a room's store: the list of lessons, and the player that it opens."""

from __future__ import annotations

import json
from typing import get_args

from edge.i18n import Language
from edge.i18n.lesson_list import MESSAGES
from edge.player.published_files import player_files

LIST_TEXTS = "js/list_texts.js"
_NAMES = {"list.html": "index.html"}


def site_files() -> dict[str, bytes]:
    """Every file by its path in the folder where the pages are published, such as ``index.html``. Blocks.

    Raises:
        OSError: they cannot be read.
    """
    return {_NAMES.get(one.path, one.path): one.data for one in player_files()} | {LIST_TEXTS: _list_texts()}


def _list_texts() -> bytes:
    """What the list says in each language, as a module: no server is there to translate it."""
    languages: tuple[Language, ...] = get_args(Language)
    texts = {language: {key: message.text(language) for key, message in MESSAGES.items()} for language in languages}
    return f"export const TEXTS = {json.dumps(texts, ensure_ascii=False, indent=1)};\n".encode()
