"""Which files of a lesson go to the store now, and in which order."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.delivery.interfaces import DeliveryState, FileState, OutboxItem
from pipelines.files.lesson_layout import LESSON_JSON, MAIN_PLAYLIST

_MEDIA = re.compile(r"[^/]+/(?:init\.mp4|\d{6}\.m4s)")
_UNFINISHED = (".part", ".tmp")


def can_be_named(path: str) -> bool:
    """Whether a store and the ledger can have something of this name: text without control characters.

    What is not UTF-8 on the disk has surrogates here.
    """
    return path.isprintable() or not any(unicodedata.category(character) in ("Cc", "Cs") for character in path)


def survey(folder: Path, unnameable: set[str] | None = None) -> dict[str, FileState]:
    """Every finished file of a lesson by its path in it; those still being written are left out. OSError.

    Files that somebody else put there under names that no store takes are left out too, and added to ``unnameable``.
    """
    found = {}
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(where, name)
            if name.startswith(".") or name.endswith(_UNFINISHED):
                continue
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            inside = path.relative_to(folder).as_posix()
            if not can_be_named(inside):
                if unnameable is not None:
                    unnameable.add(inside)
            elif stat.S_ISREG(status.st_mode):
                found[inside] = FileState(status.st_size, status.st_mtime_ns)
    return found


@dataclass(frozen=True, slots=True)
class UploadPlan:
    """A lesson's files in the spool against what the outbox knows of them."""

    files: Mapping[str, FileState]
    items: Mapping[str, OutboxItem]

    def is_stored(self, path: str) -> bool:
        """Whether the store has this file, whole and as it is now."""
        state, item = self.files.get(path), self.items.get(path)
        if state is None or item is None or item.delivery is not DeliveryState.STORED or item.copy is None:
            return False
        return item.state == state and item.copy.size == state.size

    def is_awaited(self, path: str) -> bool:
        """Whether the outbox knows already that this file, as it is now, is to be sent."""
        item = self.items.get(path)
        return item is not None and item.delivery is not DeliveryState.STORED and item.state == self.files[path]

    def media(self) -> list[str]:
        """Segments and init segments to be sent, in the order of the lesson; they never change."""
        return sorted(filter(is_media, self._missing()), key=_lesson_order)

    def papers(self) -> list[str]:
        """What is sent once the lesson is over and its media are there: receipt and others, playlists, lesson.json.

        One stage at a time: a playlist once what it names is there, lesson.json when nothing else is left.
        """
        stages: dict[int, list[str]] = {}
        for path in self._missing():
            if not is_media(path):
                stages.setdefault(_stage(path), []).append(path)
        return sorted(stages[min(stages)]) if stages else []

    def playlists(self) -> list[str]:
        """The playlists in the spool, the one that names the others last."""
        return sorted(filter(is_playlist, self.files), key=lambda path: (path == MAIN_PLAYLIST, path))

    def deliverable(self) -> set[str]:
        """What a playlist in the store may name."""
        playlists = {path for path in self.playlists() if (item := self.items.get(path)) and item.copy}
        return playlists | {path for path in self.files if self.is_stored(path)}

    def is_withdrawn(self) -> bool:
        """Whether lesson.json stands in the store although the spool has none: the end was taken back."""
        item = self.items.get(LESSON_JSON)
        return LESSON_JSON not in self.files and item is not None and item.delivery is not DeliveryState.PENDING

    def is_complete(self) -> bool:
        """Whether every file is in the store, lesson.json among them."""
        return LESSON_JSON in self.files and not self._missing()

    def _missing(self) -> list[str]:
        return [path for path in self.files if not self.is_stored(path)]


def is_media(path: str) -> bool:
    """Whether a path is that of a segment or an init segment."""
    return _MEDIA.fullmatch(path) is not None


def is_playlist(path: str) -> bool:
    """Whether a path is that of a playlist."""
    return "/" not in path and path.endswith(".m3u8")


def _stage(path: str) -> int:
    if path == LESSON_JSON:
        return 3
    if path == MAIN_PLAYLIST:
        return 2
    return 1 if is_playlist(path) else 0


def _lesson_order(path: str) -> tuple[str, str]:
    track, _, name = path.partition("/")
    return ("" if name.startswith("init") else name, track)
