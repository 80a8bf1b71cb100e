"""A lesson as one MP4 file to take away: joined by a child process of low priority, one at a time, kept for an hour."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from pipelines.files.lesson_layout import PART, PROGRAMME_PLAYLIST, SOUND_PLAYLIST
from pipelines.programme.playlist_parser import InvalidPlaylist, read_media_playlist

log = logging.getLogger(__name__)

FOLDER = "downloads"
_KEPT_S = 3600.0
_LONGEST_S = 1800.0
_NICENESS = 19


class JoinState(StrEnum):
    """What became of the file of a lesson."""

    NONE = "none"
    JOINING = "joining"
    READY = "ready"
    FAILED = "failed"


class Busy(Exception):
    """Another lesson is being joined."""


class LessonDownloads:
    """The files lie in a folder of this process's state; what an earlier process left is removed.

    ``join`` starts, ``state`` and ``share`` tell how far it is, ``file`` is the file once it is ready. ``run`` joins,
    and keeps the folder small.
    """

    def __init__(self, state: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = state / FOLDER
        self._clock = clock
        self._states: dict[str, JoinState] = {}
        self._ready_s: dict[str, float] = {}
        self._sizes: dict[str, int] = {}
        self._wanted: asyncio.Queue[tuple[str, Path]] = asyncio.Queue(1)

    def state(self, lesson: str) -> JoinState:
        """How it is with a lesson's file."""
        return self._states.get(lesson, JoinState.NONE)

    def share(self, lesson: str) -> float:
        """How much of the file is written, 0 to 1; blocks for a moment."""
        try:
            written = self._path(lesson).with_name(self._path(lesson).name + PART).stat().st_size
        except OSError:
            return 0.0
        return min(1.0, written / max(1, self._sizes.get(lesson, 0)))

    def file(self, lesson: str) -> Path | None:
        """The file, if it is ready."""
        return self._path(lesson) if self.state(lesson) is JoinState.READY else None

    def join(self, lesson: str, folder: Path) -> None:
        """Begin to join a lesson; one that is ready or under way is no error.

        Raises:
            Busy: Another one is under way.
        """
        if self.state(lesson) in (JoinState.JOINING, JoinState.READY):
            return
        if JoinState.JOINING in self._states.values():
            raise Busy(lesson)
        self._states[lesson] = JoinState.JOINING
        self._wanted.put_nowait((lesson, folder))

    async def remove(self, lesson: str) -> None:
        """Remove a lesson's file, if it is ready: its hour is over, or the lesson is erased."""
        if self._ready_s.pop(lesson, None) is not None:
            self._states.pop(lesson, None)
            await self._unlink(lesson)

    async def run(self) -> None:
        """Join what is wanted, and remove what is old, until cancelled."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        try:
            while True:
                try:
                    async with asyncio.timeout(_KEPT_S / 10):
                        lesson, folder = await self._wanted.get()
                except TimeoutError:
                    await self._remove_old(_KEPT_S)
                    continue
                # A disk that records has no room for more than one.
                await self._remove_old(0.0)
                is_good = await self._join(lesson, folder) and folder.is_dir()
                if not is_good:
                    await self._unlink(lesson)
                self._states[lesson] = JoinState.READY if is_good else JoinState.FAILED
                self._ready_s[lesson] = self._clock()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _join(self, lesson: str, folder: Path) -> bool:
        command = [sys.executable, "-m", "edge.cli.main", "join", str(folder), str(self._path(lesson)), "--force"]
        nothing = asyncio.subprocess.DEVNULL
        try:
            self._sizes[lesson] = await asyncio.to_thread(_media_bytes, folder)
            await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
            child = await asyncio.create_subprocess_exec(
                "nice", "-n", str(_NICENESS), *command, stdin=nothing, stdout=nothing
            )
        except (OSError, InvalidPlaylist) as error:  # the system may have no process left, too
            log.warning("%s cannot be joined: %s", lesson, error)
            return False
        try:
            async with asyncio.timeout(_LONGEST_S):
                return await child.wait() == 0
        except TimeoutError:
            log.warning("%s took too long to join", lesson)
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _remove_old(self, older_than_s: float) -> None:
        for lesson, ready_s in list(self._ready_s.items()):
            if self._clock() - ready_s >= older_than_s:
                await self.remove(lesson)

    async def _unlink(self, lesson: str) -> None:
        """A disk that refuses is no reason to end the pages."""
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._path(lesson).unlink, missing_ok=True)

    def _path(self, lesson: str) -> Path:
        return self._folder / f"{lesson}.mp4"


def _media_bytes(folder: Path) -> int:
    """The bytes of the segments of programme and sound."""
    total = 0
    for name in (PROGRAMME_PLAYLIST, SOUND_PLAYLIST):
        with contextlib.suppress(FileNotFoundError):
            total += sum(
                (folder / segment.path).stat().st_size if segment.length is None else segment.length
                for segment in read_media_playlist(folder / name).segments
            )
    return total
