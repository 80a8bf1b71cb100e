"""What the controller answers when the command line asks for polls and the roster."""

from __future__ import annotations

import time
from collections import Counter

from edge.classroom.polls import InvalidQuestion, Question, ResponseVerdict, StoredPoll
from edge.classroom.roster import NotInRoster, Roster
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.controller.polls.poll_service import PollRejected, PollService
from edge.link.control_messages import Act, Request
from edge.link.poll_messages import CountedAnswer, PollStatus, RosterStatus
from edge.school.roster_store import RosterStore

POLL_ACTS = frozenset({Act.POLL_OPEN, Act.POLL_CLOSE, Act.POLL_SHOW, Act.POLL_SCORE})
ROSTER_ACTS = frozenset({Act.ROSTER_SHOW, Act.ROSTER_IMPORT, Act.ROSTER_USE, Act.ROSTER_LISTEN, Act.ROSTER_BIND})


class PollRequestHandler:
    """Turns requests into what they ask for; each gives why not, as a word or a sentence, or nothing."""

    def __init__(self, desk: PollService, clickers: AsyncClickerBase, keeper: RosterStore) -> None:
        self._desk = desk
        self._clickers = clickers
        self._keeper = keeper

    async def about_polls(self, request: Request) -> tuple[str, PollStatus | None]:
        """Open, close, look, give points; how the newest poll of the lesson stands."""
        try:
            match request.act:
                case Act.POLL_OPEN if request.poll is not None:
                    wish = request.poll
                    await self._desk.open(Question(wish.kind, wish.choices, wish.text, wish.answer))
                case Act.POLL_CLOSE:
                    await self._desk.close(time.monotonic_ns())
                case Act.POLL_SCORE if request.team:
                    await self._desk.give_points(request.team, request.points)
                case Act.POLL_SHOW:
                    if self._desk.lesson is None:
                        return "no-lesson", None
                    if not self._desk.polls:
                        return "no-poll", None
                case _:
                    return "not-understood", None
        except PollRejected as reason:
            return reason.word, None
        except InvalidQuestion as wrong:
            return f"bad-{wrong.word}", None
        return "", self._status(self._desk.polls[-1]) if self._desk.polls else None

    async def about_roster(self, request: Request) -> tuple[str, RosterStatus | None]:
        """Import, choose the class, listen to clickers, bind them; the roster then."""
        wish = request.roster
        pressed: list[str] = []
        try:
            match request.act:
                case Act.ROSTER_IMPORT:
                    await self._keeper.change(lambda roster: roster.with_classes(wish.classes))
                case Act.ROSTER_USE:
                    await self._keeper.change(lambda roster: roster.use(wish.use))
                case Act.ROSTER_BIND:
                    await self._keeper.change(lambda roster: roster.bind(wish.number, wish.device))
                case Act.ROSTER_LISTEN:
                    if not self._clickers.base.is_installed:
                        return "no-clickers", None
                    if self._desk.open_poll is not None:
                        return "poll-open", None
                    pressed = self._clickers.base.pressed_since(wish.since_ns)
                case _:
                    pass
        except NotInRoster:
            return "not-in-roster", None
        except OSError as error:
            return error.strerror or "disk-fails", None
        return "", _roster_status(self._keeper.roster, pressed)

    def _status(self, held: StoredPoll) -> PollStatus:
        poll, question = held.poll, held.poll.question
        school_class = self._keeper.roster.school_class(held.school_class)
        bound = school_class.of_device() if school_class is not None else {}
        verdicts = Counter(response.verdict for response in poll.responses)
        until_ns = time.monotonic_ns() if poll.closed_ns is None else poll.closed_ns
        counting = [one for one in poll.order() if not bound or one.press.device in bound]
        strangers = {one.press.device for one in poll.responses} - bound.keys() if bound else set()
        return PollStatus(
            lesson=held.lesson,
            number=poll.number,
            kind=question.kind,
            text=question.text,
            answer=question.answer,
            is_open=poll.is_open,
            open_s=round((until_ns - poll.opened_ns) / 1e9, 3),
            tally=poll.tally(bound or None),
            given=[
                CountedAnswer(
                    device=one.press.device,
                    name=bound[one.press.device].name if one.press.device in bound else "",
                    text=one.text,
                    after_ms=round((one.press.captured_ns - poll.opened_ns) / 1e6, 3),
                )
                for one in counting
            ],
            expected=len(bound),
            unknown=sorted(strangers),
            duplicates=verdicts[ResponseVerdict.DUPLICATE],
            late=verdicts[ResponseVerdict.LATE],
            invalid=verdicts[ResponseVerdict.INVALID],
            lost=poll.lost,
            unsaved=self._desk.unsaved,
        )


def _roster_status(roster: Roster, pressed: list[str]) -> RosterStatus:
    return RosterStatus(
        classes=[one.name for one in roster.classes], here=roster.here, pressed=pressed, now_ns=time.monotonic_ns()
    )
