"""The plan of today, whether the box knows the time, and by whom: the verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from edge.calibration.finding_makers import advice, fact, figure, unmeasured
from edge.calibration.results import Finding, Range, Tolerance, Verdict
from edge.link.timetable_messages import DayStatus
from pipelines.measuring.estimate import Estimate

# A lesson is found by its bell to the minute; pictures of two boxes are compared by the second.
OFFSET_MS = Tolerance(good=Range(low=-100, high=100), acceptable=Range(low=-2000, high=2000))

_FAULT = "timetable-"
_FAULTS = ("unreadable", "unreachable", "holidays", "clock")


def judge_day(day: DayStatus | None, faults: Sequence[str], *, is_configured: bool) -> list[Finding]:
    """The findings about today's plan; ``faults`` are the codes of the room's status."""
    findings = [
        fact("timetable-fault", fault, Verdict.BAD, advice(f"timetable-{fault.removeprefix(_FAULT)}"))
        for fault in faults
        if fault.removeprefix(_FAULT) in _FAULTS and fault.startswith(_FAULT)
    ]
    if day is None:
        code = "timetable-restart" if is_configured else "timetable-none"
        findings.append(fact("timetable-today", "", Verdict.ACCEPTABLE, advice(code)))
        return findings
    if day.date is None:
        findings.append(unmeasured("timetable-today", advice("clock-unknown")))
        return findings
    if day.is_stale:
        findings.append(fact("timetable-source", "", Verdict.ACCEPTABLE, advice("timetable-stale")))
    if day.lessons:
        first, last = day.lessons[0].start, day.lessons[-1].end
        findings.append(fact("timetable-today", f"{day.date} {len(day.lessons)} × {first:%H:%M}–{last:%H:%M}"))
    elif day.note is not None or day.date.isoweekday() > 5:
        findings.append(fact("timetable-today", f"{day.date} 0"))
    else:
        empty = advice("timetable-empty")
        findings.append(fact("timetable-today", f"{day.date} 0", Verdict.ACCEPTABLE, empty))
    return findings


def judge_clock(server: str, offset: Estimate | None, *, is_synchronised: bool, is_trusted: bool) -> list[Finding]:
    """The findings about the clock: whether a time service disciplines it, by which server, and how far it is off.

    ``offset`` is in seconds, None where the server did not answer. ``is_trusted``: the config says that the clock is
    right without a time service.
    """
    if is_synchronised:
        findings = [fact("clock-synchronised")]
    elif is_trusted:
        findings = [fact("clock-synchronised", "", Verdict.ACCEPTABLE, advice("clock-trusted"))]
    else:
        findings = [fact("clock-synchronised", "", Verdict.BAD, advice("clock-unsynchronised"))]
    if not server:
        findings.append(fact("time-server", "", Verdict.ACCEPTABLE, advice("time-server-none")))
        return findings
    findings.append(fact("time-server", server))
    if offset is None:
        findings.append(unmeasured("clock-offset", advice("time-server-silent", server=server)))
    else:
        findings.append(
            figure(
                "clock-offset",
                offset.value * 1e3,
                OFFSET_MS,
                advice("clock-off"),
                unit="ms",
                half_width=offset.half_width * 1e3,
            )
        )
    return findings
