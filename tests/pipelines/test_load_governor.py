"""A box that cannot keep up gives way in the stated order, comes back, and does not waver while the load stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.encoding.load_governor import PRESETS, DegradationStage, LoadGovernor, TrackLoad, by_importance

SECOND_NS = 1_000_000_000
FPS = 25.0
CORES = 2
ROLES = ("students", "teacher", "screen")
BELT_S = 5.0


@dataclass
class Box:
    """Threads that share some cores; ``work`` is each role's, in cores, at the best preset."""

    work: dict[str, float]
    cores: float = CORES
    cheaper: float = 0.6
    pinned: bool = False
    coarser: float | None = None
    stages: list[DegradationStage] = field(default_factory=list)
    late_s: dict[str, float] = field(default_factory=dict)
    now_ns: int = 0

    def __post_init__(self) -> None:
        coarser_first = self.coarser is not None
        self.governor = LoadGovernor(PRESETS[0], PRESETS[0], CORES, pinned=self.pinned, coarser_first=coarser_first)
        self.late_s = dict.fromkeys(self.work, 0.0)

    def demand(self, role: str) -> float:
        stage = self.governor.stage
        preset = 1.0 if stage.preset == PRESETS[0] else self.cheaper
        preset *= self.coarser or 1.0 if self.governor.bitrate_share < 1 else 1.0
        return self.work[role] * preset * (0.5 if role in stage.halved_roles else 1.0)

    def second(self) -> None:
        wanted = {role: 1.0 if self.late_s[role] else min(1.0, self.demand(role)) for role in self.work}
        share = min(1.0, self.cores / sum(wanted.values()))
        loads = []
        for role, most in wanted.items():
            behind = self.late_s[role] + 1 - most * share / self.demand(role)
            self.late_s[role] = min(BELT_S, max(0.0, behind))
            busy = 1.0 if self.late_s[role] else self.demand(role)
            loads.append(TrackLoad(role, FPS, self.late_s[role], busy, has_preset=True))
        self.now_ns += SECOND_NS
        self.stages.append(self.governor.decide(loads, self.now_ns))

    def run(self, seconds: int) -> list[DegradationStage]:
        for _ in range(seconds):
            self.second()
        return self.stages


def depth(stage: DegradationStage, *, coarser_first: bool = False) -> int:
    effort = 2 * PRESETS.index(stage.preset) + stage.is_coarser if coarser_first else PRESETS.index(stage.preset)
    return effort + len(stage.halved_roles)


def changes(stages: list[DegradationStage]) -> list[int]:
    """+1 for each step down, -1 for each step back."""
    return [depth(after) - depth(before) for before, after in pairwise(stages) if after != before]


works = st.dictionaries(st.sampled_from(ROLES), st.floats(0.02, 3.0), min_size=1)


@given(work=works, cheaper=st.floats(0.56, 0.95), pinned=st.booleans(), later=works)
@settings(max_examples=20)
def test_the_order_is_kept_whatever_happens(
    work: dict[str, float], cheaper: float, pinned: bool, later: dict[str, float]
) -> None:
    box = Box(work, cheaper=cheaper, pinned=pinned)
    box.run(60)
    box.work = {role: later.get(role, work[role]) for role in work}
    least_first = by_importance(work)[::-1]
    for stage in box.run(120):
        assert set(stage.halved_roles) == set(least_first[: len(stage.halved_roles)])
        assert stage.preset == (PRESETS[0] if pinned else stage.preset)
        assert pinned or not stage.halved_roles or stage.preset == PRESETS[-1], "the preset gives way before any rate"
    assert all(abs(step) == 1 for step in changes(box.stages))
    downs = [at for at, (before, after) in enumerate(pairwise(box.stages)) if depth(after) > depth(before)]
    assert all(later - earlier >= 3 for earlier, later in pairwise(downs)), "each step has its time to work"


@given(work=works, cheaper=st.floats(0.56, 0.95))
@settings(max_examples=20)
def test_under_a_constant_load_it_settles_for_good(work: dict[str, float], cheaper: float) -> None:
    """What it took too much of it may take back; after that nothing moves in a lesson."""
    # What falls a millisecond a second behind is noticed after half an hour only.
    assume(all(not 1.0 < share * effort < 1.01 for share in work.values() for effort in (1.0, cheaper)))
    stages = Box(work, cheaper=cheaper).run(2700)
    steps = changes(stages)
    assert steps == sorted(steps, reverse=True), "once it has stepped back it does not step down again"
    assert len(set(stages[600:])) == 1


@given(work=works, neighbour=st.floats(0.1, 1.8), cheaper=st.floats(0.3, 0.95))
@settings(max_examples=20)
def test_where_it_cannot_know_better_it_tries_ever_more_seldom(
    work: dict[str, float], neighbour: float, cheaper: float
) -> None:
    """A neighbour takes cores that it believes are there, or a preset costs more than it thinks."""
    steps = changes(Box(work, cores=CORES - neighbour, cheaper=cheaper).run(2700))
    relapses = [now for before, now in pairwise(steps) if before < 0 < now]
    assert len(relapses) <= 8


@given(work=works, light=st.floats(0.01, 0.08))
@settings(max_examples=20)
def test_when_the_load_goes_everything_comes_back(work: dict[str, float], light: float) -> None:
    box = Box(work)
    given_up = depth(box.run(60)[-1])
    box.work = dict.fromkeys(work, light)
    relapses = sum(step > 0 for step in changes(box.stages))
    assert depth(box.run(10 + 20 * 2**relapses * max(1, given_up))[-1]) == 0
    assert not box.governor.steps_down


@pytest.mark.parametrize("stall_s", [1.0, 3.0, 5.0])
def test_a_machine_that_stood_still_and_catches_up_gives_up_nothing(stall_s: float) -> None:
    box = Box({"teacher": 0.4})
    box.run(10)
    box.late_s["teacher"] = stall_s
    assert changes(box.run(30)) == []


def test_nothing_is_decided_from_before_a_pause() -> None:
    """A lesson that was late when it was paused has caught up since, or shows it."""
    governor = LoadGovernor(PRESETS[0], PRESETS[0], CORES, pinned=False)

    def late(seconds: float) -> list[TrackLoad]:
        return [TrackLoad("teacher", FPS, seconds, 1.0, has_preset=True)]

    governor.decide(late(1.0), SECOND_NS)
    assert governor.decide(late(1.5), 60 * SECOND_NS) == DegradationStage(PRESETS[0])
    assert governor.decide(late(2.0), 61 * SECOND_NS) == DegradationStage(PRESETS[1])


def test_hardware_has_no_preset_to_give() -> None:
    governor = LoadGovernor(PRESETS[0], PRESETS[0], CORES, pinned=False)
    loads = [TrackLoad(role, FPS, 2.5, 1.0, has_preset=False) for role in ("teacher", "students")]
    slow = [TrackLoad("screen", 5.0, 2.5, 1.0, has_preset=False)]
    for second in range(1, 20):
        stage = governor.decide(loads + slow, second * SECOND_NS)
    assert stage == DegradationStage(PRESETS[0], ("students", "teacher")), "five pictures a second are few enough"


@given(work=works, cheaper=st.floats(0.56, 0.95), coarser=st.floats(0.7, 0.98), later=works)
@settings(max_examples=20)
def test_the_quantiser_gives_way_before_the_preset_and_comes_back_after_it(
    work: dict[str, float], cheaper: float, coarser: float, later: dict[str, float]
) -> None:
    box = Box(work, cheaper=cheaper, coarser=coarser)
    box.run(60)
    box.work = {role: later.get(role, work[role]) for role in work}
    stages = [DegradationStage(PRESETS[0]), *box.run(240)]
    depths = [depth(stage, coarser_first=True) for stage in stages]
    assert all(abs(after - before) <= 1 for before, after in pairwise(depths))
    assert all(not stage.halved_roles or stage.preset == PRESETS[-1] for stage in stages)
    assert box.governor.steps_down == depths[-1]
    assert (box.governor.bitrate_share == 1.0) == (stages[-1].preset == PRESETS[0] and not stages[-1].is_coarser)
