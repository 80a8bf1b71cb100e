"""Bar chart of a poll: a bar for each answer, the order of a rush, and what did not count."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edge.classroom.polls import PollKind
from edge.i18n import Language, translate
from edge.link.poll_messages import PollStatus

_BAR_CELLS = 32
_PLACES = 5


def poll_chart(poll: PollStatus, language: Language) -> RenderableType:
    """The chart of a poll."""
    parts: list[RenderableType] = [Text(_title(poll, language), "bold"), Text(_progress(poll, language))]
    if poll.kind is PollKind.RUSH:
        parts += [Text(line, "bold green" if place == 0 else "") for place, line in enumerate(_order(poll, language))]
    else:
        parts.append(_bars(poll, language))
    if poll.unknown:
        parts.append(Text(translate("polls.unknown", language, devices=tuple(poll.unknown)), "yellow"))
    if poll.duplicates or poll.late or poll.invalid or poll.lost:
        apart = translate(
            "polls.told-apart",
            language,
            duplicates=poll.duplicates,
            late=poll.late,
            invalid=poll.invalid,
            lost=poll.lost,
        )
        parts.append(Text(apart, "yellow" if poll.lost else "dim"))
    if poll.unsaved:
        parts.append(Text(translate("polls.unsaved", language, count=poll.unsaved), "red"))
    return Group(*parts)


def answer_text(poll: PollStatus, text: str, language: Language) -> str:
    """Display text of an answer."""
    if poll.kind is PollKind.TRUE_FALSE:
        return translate(f"polls.answer-{text}", language)
    return text or translate("polls.pressed", language)


def _title(poll: PollStatus, language: Language) -> str:
    kind = translate(f"polls.kind-{poll.kind}", language)
    if poll.text:
        return translate("polls.title-text", language, number=poll.number, kind=kind, text=poll.text)
    return translate("polls.title", language, number=poll.number, kind=kind)


def _progress(poll: PollStatus, language: Language) -> str:
    given = len(poll.given)
    how_many = (
        translate("polls.given-of", language, given=given, expected=poll.expected)
        if poll.expected
        else translate("polls.given", language, given=given)
    )
    since = translate("polls.open-for" if poll.is_open else "polls.closed-after", language, seconds=poll.open_s)
    return f"{how_many}  {since}"


def _bars(poll: PollStatus, language: Language) -> Table:
    table = Table.grid(padding=(0, 1))
    most = max([1, *poll.tally.values()])
    for text, count in poll.tally.items():
        right = bool(poll.answer) and text in ((*poll.answer,) if poll.kind is PollKind.MULTIPLE else (poll.answer,))
        style = "green" if right else "cyan"
        bar = Text("█" * round(_BAR_CELLS * count / most), style)
        table.add_row(Text(answer_text(poll, text, language), style), bar, str(count))
    return table


def _order(poll: PollStatus, language: Language) -> list[str]:
    return [
        translate(
            "polls.order",
            language,
            place=place,
            who=one.name or translate("polls.clicker", language, device=one.device),
            seconds=one.after_ms / 1000,
        )
        for place, one in enumerate(poll.given[:_PLACES], 1)
    ]
