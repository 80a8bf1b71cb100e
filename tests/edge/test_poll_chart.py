"""A poll on a terminal: bars, the order of a rush, and what is told besides."""

from __future__ import annotations

import io

from rich.console import Console

from edge.classroom.polls import PollKind
from edge.i18n import Language
from edge.link.poll_messages import CountedAnswer, PollStatus
from edge.terminal.poll_chart import poll_chart


def shown(poll: PollStatus, language: Language = "en") -> list[str]:
    out = io.StringIO()
    Console(file=out, width=100).print(poll_chart(poll, language))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_bar_for_each_answer_and_what_did_not_count() -> None:
    poll = PollStatus(
        lesson="r204-7f3a-000001",
        number=2,
        kind=PollKind.TRUE_FALSE,
        text="2 + 2 = 5",
        answer="B",
        is_open=True,
        open_s=12.4,
        tally={"A": 8, "B": 2},
        given=[CountedAnswer(device=str(n), text="A", after_ms=n) for n in range(10)],
        expected=40,
        unknown=["77", "78"],
        duplicates=3,
        late=1,
        lost=2,
        unsaved=4,
    )
    assert shown(poll) == [
        "Poll 2: true or false. 2 + 2 = 5",
        "10 of 40 have answered  open for 12 s",
        f"true  {'█' * 32} 8",
        f"false {'█' * 8}{' ' * 24} 2",
        "clickers that are nobody's: 77, 78",
        "3 duplicates, 1 late, 0 invalid, 2 lost",
        "4 answers wait for the disk",
    ]


def test_a_rush_shows_who_was_first() -> None:
    given = [CountedAnswer(device=str(n), name="张伟" * (n == 0), text="", after_ms=12.5 * (n + 1)) for n in range(7)]
    poll = PollStatus(
        lesson="r204-7f3a-000001", number=1, kind=PollKind.RUSH, is_open=False, open_s=3, given=given, tally={"": 7}
    )
    assert shown(poll, "zh-CN")[1:4] == ["7 人已答  已收，共 3 秒", "1. 张伟　0.013 秒", "2. 反馈器 1　0.025 秒"]
    assert len(shown(poll)) == 7, "the first five"
