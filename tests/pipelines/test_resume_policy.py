"""A lesson that was cut off is resumed only where the outage is known and short."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.journal.entries import Begin, Cause, ClockReading, End, Entry, Pause, Resumed
from pipelines.journal.lesson_clock import replay_clock
from pipelines.recording.resume_state import ResumePoint, ResumeState
from pipelines.recovery.resume_policy import LONGEST_OUTAGE_NS, LessonOver, OutageUnknown, decide_resume
from pipelines.system_clocks import ClockSnapshot

S = 1_000_000_000
BEGIN = Begin(lesson="l", school="s", room="r", boot_id="boot", at_ns=1000 * S)
ANCHOR = ClockReading(at_ns=1010 * S, wall_ns=5_000_010 * S, synchronised=True)
PAUSE = Pause(at_ns=1020 * S, lesson_ns=20 * S)
# The lesson has run to 30 s: it was last alive at 1030 s of the first boot, 5 000 030 s of the wall clock.
KEPT = 30 * S


def same_boot(at_s: float) -> ClockSnapshot:
    return ClockSnapshot("boot", int(at_s * S), 0, is_synchronised=False, uptime_ns=int(at_s * S))


def rebooted(wall_s: float, *, synchronised: bool = True) -> ClockSnapshot:
    return ClockSnapshot("other", 7 * S, int(wall_s * S), is_synchronised=synchronised, uptime_ns=7 * S)


def on(at_s: int, lesson_s: int, cause: Cause, outage_s: int | None, *, paused: bool = False) -> ResumePoint:
    return ResumePoint(at_s * S, lesson_s * S, paused, cause, None if outage_s is None else outage_s * S)


RESUMED = Resumed(at_ns=1040 * S, lesson_ns=20 * S, boot_id="boot", cause=Cause.TEACHER)
ENDED = End(at_ns=1030 * S, lesson_ns=30 * S, cause=Cause.TEACHER)
NO_CLOCK = ANCHOR.model_copy(update={"synchronised": False})
CASES: dict[str, tuple[list[Entry], ClockSnapshot, object]] = {
    "lesson time never stopped": ([BEGIN], same_boot(1033), on(1000, 0, Cause.RESTART, 3)),
    "too long a restart": ([BEGIN], same_boot(1631), LessonOver(KEPT)),
    "a pause is as long as you like": (
        [BEGIN, PAUSE],
        same_boot(9000),
        on(1020, 20, Cause.RESTART, None, paused=True),
    ),
    "after a pause": ([BEGIN, PAUSE, RESUMED], same_boot(1052), on(1040, 20, Cause.RESTART, 2)),
    "a short reboot": ([BEGIN, ANCHOR], rebooted(5_000_100), on(7, 30, Cause.REBOOT, 70)),
    "too long a reboot": ([BEGIN, ANCHOR], rebooted(5_000_631), LessonOver(KEPT)),
    "no clock yet": ([BEGIN, ANCHOR], rebooted(5_000_100, synchronised=False), OutageUnknown(KEPT)),
    "the epoch again": ([BEGIN, ANCHOR], rebooted(0, synchronised=False), OutageUnknown(KEPT)),
    "no clock for too long": (
        [BEGIN, ANCHOR],
        replace(rebooted(5_000_100, synchronised=False), uptime_ns=601 * S),
        LessonOver(KEPT),
    ),
    "no anchor then": ([BEGIN], rebooted(5_000_100), LessonOver(KEPT)),
    "no clock then": ([BEGIN, NO_CLOCK], rebooted(5_000_100), LessonOver(KEPT)),
    "the last good anchor counts": (
        [BEGIN, ANCHOR, NO_CLOCK],
        rebooted(5_000_100),
        on(7, 30, Cause.REBOOT, 70),
    ),
    "a clock that went back": ([BEGIN, ANCHOR], rebooted(4_999_000), LessonOver(KEPT)),
    "ended": ([BEGIN, ENDED], same_boot(1031), None),
    "nothing to go on from": ([], same_boot(1031), None),
}


@pytest.mark.parametrize(("entries", "now", "wanted"), CASES.values(), ids=CASES.keys())
def test_the_decision_in_each_case(entries: list[Entry], now: ClockSnapshot, wanted: object) -> None:
    assert decide_resume(replay_clock(entries), KEPT, now) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize("case", ["lesson time never stopped", "after a pause", "a short reboot"])
def test_a_lesson_that_goes_on_says_at_which_lesson_time(case: str) -> None:
    reached_s = {"lesson time never stopped": 33, "after a pause": 32, "a short reboot": 30}[case]
    entries, now, point = CASES[case]
    assert isinstance(point, ResumePoint)
    assert point.reached_ns(now.at_ns) == reached_s * S
    (resumed, *_) = ResumeState({}, point).journal_entries(now.at_ns, now.boot_id)
    assert isinstance(resumed, Resumed)
    assert (resumed.at_ns, resumed.lesson_ns) == (now.at_ns, reached_s * S)
    later_ns = now.at_ns + 5 * S
    assert replay_clock([*entries, resumed]).lesson_ns(now.boot_id, later_ns) == reached_s * S + 5 * S


def test_a_pause_that_outlived_a_reboot_is_measured_in_the_new_boot() -> None:
    """After one reboot the journal speaks the new boot's time, so that the next restart does not mix the two."""
    resumed = Resumed(at_ns=50 * S, lesson_ns=20 * S, boot_id="other", cause=Cause.REBOOT)
    clock = replay_clock([BEGIN, ANCHOR, PAUSE, resumed, Pause(at_ns=50 * S, lesson_ns=20 * S)])
    assert clock.wall_ns("other", 50 * S) is None
    assert decide_resume(clock, 20 * S, replace(rebooted(0), at_ns=90 * S)) == ResumePoint(
        50 * S, 20 * S, True, Cause.RESTART, None
    )


@given(
    ran_s=st.integers(0, 5_000),
    outage_s=st.integers(0, 5_000),
    lost_ms=st.integers(0, 900),
    reboot=st.booleans(),
    paused=st.booleans(),
)
def test_lesson_time_never_goes_back_and_no_long_outage_is_bridged(
    ran_s: int, outage_s: int, lost_ms: int, reboot: bool, paused: bool
) -> None:
    kept_ns = max(0, ran_s * S - lost_ms * 1_000_000)
    entries: list[Entry] = [BEGIN, ANCHOR]
    if paused:
        entries.append(Pause(at_ns=BEGIN.at_ns + ran_s * S, lesson_ns=ran_s * S))
    gone_s = 1000 + ran_s + outage_s
    now = rebooted(4_999_000 + gone_s) if reboot else same_boot(gone_s)
    decision = decide_resume(replay_clock(entries), kept_ns, now)
    if isinstance(decision, ResumePoint):
        assert decision.is_paused == paused
        assert decision.at_ns is not None
        reached = decision.lesson_ns if reboot or paused else decision.lesson_ns + now.at_ns - decision.at_ns
        assert reached >= kept_ns
        assert (paused and not reboot) or (decision.outage_ns or 0) <= LONGEST_OUTAGE_NS
    else:
        assert decision == LessonOver(kept_ns)
        assert outage_s * S + lost_ms * 1_000_000 > LONGEST_OUTAGE_NS
