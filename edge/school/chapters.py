"""chapters.vtt: polls and markers of a lesson as chapters for players (WebVTT, W3C)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.i18n import Language, translate
from edge.school.polls_json import PollRecord
from pipelines.journal.entries import Marker

_SHORTEST_MS = 1


@dataclass(frozen=True, slots=True)
class Chapter:
    """A title and its interval of lesson time in milliseconds; chapters may be nested but never overlap in part."""

    from_ms: int
    to_ms: int
    title: str


def lesson_chapters(
    polls: Iterable[PollRecord], marks: Iterable[Marker], length_ns: int, language: Language
) -> list[Chapter]:
    """Return a chapter from opening to closing of each poll, and one from each marker to the next chapter edge."""
    of_polls = [
        _chapter(
            poll.opened_ns, poll.closed_ns, translate(_key(poll), language, kind=_kind(poll, language), **_values(poll))
        )
        for poll in polls
    ]
    edges = sorted(
        {edge for one in of_polls for edge in (one.from_ms, one.to_ms)} | {_ms(mark.lesson_ns) for mark in marks}
    )
    end_ms = max([_ms(length_ns), *edges])
    of_marks = []
    for mark in marks:
        at_ms = _ms(mark.lesson_ns)
        next_ms = next((edge for edge in edges if edge > at_ms), end_ms)
        title = mark.label or translate("polls.chapter-mark", language)
        of_marks.append(Chapter(at_ms, max(next_ms, at_ms + _SHORTEST_MS), title))
    return sorted([*of_polls, *of_marks], key=lambda one: (one.from_ms, -one.to_ms))


def to_webvtt(chapters: Sequence[Chapter]) -> str:
    """Return the text of a WebVTT file with these chapters."""
    cues = [
        f"{number}\n{_timestamp(one.from_ms)} --> {_timestamp(one.to_ms)}\n{_escaped(one.title)}\n"
        for number, one in enumerate(chapters, 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _chapter(from_ns: int, to_ns: int, title: str) -> Chapter:
    from_ms = _ms(from_ns)
    return Chapter(from_ms, max(_ms(to_ns), from_ms + _SHORTEST_MS), title)


def _key(poll: PollRecord) -> str:
    return "polls.chapter-text" if poll.text else "polls.chapter"


def _kind(poll: PollRecord, language: Language) -> str:
    return translate(f"polls.kind-{poll.kind}", language)


def _values(poll: PollRecord) -> dict[str, object]:
    return {"number": poll.number, "text": poll.text} if poll.text else {"number": poll.number}


def _ms(ns: int) -> int:
    return ns // 1_000_000


def _timestamp(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def _escaped(title: str) -> str:
    """Return the title on one line, with the characters of cue markup escaped."""
    return " ".join(title.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") or "–"
