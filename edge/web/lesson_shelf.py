"""The lessons of the spool as pages show them; read only, and never past a link out of their folders."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge.player.manifest import PlayerManifest, make_manifest
from pipelines.files.lesson_layout import (
    CHAPTERS_VTT,
    LESSON_JSON,
    POSTER_JPG,
    RECEIPT_JSON,
    SCREEN_TEXT_VTT,
    THUMBNAILS_VTT,
    is_media,
    is_playlist,
)

_ID = re.compile(r"\w[\w.-]{0,120}", re.ASCII)
_FILE = re.compile(r"\w[\w-]*(\.\w+|/[\w-]+\.\w+)", re.ASCII)
_SHOWN = frozenset((CHAPTERS_VTT, THUMBNAILS_VTT, SCREEN_TEXT_VTT, POSTER_JPG))
_THUMBNAILS = re.compile(r"thumbnails-\d{1,5}\.jpg", re.ASCII)
_LARGEST_JSON = 4 << 20


@dataclass(frozen=True, slots=True)
class LessonCard:
    """A lesson that has ended: ``began`` is ISO 8601 in UTC, empty where the box did not know the time.

    ``recording`` is the receipt's verdict; ``stored`` that about the store (pending, yes, no). ``title`` and
    ``teacher`` are the timetable's, empty where it knew none.
    """

    id: str
    began: str
    length_s: float
    recording: str
    stored: str
    title: str = ""
    teacher: str = ""
    findings: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)


class LessonShelf:
    """Reads the spool; its methods block for the disk."""

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self._cards: dict[str, tuple[tuple[int, int], LessonCard]] = {}

    def cards(self) -> list[LessonCard]:
        """Every lesson that has ended and was checked, the newest first.

        Raises:
            OSError: The spool cannot be read.
        """
        names = [path.name for path in self._spool.iterdir() if _ID.fullmatch(path.name)]
        cards = [card for name in names if (card := self.card(name)) is not None]
        known = self._cards
        self._cards = {card.id: known[card.id] for card in cards if card.id in known}
        return sorted(cards, key=lambda card: (card.began, card.id), reverse=True)

    def card(self, lesson: str) -> LessonCard | None:
        """One lesson; None where there is none that has ended and can be read."""
        if not _ID.fullmatch(lesson):
            return None
        folder = self._spool / lesson
        try:
            if folder.is_symlink():
                return None
            stamp = (_changed_ns(folder / LESSON_JSON), _changed_ns(folder / RECEIPT_JSON))
            if lesson in self._cards and self._cards[lesson][0] == stamp:
                return self._cards[lesson][1]
            card = _read_card(lesson, _read_json(folder / LESSON_JSON), _read_json(folder / RECEIPT_JSON))
        except (OSError, ValueError, TypeError, AttributeError, LookupError):
            return None
        self._cards[lesson] = (stamp, card)
        return card

    def file(self, lesson: str, path: str) -> Path | None:
        """A file of a lesson that its player asks for; None for anything else."""
        if not _ID.fullmatch(lesson) or not _FILE.fullmatch(path):
            return None
        if not (path in _SHOWN or _THUMBNAILS.fullmatch(path) or is_playlist(path) or is_media(path)):
            return None
        folder = self._spool / lesson
        found = folder / path
        is_inside = not folder.is_symlink() and found.resolve().is_relative_to(folder.resolve())
        return found if is_inside and found.is_file() else None

    def manifest(self, lesson: str) -> PlayerManifest:
        """What the player is told of a lesson that has a card.

        Raises:
            OSError, ValueError: Its folder cannot be read.
        """
        folder = self._spool / lesson
        return make_manifest(folder, {**_read_json(folder / LESSON_JSON), "lesson": lesson})

    def folder(self, lesson: str) -> Path:
        """The folder of a lesson that has a card."""
        return self._spool / lesson


def _changed_ns(path: Path) -> int:
    return path.stat().st_mtime_ns


def _read_json(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        found = json.loads(file.read(_LARGEST_JSON))
    if not isinstance(found, dict):
        raise TypeError(path)
    return found


def _read_card(lesson: str, metadata: Mapping[str, Any], receipt: Mapping[str, Any]) -> LessonCard:
    timetable = metadata.get("timetable") or {}
    return LessonCard(
        id=lesson,
        began=str(metadata.get("began") or ""),
        length_s=float(metadata["lesson_time_s"]),
        recording=str(receipt["recording"]),
        stored=str(receipt.get("stored", "pending")),
        title=str(metadata.get("title") or ""),
        teacher=str(timetable.get("teacher") or ""),
        findings=tuple(receipt.get("findings", ())),
    )
