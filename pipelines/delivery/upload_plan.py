"""The upload plan of a lesson: which of its files go to the store now, and in which order."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.delivery.interfaces import DeliveryState, FileState, OutboxItem, StoredFile
from pipelines.files.lesson_layout import (
    LESSON_JSON,
    MAIN_PLAYLIST,
    PART,
    TEMPORARY,
    init_number,
    is_media,
    is_playlist,
)


def can_be_named(path: str) -> bool:
    """Whether a store and the ledger can have something of this name: text without control characters.

    What is not UTF-8 on the disk has surrogates here.
    """
    return path.isprintable() or not any(unicodedata.category(character) in ("Cc", "Cs") for character in path)


def scan_lesson_folder(folder: Path, unnameable: set[str] | None = None) -> dict[str, FileState]:
    """Return every finished file of a lesson by its path in the folder; those still being written are left out.

    Files that somebody else put there under names that no store takes are left out too, and added to ``unnameable``.

    Raises:
        OSError: a file cannot be examined.
    """
    files = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            inside = path.relative_to(folder).as_posix()
            if not can_be_named(inside):
                if unnameable is not None:
                    unnameable.add(inside)
            elif (state := file_state(path)) is not None:
                files[inside] = state
    return files


def count_files(folder: Path) -> int:
    """Count the finished files of a lesson by their names alone."""
    files = 0
    for _, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += sum(_is_finished(name) for name in names)
    return files


def file_state(path: Path) -> FileState | None:
    """Return the state of a finished file; None where there is none.

    Raises:
        OSError: the file cannot be examined.
    """
    if not _is_finished(path.name):
        return None
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return FileState(status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _is_finished(name: str) -> bool:
    return not name.startswith(".") and not name.endswith((PART, TEMPORARY))


@dataclass(slots=True)
class UploadPlan:
    """A lesson's files on this box against what the outbox knows of them. Pure, but for what its callers tell it."""

    files: dict[str, FileState]
    items: dict[str, OutboxItem]
    _pending: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._pending = {path for path in self.files if not self.is_stored(path)}

    def add(self, path: str, state: FileState) -> None:
        """Add a file that is finished, or has changed."""
        self.files[path] = state
        self._update(path)

    def mark_pending(self, path: str) -> None:
        """The outbox knows now that this file, as it is, is to be sent."""
        self._set_item(path, OutboxItem(self.files[path], DeliveryState.PENDING))

    def mark_stored(self, path: str, copy: StoredFile) -> None:
        """The store has this file now, whole or, of a playlist, a part of it."""
        self._set_item(path, OutboxItem(self.files[path], DeliveryState.STORED, copy))

    def is_stored(self, path: str) -> bool:
        """Whether the store has this file, whole and as it is now."""
        state, item = self.files.get(path), self.items.get(path)
        if state is None or item is None or item.delivery is not DeliveryState.STORED or item.copy is None:
            return False
        return item.state == state and item.copy.size == state.size

    def is_marked_pending(self, path: str) -> bool:
        """Whether the outbox knows already that this file, as it is now, is to be sent."""
        item = self.items.get(path)
        return item is not None and item.delivery is not DeliveryState.STORED and item.state == self.files[path]

    def pending_media(self) -> list[str]:
        """Return the segments and init segments to be sent, in lesson order; they never change."""
        return sorted(filter(is_media, self._pending), key=_lesson_order)

    def pending_count(self) -> int:
        """How many files are not in the store."""
        return len(self._pending)

    def pending_sidecars(self, is_held: Callable[[str], bool]) -> list[str]:
        """Return what else is sent next once the lesson is over, one stage at a time.

        The claim, the receipt and other small files come first, then the playlists, the main playlist, and lesson.json
        last: each once all that it names or vouches for is there. What is held up holds up that alone.
        """
        stages: dict[int, list[str]] = {}
        for path in self._pending:
            stages.setdefault(_stage(path), []).append(path)
        free = {stage: sorted(path for path in paths if not is_held(path)) for stage, paths in stages.items()}
        if free.get(_OTHER):
            return free[_OTHER]
        for stage in (_PLAYLIST, _MAIN):
            if any(stages.get(before) for before in range(_MEDIA, stage) if before != _OTHER):
                return []
            if free.get(stage):
                return free[stage]
        return free.get(_LAST, []) if len(self._pending) == 1 else []

    def playlists(self) -> list[str]:
        """Return the playlists on this box, the main playlist last."""
        return sorted(filter(is_playlist, self.files), key=lambda path: (path == MAIN_PLAYLIST, path))

    def deliverable(self) -> set[str]:
        """Return the files that a playlist in the store may name."""
        playlists = {path for path in self.playlists() if (item := self.items.get(path)) and item.copy}
        return playlists | (self.files.keys() - self._pending)

    def is_withdrawn(self) -> bool:
        """Whether the store has a lesson.json although this box has none: the end was taken back."""
        item = self.items.get(LESSON_JSON)
        return LESSON_JSON not in self.files and item is not None and item.delivery is not DeliveryState.PENDING

    def is_complete(self) -> bool:
        """Whether every file is in the store, lesson.json among them."""
        return LESSON_JSON in self.files and not self._pending

    def _set_item(self, path: str, item: OutboxItem) -> None:
        self.items[path] = item
        self._update(path)

    def _update(self, path: str) -> None:
        if self.is_stored(path):
            self._pending.discard(path)
        else:
            self._pending.add(path)


_MEDIA, _OTHER, _PLAYLIST, _MAIN, _LAST = range(5)


def _stage(path: str) -> int:
    if path == LESSON_JSON:
        return _LAST
    if path == MAIN_PLAYLIST:
        return _MAIN
    if is_media(path):
        return _MEDIA
    return _PLAYLIST if is_playlist(path) else _OTHER


def _lesson_order(path: str) -> tuple[str, str]:
    track, _, name = path.partition("/")
    return ("" if init_number(name) is not None else name, track)
