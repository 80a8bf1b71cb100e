"""xapi.jsonl: who attended and who answered what, as statements of the Experience API (1.0.3), one a line."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from edge.classroom.polls import LETTERS, TRUE, PollKind
from edge.i18n import Language, translate
from edge.school.poll_results import Participant, PollRecord, PollResults, ResponseRecord, counting

NAME = "xapi.jsonl"
VERSION = "1.0.3"
ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"
LESSON = "http://adlnet.gov/expapi/activities/lesson"
PLACE = "http://id.tincanapi.com/activitytype/school"
_BETWEEN = "[,]"

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatementContext:
    """How statements are made: ids are below the address ``home_page``, names of things in ``language``.

    ``began`` is when the lesson did, None where the box did not know the time: such statements bear no time.
    """

    home_page: str
    language: Language
    began: datetime | None

    def statements(self, book: PollResults) -> Iterator[Statement]:
        """Who attended, and every answer that counts; the same book makes the same statements."""
        lesson = self._lesson(book)
        people = {one.id: one for one in book.participants}
        for one in book.participants:
            if one.present:
                yield self._statement(one, ATTENDED, "attended", lesson, self.began, {"context": self._context(book)})
        for poll in book.polls:
            if poll.kind is PollKind.ROLL_CALL:
                continue
            context = self._context(book)
            context["contextActivities"]["parent"] = [lesson]
            for response in counting(poll):
                at = poll.opened + timedelta(microseconds=response.after_ns // 1000) if poll.opened else None
                said = {"result": _result(poll, response), "context": context}
                yield self._statement(
                    people[response.participant], ANSWERED, "answered", self._question(book, poll), at, said
                )

    def _statement(
        self, who: Participant, verb: str, word: str, what: Statement, at: datetime | None, more: Statement
    ) -> Statement:
        actor: Statement = {"objectType": "Agent", "account": {"homePage": self.home_page, "name": who.id}}
        if who.name is not None:
            actor["name"] = who.name
        statement = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{what['id']} {verb} {who.id}")),
            "actor": actor,
            "verb": {
                "id": verb,
                "display": {language: translate(f"polls.verb-{word}", language) for language in _LANGUAGES},
            },
            "object": what,
            **more,
        }
        return statement if at is None else {**statement, "timestamp": at.isoformat(timespec="milliseconds")}

    def _lesson(self, book: PollResults) -> Statement:
        return self._activity(f"{book.school}/{book.room}/{book.lesson}", LESSON, book.lesson)

    def _context(self, book: PollResults) -> Statement:
        room = self._activity(f"{book.school}/{book.room}", PLACE, f"{book.school}/{book.room}")
        return {"platform": "classroom-edge", "language": self.language, "contextActivities": {"grouping": [room]}}

    def _question(self, book: PollResults, poll: PollRecord) -> Statement:
        kind = translate(f"polls.kind-{poll.kind}", self.language)
        name = poll.text or translate("polls.chapter", self.language, number=poll.number, kind=kind)
        activity = self._activity(f"{book.school}/{book.room}/{book.lesson}/poll/{poll.number}", INTERACTION, name)
        activity["definition"] |= _interaction(poll)
        return activity

    def _activity(self, path: str, kind: str, name: str) -> Statement:
        definition = {"type": kind, "name": {self.language: name}}
        return {"objectType": "Activity", "id": f"{self.home_page.rstrip('/')}/{path}", "definition": definition}


_LANGUAGES: tuple[Language, Language] = ("zh-CN", "en")


def lines(statements: Iterator[Statement]) -> dict[str, str]:
    """Statements as JSON on one line each, by their ids."""
    return {
        statement["id"]: json.dumps(statement, ensure_ascii=False, separators=(",", ":")) for statement in statements
    }


def _interaction(poll: PollRecord) -> Statement:
    """The question as the standard has it; a right answer is told where there is one."""
    right = {"correctResponsesPattern": [_said(poll, poll.answer)]} if poll.answer else {}
    match poll.kind:
        case PollKind.SINGLE | PollKind.MULTIPLE:
            letters = [{"id": letter} for letter in LETTERS[: poll.choices]]
            return {"interactionType": "choice", "choices": letters, **right}
        case PollKind.TRUE_FALSE:
            return {"interactionType": "true-false", **right}
        case PollKind.NUMBER:
            return {"interactionType": "numeric", **right}
        case _:
            return {"interactionType": "other"}


def _result(poll: PollRecord, response: ResponseRecord) -> Statement:
    result: Statement = {
        "response": _said(poll, response.text),
        "duration": f"PT{response.after_ns / 1e9:.2f}S",
        "completion": True,
    }
    return result if response.right is None else {**result, "success": response.right}


def _said(poll: PollRecord, text: str) -> str:
    match poll.kind:
        case PollKind.MULTIPLE:
            return _BETWEEN.join(text)
        case PollKind.TRUE_FALSE:
            return "true" if text == TRUE else "false"
        case _:
            return text
