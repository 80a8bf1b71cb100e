"""The child process that makes the previews of one lesson, at the least priority and bounded in memory.

    python -m pipelines.previews.child pictures FOLDER [NICENESS]      poster.jpg, thumbnails-1.jpg …, thumbnails.vtt
    python -m pipelines.previews.child text FOLDER [NICENESS]          screen-text.vtt

It may be killed at any moment: each file is whole or not there, and what is there is not made again. It ends with 0,
also where the lesson was removed meanwhile; with 1 and a sentence on standard error where something is wrong.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.files.durable import FOLDER_MODE, write_atomically
from pipelines.files.lesson_layout import (
    POSTER_JPG,
    PREVIEW_WORK,
    PROGRAMME_PLAYLIST,
    SCREEN_TEXT_VTT,
    THUMBNAILS_VTT,
    playlist_name,
)
from pipelines.files.webvtt import to_webvtt
from pipelines.journal.entries import Gap
from pipelines.journal.journal_file import iterate_kinds
from pipelines.previews.preview_state import NICENESS, PreviewTask, missing_previews, programme_note
from pipelines.previews.screen_stands import SCREEN, SECOND_NS, read_screen_stands
from pipelines.programme.playlist_parser import InvalidPlaylist

if TYPE_CHECKING:
    from pipelines.previews.fitted_picture import Bgr

# Addresses, of which the memory that is used is a third; and processor time that no lesson of eight hours needs.
_MOST_BYTES = {PreviewTask.PICTURES: 1 << 30, PreviewTask.TEXT: 2 << 30}
_MOST_CPU_S = {PreviewTask.PICTURES: 900, PreviewTask.TEXT: 3600}
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LARGEST = 1920, 1080


def main(arguments: Sequence[str]) -> int:
    """Make what is asked for; the exit code."""
    task, folder = PreviewTask(arguments[0]), Path(arguments[1])
    _step_back(task, int(arguments[2]) if len(arguments) > 2 else NICENESS)
    try:
        if task in missing_previews(folder):
            # No parents: a lesson that was removed is not made again.
            (folder / PREVIEW_WORK).mkdir(mode=FOLDER_MODE, exist_ok=True)
            _TASKS[task](folder)
    except FileNotFoundError as error:
        if folder.is_dir():
            return _failed(error)
    except (OSError, InvalidPlaylist, MemoryError, RuntimeError) as error:
        return _failed(error)
    return 0


def make_pictures(folder: Path) -> None:
    """Make poster and thumbnails of a lesson's programme.

    Raises:
        InvalidPlaylist: the programme is none of ours.
        OSError: a file cannot be read or written.
    """
    # Codecs are loaded after the limits are set.
    from pipelines.previews.key_pictures import KeyPictures
    from pipelines.previews.poster import make_poster
    from pipelines.previews.thumbnails import write_thumbnails

    note = programme_note(folder)
    pictures = KeyPictures(folder, PROGRAMME_PLAYLIST)
    _keep_pictures_of(folder, note)
    if not (folder / POSTER_JPG).exists():
        poster = make_poster(pictures, _is_true(folder))
        if poster is not None:
            write_atomically(folder / POSTER_JPG, poster)
    write_thumbnails(folder, pictures, note)


def read_text(folder: Path) -> None:
    """Read what stood on the screen of a lesson.

    Raises:
        NoRecogniser: this box cannot read.
        InvalidPlaylist: the screen's playlist is none of ours.
        OSError: a file cannot be read or written.
    """
    from pipelines.previews.fitted_picture import scaled
    from pipelines.previews.key_pictures import KeyPictures
    from pipelines.previews.screen_text import ReadTexts, read_screens
    from pipelines.previews.text_recogniser import RapidTextRecogniser

    pictures = KeyPictures(folder, playlist_name(SCREEN))
    stands = read_screen_stands(folder, round(pictures.length_s * SECOND_NS))

    def picture_at(lesson_ns: int) -> Bgr | None:
        found = pictures.at(lesson_ns / SECOND_NS)
        return None if found is None else scaled(found, _LARGEST)

    texts = ReadTexts(folder / PREVIEW_WORK / "screen-text.jsonl")
    cues = read_screens(stands, picture_at, RapidTextRecogniser().read, texts) if stands else []
    write_atomically(folder / SCREEN_TEXT_VTT, to_webvtt(cues).encode())


def _keep_pictures_of(folder: Path, note: str) -> None:
    """Remove pictures that were not made of this programme, or are not known to be."""
    begun = folder / PREVIEW_WORK / "programme"
    if not begun.exists() or begun.read_text("utf-8", "replace") != note:
        for name in (THUMBNAILS_VTT, POSTER_JPG):
            (folder / name).unlink(missing_ok=True)
        for sheet in folder.glob("thumbnails-*.jpg"):
            sheet.unlink()
        write_atomically(begun, note.encode())


def _is_true(folder: Path) -> Callable[[str, float], bool]:
    """Whether a role's camera delivered at a moment, by the journal."""
    gaps = list(iterate_kinds(folder, Gap))
    return lambda role, s: not any(gap.track == role and gap.from_ns <= s * SECOND_NS < gap.to_ns for gap in gaps)


def _step_back(task: PreviewTask, niceness: int) -> None:
    """Run only when nobody else wants to, and be the first to go where memory is short."""
    # Nobody stops it any more where whoever started it was killed.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(niceness)
    # A service may be forbidden to.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES[task], _MOST_BYTES[task]))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S[task], _MOST_CPU_S[task]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _failed(error: BaseException) -> int:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return 1


_TASKS = {PreviewTask.PICTURES: make_pictures, PreviewTask.TEXT: read_text}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
