"""Roll call: the presses that were heard of those that were asked for, seat by seat, and the verdict on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from scipy.stats import binomtest

from edge.calibration.finding_makers import advice, at_least, at_most, fact, figure
from edge.calibration.results import Finding, Verdict
from edge.classroom.polls import SAME_PRESS_NS
from edge.classroom.roster import SchoolClass

ANSWERED_PERCENT = at_least(100, 95)
# A press that is not heard is pressed again by a student who sees no tick; above 5 % a poll takes noticeably longer.
LOSS_PERCENT = at_most(2, 5)
# One of three presses: that may have been the finger.
SEAT_LOSS_PERCENT = at_most(0, 34)

_WIDEST = 78
_PLAIN_ROW = 8
# The row and the place in it: A12, 3-2, 3排2.
_ROW_AND_PLACE = (re.compile(r"([^\W\d_]+)[ -]?(\d+)"), re.compile(r"(\d+)\D+(\d+)\D?"))
_MOST_NAMED = 12

Press = tuple[int, str]
"""When (CLOCK_MONOTONIC, ns), and of which clicker."""


@dataclass(frozen=True, slots=True)
class SeatCount:
    """A seat, or a place in the list where the list has no seats; ``asked`` is 0 for one without a clicker."""

    seat: str
    asked: int
    heard: int

    @property
    def loss_percent(self) -> float:
        """The share of its presses that was not heard."""
        return 100 * (self.asked - self.heard) / self.asked if self.asked else 0.0


def count_presses(presses: Iterable[Press]) -> Counter[str]:
    """Count each clicker's presses; what a base repeats of a press within ``SAME_PRESS_NS`` is the same press."""
    counts: Counter[str] = Counter()
    last_ns: dict[str, int] = {}
    for at_ns, device in sorted(presses):
        if device not in last_ns or at_ns - last_ns[device] >= SAME_PRESS_NS:
            counts[device] += 1
        last_ns[device] = at_ns
    return counts


def seat_counts(here: SchoolClass, heard: Mapping[str, int], asked: int) -> list[SeatCount]:
    """What was heard of each seat of the class; more presses than ``asked`` are no better."""
    return [
        SeatCount(
            student.seat or f"#{place}",
            asked if student.device else 0,
            min(heard.get(student.device, 0), asked) if student.device else 0,
        )
        for place, student in enumerate(here.students, start=1)
    ]


def judge_roll_call(seats: Sequence[SeatCount], strangers: int) -> list[Finding]:
    """The findings of a roll call; ``strangers`` is how many clickers were heard that belong to nobody.

    The loss is that of the seats which were heard at all: a silent one is a finding of its own. Its interval is
    Wilson's (Brown, Cai, DasGupta, Interval Estimation for a Binomial Proportion, Statistical Science 2001).
    """
    bound = [seat for seat in seats if seat.asked]
    silent = [seat.seat for seat in bound if not seat.heard]
    findings = [
        figure(
            "clickers-answered",
            100 * (len(bound) - len(silent)) / len(bound),
            ANSWERED_PERCENT,
            advice("clickers-silent", seats=_named(silent)),
            unit="%",
            text=f"{len(bound) - len(silent)}/{len(bound)}",
        )
    ]
    answering = [seat for seat in bound if seat.heard]
    if asked := sum(seat.asked for seat in answering):
        lost = asked - sum(seat.heard for seat in answering)
        interval = binomtest(lost, asked).proportion_ci(method="wilson")
        worst = sorted((seat for seat in answering if seat.loss_percent), key=lambda seat: -seat.loss_percent)
        findings.append(
            figure(
                "clickers-loss",
                100 * lost / asked,
                LOSS_PERCENT,
                advice("clickers-loss", seats=_named([seat.seat for seat in worst])),
                unit="%",
                half_width=50 * float(interval.high - interval.low),
                text=f"{lost}/{asked}",
            )
        )
        move = advice("clickers-seat-loss")
        findings += [
            figure("clickers-seat-loss", seat.loss_percent, SEAT_LOSS_PERCENT, move, unit="%", device=seat.seat)
            for seat in worst
        ]
    if unbound := len(seats) - len(bound):
        findings.append(fact("clickers-unbound", str(unbound), Verdict.ACCEPTABLE, advice("clickers-unbound")))
    if strangers:
        findings.append(fact("clickers-strangers", str(strangers), Verdict.ACCEPTABLE, advice("clickers-strangers")))
    return findings


def coverage_map(seats: Sequence[SeatCount]) -> list[str]:
    """The seats as lines of text, row by row where their names tell rows: ``A1 3/3``; ``--`` has no clicker."""
    lines: list[str] = []
    rows = [[f"{seat.seat} {_share(seat)}" for seat in row] for row in _rows(seats)]
    width = max((cell_len(cell) for row in rows for cell in row), default=0) + 2
    count = max(1, _WIDEST // width)
    for row in rows:
        for start in range(0, len(row), count):
            cells = (cell + " " * (width - cell_len(cell)) for cell in row[start : start + count])
            lines.append("".join(cells).rstrip())
    return lines


def _share(seat: SeatCount) -> str:
    return f"{seat.heard}/{seat.asked}" if seat.asked else "--"


def _rows(seats: Sequence[SeatCount]) -> list[list[SeatCount]]:
    for pattern in _ROW_AND_PLACE:
        found = [pattern.fullmatch(seat.seat) for seat in seats]
        if all(found):
            placed = [(match[1], int(match[2]), seat) for match, seat in zip(found, seats, strict=True) if match]
            names = sorted({row for row, _, _ in placed}, key=lambda row: (row.isdecimal() and int(row), row))
            return [[seat for of, _, seat in sorted(placed, key=lambda one: one[1]) if of == row] for row in names]
    ordered = sorted(seats, key=lambda seat: int(seat.seat)) if all(s.seat.isdecimal() for s in seats) else list(seats)
    return [ordered[start : start + _PLAIN_ROW] for start in range(0, len(ordered), _PLAIN_ROW)]


def _named(seats: Sequence[str]) -> str:
    return ", ".join(seats[:_MOST_NAMED]) + (" …" if len(seats) > _MOST_NAMED else "")
