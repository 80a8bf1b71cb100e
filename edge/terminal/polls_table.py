"""Tables of a lesson's poll results: one of the polls, one of the groups."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text

from edge.classroom.polls import PollKind
from edge.i18n import Language, translate
from edge.school.polls_json import PollRecord, PollResults, counted_responses
from edge.terminal.value_text import lesson_time_text

_COLUMNS = ("at", "poll", "given", "answers", "right")
_GROUP_COLUMNS = ("group", "members", "right-answers", "bonus", "points")


def polls_table(results: PollResults, language: Language) -> Table:
    """A row for each poll: lesson time, how many answered, what, and how many correctly."""
    table = Table(title=translate("polls.table", language), title_justify="left", box=box.SIMPLE_HEAD)
    for column in _COLUMNS:
        table.add_column(translate(f"polls.column-{column}", language))
    for poll in results.polls:
        given = counted_responses(poll)
        right = sum(bool(one.right) for one in given)
        table.add_row(
            lesson_time_text(poll.opened_ns),
            f"{poll.number} {translate(f'polls.kind-{poll.kind}', language)}",
            f"{len(given)}/{poll.expected}" if poll.expected else str(len(given)),
            _answers(poll, language),
            Text(f"{right / len(given):.0%}", "green") if poll.answer and given else "",
        )
    return table


def groups_table(results: PollResults, language: Language) -> Table:
    """A row for each group, the best first."""
    table = Table(title=translate("polls.groups", language), title_justify="left", box=box.SIMPLE_HEAD)
    for column in _GROUP_COLUMNS:
        table.add_column(translate(f"polls.column-{column}", language))
    for team in results.groups:
        table.add_row(
            team.group,
            str(team.members),
            str(team.right),
            f"{team.bonus:+d}" if team.bonus else "",
            str(team.points),
        )
    return table


def _answers(poll: PollRecord, language: Language) -> str:
    match poll.kind:
        case PollKind.RUSH:
            given = counted_responses(poll)
            return translate("polls.first", language, seconds=given[0].after_ns / 1e9) if given else ""
        case PollKind.ROLL_CALL:
            return ""
        case PollKind.TRUE_FALSE:
            return "  ".join(
                f"{translate(f'polls.answer-{text}', language)} {count}" for text, count in poll.tally.items()
            )
        case _:
            return "  ".join(f"{text} {count}" for text, count in poll.tally.items())
