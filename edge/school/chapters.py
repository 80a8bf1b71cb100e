"""chapters.vtt: a lesson's questions and marked moments as chapters that players show (WebVTT)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.i18n import Language, translate
from edge.school.poll_results import PollRecord
from pipelines.journal.entries import Marker

NAME = "chapters.vtt"
_SHORTEST_MS = 1


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of lesson time in milliseconds, and its title; chapters may lie in each other, never across."""

    from_ms: int
    to_ms: int
    title: str


def chapters(polls: Iterable[PollRecord], marks: Iterable[Marker], length_ns: int, language: Language) -> list[Chapter]:
    """A chapter from opening to closing of each question, and one from each marker to whatever comes next."""
    asked = [
        _chapter(
            poll.opened_ns, poll.closed_ns, translate(_key(poll), language, kind=_kind(poll, language), **_values(poll))
        )
        for poll in polls
    ]
    edges = sorted(
        {edge for one in asked for edge in (one.from_ms, one.to_ms)} | {_ms(mark.lesson_ns) for mark in marks}
    )
    end_ms = max([_ms(length_ns), *edges])
    marked = []
    for mark in marks:
        at_ms = _ms(mark.lesson_ns)
        next_ms = next((edge for edge in edges if edge > at_ms), end_ms)
        title = mark.label or translate("polls.chapter-mark", language)
        marked.append(Chapter(at_ms, max(next_ms, at_ms + _SHORTEST_MS), title))
    return sorted([*asked, *marked], key=lambda one: (one.from_ms, -one.to_ms))


def vtt(found: Sequence[Chapter]) -> str:
    """The chapters as a WebVTT file."""
    cues = [
        f"{number}\n{_clock(one.from_ms)} --> {_clock(one.to_ms)}\n{_plain(one.title)}\n"
        for number, one in enumerate(found, 1)
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


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def _plain(title: str) -> str:
    """One line, and nothing that a cue would read as markup."""
    return " ".join(title.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") or "–"
