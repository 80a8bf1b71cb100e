"""chapters.vtt of a lesson, made of what lies in its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge.i18n import Language
from edge.school.chapters import ChapterSources, lesson_chapters
from edge.school.polls_json import PollRecord, write_if_changed
from pipelines.files.lesson_layout import CHAPTERS_VTT, SCREEN_TEXT_VTT
from pipelines.files.webvtt import Cue, parse_webvtt, to_webvtt
from pipelines.journal.entries import LessonSubject
from pipelines.journal.journal_file import first_of_kind
from pipelines.journal.lesson_clock import LessonClock
from pipelines.previews.screen_stands import read_screen_stands


def write_chapters(folder: Path, polls: Sequence[PollRecord], clock: LessonClock, language: Language) -> None:
    """Write chapters.vtt if there is a chapter, and if it says something else than before.

    What stood on the screen, and the timetable's title, count once the lesson has ended.

    Raises:
        OSError: a file cannot be read or written.
    """
    sources = ChapterSources(clock.length_ns, polls, clock.markers)
    if clock.has_ended:
        subject = first_of_kind(folder, LessonSubject)
        sources = ChapterSources(
            clock.length_ns,
            polls,
            clock.markers,
            read_screen_stands(folder, clock.length_ns),
            _screen_texts(folder),
            subject.title if subject else "",
        )
    if found := lesson_chapters(sources, language):
        write_if_changed(folder / CHAPTERS_VTT, to_webvtt(found).encode())


def _screen_texts(folder: Path) -> list[Cue]:
    try:
        return parse_webvtt((folder / SCREEN_TEXT_VTT).read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return []
