"""The chapters of a lesson: questions, marks and what stood on the screen; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from edge.i18n import Language, translate
from edge.school.polls_json import PollRecord
from pipelines.files.webvtt import Cue
from pipelines.journal.entries import Marker
from pipelines.previews.screen_stands import Stand

SHORTEST_MS = 5_000
"""Marks that are nearer to each other are one chapter; what stood on the screen gives way to a mark that near."""

SHORTEST_SCREEN_MS = 15_000
SCREENS_AN_HOUR = 36
_HOUR_MS = 3_600_000
_LEAST_MS = 1
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class ChapterSources:
    """What a lesson's chapters are made of; ``length_ns`` is its length.

    ``screens`` are the stretches in which the screen stood still, ``texts`` what was read on it. ``title`` is what the
    timetable calls the lesson, empty where it does not know.
    """

    length_ns: int
    polls: Sequence[PollRecord] = ()
    marks: Sequence[Marker] = ()
    screens: Sequence[Stand] = ()
    texts: Sequence[Cue] = ()
    title: str = ""


class _Start(NamedTuple):
    """Where a chapter begins that lasts until the next one does."""

    at_ms: int
    kind: str
    title: str


def lesson_chapters(sources: ChapterSources, language: Language) -> list[Cue]:
    """Return the chapters in order; each lies in another or apart from it, and its id says what it comes from.

    A poll (``poll-3``, by its number) lasts from opening to closing. A mark (``mark-1``) and a screen (``screen-1``)
    last until the next of them, and a poll meanwhile lies in them; one in a poll ends with it at the latest. Where
    there is nothing of all this, the lesson is a chapter with the timetable's title (``part-1``).
    """
    polls = _poll_chapters(sources.polls, language)
    marks = _mark_starts(sources.marks, language)
    end_ms = max([_ms(sources.length_ns), *(one.to_ms for one in polls), *(one.at_ms + _LEAST_MS for one in marks)])
    screens = _screen_starts(sources, [*marks, *_edges(polls)], end_ms, language)
    found = [*polls]
    for inside, starts in _by_place(polls, [*marks, *screens], end_ms):
        for start, following in pairwise([*starts, _Start(inside, "", "")]):
            found.append(Cue(start.at_ms, max(following.at_ms, start.at_ms + _LEAST_MS), start.title, start.kind))
    if not found and sources.title and end_ms > 0:
        found = [Cue(0, end_ms, sources.title, "part")]
    return _numbered(sorted(found, key=lambda one: (one.from_ms, -one.to_ms, not one.id.startswith("poll"))))


def _poll_chapters(polls: Sequence[PollRecord], language: Language) -> list[Cue]:
    """Polls in order; one that is put while another is open ends with that at the latest."""
    chapters: list[Cue] = []
    for poll in sorted(polls, key=lambda poll: (poll.opened_ns, -poll.closed_ns, poll.number)):
        from_ms = _ms(poll.opened_ns)
        to_ms = max(_ms(poll.closed_ns), from_ms + _LEAST_MS)
        to_ms = min([to_ms, *(one.to_ms for one in chapters if one.from_ms <= from_ms < one.to_ms)])
        chapters.append(Cue(from_ms, to_ms, _poll_title(poll, language), f"poll-{poll.number}"))
    return chapters


def _poll_title(poll: PollRecord, language: Language) -> str:
    key = "polls.chapter-text" if poll.text else "polls.chapter"
    kind = translate(f"polls.kind-{poll.kind}", language)
    return translate(key, language, number=poll.number, kind=kind, text=poll.text)


def _mark_starts(marks: Sequence[Marker], language: Language) -> list[_Start]:
    """Marks that are near to each other are one, with the labels of all."""
    starts: list[_Start] = []
    for mark in sorted(marks, key=lambda mark: mark.lesson_ns):
        at_ms = _ms(mark.lesson_ns)
        title = mark.label or translate("polls.chapter-mark", language)
        if starts and at_ms - starts[-1].at_ms < SHORTEST_MS:
            last = starts.pop()
            both = last.title if title in last.title.split(" · ") else f"{last.title} · {title}"
            starts.append(_Start(last.at_ms, "mark", both))
        else:
            starts.append(_Start(at_ms, "mark", title))
    return starts


def _screen_starts(sources: ChapterSources, others: Iterable[_Start], end_ms: int, language: Language) -> list[_Start]:
    """The screens that are worth a chapter: those with another title than the one before, that stay for a while.

    Of more than ``SCREENS_AN_HOUR`` those count that stay longest.
    """
    others = list(others)
    titled: list[tuple[int, str]] = []
    for screen in sources.screens:
        at_ms = _ms(screen.from_ns)
        title = _screen_title(sources.texts, screen)
        if not titled or not title or titled[-1][1] != title:
            titled.append((at_ms, title))
    free = [one for one in titled if all(abs(one[0] - other.at_ms) >= SHORTEST_MS for other in others)]
    lasting = [
        (following[0] - one[0], one)
        for one, following in pairwise([*free, (end_ms, "")])
        if following[0] - one[0] >= SHORTEST_SCREEN_MS
    ]
    most = SCREENS_AN_HOUR * max(1, ceil(end_ms / _HOUR_MS))
    kept = sorted(one for _, one in sorted(lasting, reverse=True)[:most])
    return [
        _Start(at_ms, "screen", title or translate("polls.chapter-screen", language, number=number))
        for number, (at_ms, title) in enumerate(kept, 1)
    ]


def _screen_title(texts: Sequence[Cue], screen: Stand) -> str:
    """The first line of what was read on a screen; empty where it was not read, or nothing was found on it."""
    at_ms = _ms(screen.from_ns)
    text = next((one.text for one in texts if one.from_ms <= at_ms < one.to_ms), "")
    line = text.partition("\n")[0].strip()
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1] + "…"


def _edges(polls: Sequence[Cue]) -> list[_Start]:
    return [_Start(at_ms, "poll", "") for one in polls for at_ms in (one.from_ms, one.to_ms)]


def _by_place(polls: Sequence[Cue], starts: Sequence[_Start], end_ms: int) -> list[tuple[int, list[_Start]]]:
    """The starts in each poll, and those outside, each row in order and with the time at which its last one ends.

    What stands on the screen when a question is put is no chapter in it.
    """
    rows: list[tuple[int, list[_Start]]] = []
    left = sorted(starts)
    for poll in sorted(polls, key=lambda poll: poll.to_ms - poll.from_ms):
        # A chapter that begins with a poll lies in it.
        inside = [one for one in left if poll.from_ms <= one.at_ms < poll.to_ms]
        left = [one for one in left if one not in inside]
        rows.append((poll.to_ms, [one for one in inside if one.kind == "mark"]))
    return [*rows, (end_ms, left)]


def _numbered(chapters: Iterable[Cue]) -> list[Cue]:
    """The chapters with the ids of marks, screens and parts counted in their order."""
    counts: dict[str, int] = {}
    numbered = []
    for one in chapters:
        number = counts[one.id] = counts.get(one.id, 0) + 1
        numbered.append(one if "-" in one.id else Cue(one.from_ms, one.to_ms, one.text, f"{one.id}-{number}"))
    return numbered


def _ms(ns: int) -> int:
    return ns // 1_000_000
