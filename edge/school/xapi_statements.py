"""xapi.jsonl: attendance and responses as statements of the Experience API (ADL, xAPI 1.0.3), one a line."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from edge.classroom.polls import LETTERS, TRUE, PollKind
from edge.i18n import Language, translate
from edge.school.polls_json import Participant, PollRecord, PollResults, ResponseRecord, counted_responses

VERSION = "1.0.3"
ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"
LESSON = "http://adlnet.gov/expapi/activities/lesson"
PLACE = "http://id.tincanapi.com/activitytype/school"
_SEPARATOR = "[,]"

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatementContext:
    """What statements have in common: ids start with the URL ``home_page``, names are in ``language``.

    ``began`` is the lesson's start; None if the box did not know the time, and statements then have no timestamp.
    """

    home_page: str
    language: Language
    began: datetime | None

    def statements(self, results: PollResults) -> Iterator[Statement]:
        """Yield a statement for each present participant and each response that counts; ids are reproducible."""
        lesson = self._lesson(results)
        people = {one.id: one for one in results.participants}
        for one in results.participants:
            if one.present:
                yield self._statement(
                    one, ATTENDED, "attended", lesson, self.began, {"context": self._context(results)}
                )
        for poll in results.polls:
            if poll.kind is PollKind.ROLL_CALL:
                continue
            context = self._context(results)
            context["contextActivities"]["parent"] = [lesson]
            for response in counted_responses(poll):
                at = poll.opened + timedelta(microseconds=response.after_ns // 1000) if poll.opened else None
                more = {"result": _result(poll, response), "context": context}
                yield self._statement(
                    people[response.participant], ANSWERED, "answered", self._question(results, poll), at, more
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

    def _lesson(self, results: PollResults) -> Statement:
        return self._activity(f"{results.school}/{results.room}/{results.lesson}", LESSON, results.lesson)

    def _context(self, results: PollResults) -> Statement:
        room = self._activity(f"{results.school}/{results.room}", PLACE, f"{results.school}/{results.room}")
        return {"platform": "classroom-edge", "language": self.language, "contextActivities": {"grouping": [room]}}

    def _question(self, results: PollResults, poll: PollRecord) -> Statement:
        kind = translate(f"polls.kind-{poll.kind}", self.language)
        name = poll.text or translate("polls.chapter", self.language, number=poll.number, kind=kind)
        activity = self._activity(
            f"{results.school}/{results.room}/{results.lesson}/poll/{poll.number}", INTERACTION, name
        )
        activity["definition"] |= _interaction(poll)
        return activity

    def _activity(self, path: str, kind: str, name: str) -> Statement:
        definition = {"type": kind, "name": {self.language: name}}
        return {"objectType": "Activity", "id": f"{self.home_page.rstrip('/')}/{path}", "definition": definition}


_LANGUAGES: tuple[Language, Language] = ("zh-CN", "en")


def statement_lines(statements: Iterator[Statement]) -> dict[str, str]:
    """Return statements as single-line JSON, keyed by id."""
    return {
        statement["id"]: json.dumps(statement, ensure_ascii=False, separators=(",", ":")) for statement in statements
    }


def _interaction(poll: PollRecord) -> Statement:
    """Return the interaction type of a poll, with its right answer if it has one (xAPI 1.0.3, appendix C)."""
    right = {"correctResponsesPattern": [_response_text(poll, poll.answer)]} if poll.answer else {}
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
        "response": _response_text(poll, response.text),
        "duration": f"PT{response.after_ns / 1e9:.2f}S",
        "completion": True,
    }
    return result if response.right is None else {**result, "success": response.right}


def _response_text(poll: PollRecord, text: str) -> str:
    match poll.kind:
        case PollKind.MULTIPLE:
            return _SEPARATOR.join(text)
        case PollKind.TRUE_FALSE:
            return "true" if text == TRUE else "false"
        case _:
            return text
