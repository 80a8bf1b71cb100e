"""Rate control by lesson seconds: bounds that no scene breaks, and a QP that comes back and does not waver."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.rate_controller import (
    COARSEST_QP,
    CREDIT_S,
    FINEST_QP,
    LARGEST_SECOND_S,
    Action,
    RateController,
    first_qp,
)

KBPS = 4000
# Lessons of minutes are not made smaller one picture at a time.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SECOND_BITS = KBPS * 1000


@dataclass(frozen=True)
class Scene:
    """Bits of its pictures, in seconds of the rate at QP 27: a key picture's, and those of a second of inter pictures.

    Below ``cliff`` the sensor's noise is coded: ``steepness`` times as many bits for each step.
    """

    key: float
    inter: float
    cliff: int = 0
    steepness: float = 1.0
    halving: float = 6.0
    jitter: float = 0.0

    def bits(self, qp: int, fps: float, dice: Random, *, is_key: bool) -> float:
        size = self.key if is_key else self.inter / fps
        size *= 2 ** ((27 - qp) / self.halving)
        if not is_key and qp < self.cliff:
            size *= self.steepness ** (self.cliff - qp)
        return size * dice.uniform(1 - self.jitter, 1 + self.jitter) * SECOND_BITS


@dataclass
class Camera:
    """Pictures of one scene after the other, encoded as the controller wants it."""

    seed: int = 1
    start: int = 0
    controller: RateController = field(default_factory=lambda: RateController(KBPS, first_qp(KBPS, 1920 * 1080 * 30)))
    spent: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    forced: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    qps: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    left_out: int = 0
    encodes: int = 0

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)

    def film(
        self, scene: Scene, seconds: float, fps: float = 30.0, lie: Callable[[Random], float] | None = None
    ) -> None:
        for _ in range(max(1, round(seconds * fps))):
            self._picture(scene, fps, lie(self.dice) if lie else 1.0)
            self.start += round(VIDEO_TIMESCALE / fps)

    def _picture(self, scene: Scene, fps: float, lie: float) -> None:
        second = self.start // VIDEO_TIMESCALE
        is_first = second not in self.spent
        step = self.controller.plan(self.start, key=is_first)
        assert not is_first or step.action is Action.KEY
        while step.action is not Action.LEAVE_OUT:
            assert FINEST_QP <= step.qp <= COARSEST_QP
            self.encodes += 1
            is_key = step.action is Action.KEY
            octets = max(20, int(scene.bits(step.qp, fps, self.dice, is_key=is_key) * lie / 8))
            again = self.controller.review(octets)
            if again is None:
                self.spent[second] += octets * 8 / SECOND_BITS
                if is_first and step.qp == COARSEST_QP:
                    self.forced[second] = octets * 8 / SECOND_BITS
                if is_key:
                    self.qps[second].append(step.qp)
                return
            step = again
        assert not is_first, "a second's first picture is always kept"
        self.spent[second] += 0.0
        self.left_out += 1

    def assert_bounded(self) -> None:
        for second, spent in self.spent.items():
            assert spent <= max(LARGEST_SECOND_S, self.forced[second]) + 1e-6
        last = max(self.spent)
        for begin in range(max(1, last - 58)):
            minute = range(begin, begin + 60)
            forced = sum(self.forced[one] for one in minute if self.forced[one] > 1)
            assert sum(self.spent.get(one, 0.0) for one in minute) <= 60 + CREDIT_S + forced + 1e-6

    def changes(self, seconds: range) -> int:
        qps = [qp for second in seconds for qp in self.qps[second]]
        return sum(before != after for before, after in pairwise(qps))


scenes = st.builds(
    Scene,
    key=st.floats(0.01, 30),
    inter=st.floats(0.01, 200),
    cliff=st.integers(0, 40),
    steepness=st.floats(1, 4),
    halving=st.floats(2.5, 20),
    jitter=st.floats(0, 0.9),
)


@given(
    shots=st.lists(
        st.tuples(scenes, st.floats(0.1, 9), st.sampled_from([3.0, 7.5, 15.0, 30.0])), min_size=1, max_size=12
    ),
    seed=st.integers(0, 99),
    most=st.sampled_from([1.0, 3.0, 50.0]),
)
@settings(max_examples=40, deadline=None, phases=PHASES)
def test_no_scene_breaks_a_bound(shots: list[tuple[Scene, float, float]], seed: int, most: float) -> None:
    """Scenes that change at any time, pictures that are much larger or smaller than the last, rates that vary."""
    camera = Camera(seed)
    for scene, seconds, fps in shots:
        camera.film(scene, seconds, fps, lambda dice: dice.uniform(1 / most, most))
    camera.assert_bounded()
    seconds = len(camera.spent)
    pictures = sum(max(1, round(seconds * fps)) for _, seconds, fps in shots)
    assert camera.encodes <= pictures + 10 * seconds, "no scene makes the encoder work without end"


ordinary = st.builds(
    Scene,
    key=st.floats(0.05, 0.4),
    inter=st.floats(0.05, 3),
    cliff=st.integers(20, 30),
    steepness=st.floats(1, 3.5),
    halving=st.floats(4, 7),
    jitter=st.floats(0, 0.15),
)


@example(scene=Scene(0.065, 0.263, 30, 3.2, 4.8, 1e-05), fps=25.0, seed=13)
@example(scene=Scene(0.25, 0.25, 25, 3.0, 4.0), fps=5.0, seed=0)
@given(scene=ordinary, fps=st.sampled_from([5.0, 12.5, 25.0]), seed=st.integers(0, 99))
@settings(max_examples=8, deadline=None, phases=PHASES)
def test_on_a_scene_that_stays_it_does_not_waver(scene: Scene, fps: float, seed: int) -> None:
    camera = Camera(seed)
    camera.film(scene, 400, fps)
    camera.assert_bounded()
    assert camera.changes(range(100, 400)) <= 6
    assert not camera.left_out
    late = sum(camera.spent[second] for second in range(100, 400)) / 300
    finest = min(qp for second in range(300, 400) for qp in camera.qps[second])
    assert finest == FINEST_QP or late > 0.2, "what is configured is made use of"


@example(calm=Scene(0.3, 1.8, 26, 1.25, 6.9), hard=Scene(29.0, 189.0, 36, 3.7, 20.0, 0.2), seconds=20.0, seed=50)
@given(calm=ordinary, hard=scenes, seconds=st.floats(0.3, 20), seed=st.integers(0, 99))
@settings(max_examples=15, deadline=None, phases=PHASES)
def test_after_a_hard_scene_the_quality_comes_back(calm: Scene, hard: Scene, seconds: float, seed: int) -> None:
    undisturbed = Camera(seed)
    undisturbed.film(calm, 120)
    camera = Camera(seed)
    camera.film(calm, 40)
    camera.film(hard, seconds)
    camera.film(calm, 80)
    camera.assert_bounded()
    last = max(camera.qps)
    assert min(camera.qps[last]) <= max(undisturbed.qps[119]) + 2


def test_its_state_does_not_grow_with_the_lesson() -> None:
    camera = Camera()
    dice = Random(5)
    sizes = []
    for _ in range(30):
        for _ in range(8):
            camera.film(
                Scene(dice.uniform(0.05, 3), dice.uniform(0.05, 20), dice.randint(0, 40), 2.0), dice.uniform(1, 9)
            )
        sizes.append(len(pickle.dumps(camera.controller)))
    assert max(sizes[15:]) <= max(sizes[:15]) + 500


def test_a_second_that_another_encoder_began_stays_within_its_bound() -> None:
    camera = Camera()
    camera.film(Scene(0.1, 0.1), 9.5)
    camera.start += VIDEO_TIMESCALE
    camera.controller.spend(camera.start, SECOND_BITS // 8)
    second = camera.start // VIDEO_TIMESCALE
    camera.film(Scene(0.6, 40), 0.5)
    assert 0 < camera.spent[second] <= LARGEST_SECOND_S - 1
