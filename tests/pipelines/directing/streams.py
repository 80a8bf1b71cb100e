"""Streams of observations for the director: drawn ones, and a room that behaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from pipelines.directing.decisions import Decision
from pipelines.directing.director import Director
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import (
    CameraLook,
    CameraTrust,
    DirectorMode,
    HeadMoved,
    Marked,
    ModeChosen,
    Observation,
    PersonCut,
    PollChanged,
    SpeechHeard,
)
from pipelines.directing.recorded_director import RecordedDirector

SECOND_NS = 1_000_000_000
TICK_NS = 250_000_000
ROLES = ("teacher", "teacher-close", "students", "screen")

_shares = st.floats(0.0, 1.0)
_roles = st.sampled_from(ROLES)
_times = st.integers(0, 3 * SECOND_NS)


def observations(*, persons: bool = True) -> st.SearchStrategy[Observation]:
    """Any observation; its time is an offset that ``run`` adds to the time at which it is pushed."""
    kinds: list[st.SearchStrategy[Observation]] = [
        st.builds(CameraLook, _roles, _times, _shares, st.none() | _shares, st.none() | _shares, *[_shares] * 3),
        st.builds(CameraTrust, _roles, _times, st.booleans()),
        st.builds(SpeechHeard, st.sampled_from(["lapel", "ceiling"]), _times, _shares, st.floats(-90.0, 0.0)),
        st.builds(Marked, _times, st.sampled_from(["", "screen", "看学生", "?"])),
        st.builds(PollChanged, _times, st.booleans()),
        st.builds(HeadMoved, _roles, _times, st.booleans(), st.sampled_from(["", "close", "wide"])),
    ]
    if persons:
        kinds += [
            st.builds(PersonCut, _times, st.sampled_from([*ROLES, "", "kitchen"])),
            st.builds(ModeChosen, _times, st.sampled_from(DirectorMode)),
        ]
    return st.one_of(kinds)


@dataclass(frozen=True)
class Told:
    """What was observed between two ticks, and how long the next tick takes to come."""

    pushed: tuple[Observation, ...]
    wait_ns: int


def streams(*, persons: bool = True) -> st.SearchStrategy[list[Told]]:
    """Lessons of up to a few minutes in which nothing is as it should be."""
    waits = st.sampled_from([10_000_000, TICK_NS, SECOND_NS, SECOND_NS, 3 * SECOND_NS + 1])
    told = st.builds(Told, st.lists(observations(persons=persons), max_size=4).map(tuple), waits)
    return st.lists(told, max_size=80)


def run(director: Director, stream: Sequence[Told], begin_ns: int = 0) -> list[tuple[int, Decision]]:
    """Push and tick; the decisions with the time of the tick that made them."""
    now_ns, decided = begin_ns, []
    for told in stream:
        for one in told.pushed:
            director.push(one)
        decided += [(now_ns, decision) for decision in director.tick(now_ns)]
        now_ns += told.wait_ns
    return decided


@dataclass
class Room:
    """A room whose cameras look five times a second, and whose microphones are heard ten times."""

    director: Director | RecordedDirector
    roles: Sequence[str] = ROLES
    microphones: Sequence[str] = ("lapel", "ceiling")
    now_ns: int = 0

    def __post_init__(self) -> None:
        self.decided: list[Decision] = []
        self.decided += self.director.tick(0)

    def live(
        self,
        seconds: float,
        *,
        walks: bool = False,
        speaks: str = "teacher",
        stirs: bool = False,
        screen_change: float = 0.0,
    ) -> list[Decision]:
        """So many seconds of lesson; what was decided in them."""
        before = len(self.decided)
        end_ns = self.now_ns + round(seconds * SECOND_NS)
        while self.now_ns < end_ns:
            self.now_ns += SECOND_NS // 10
            self._hear(speaks)
            if self.now_ns % (SECOND_NS // 5) == 0:
                self._look(walks, stirs, screen_change)
                self.decided += self.director.tick(self.now_ns)
        return self.decided[before:]

    def tell(self, observation: Observation) -> None:
        self.director.push(observation)

    def _hear(self, speaks: str) -> None:
        levels = {"teacher": (-25.0, -38.0), "students": (-42.0, -35.0), "nobody": (-60.0, -60.0)}[speaks]
        heard = {"lapel": levels[0], "ceiling": levels[1]}
        for name in self.microphones:
            probability = 0.05 if speaks == "nobody" else 0.95
            self.tell(SpeechHeard(name, self.now_ns, probability, heard[name]))

    def _look(self, walks: bool, stirs: bool, screen_change: float) -> None:
        seconds = self.now_ns / SECOND_NS
        x = 0.2 + 0.6 * abs((seconds / 5.0) % 2 - 1) if walks else 0.5 + 0.02 * (seconds % 0.4)
        looks = {
            "teacher": CameraLook(
                "teacher", self.now_ns, 0.02 if walks else 0.006, x, 0.5, 0.05, height=0.4 if walks else 0.1
            ),
            "teacher-close": CameraLook("teacher-close", self.now_ns, 0.03, 0.5, 0.5, 0.1),
            "students": CameraLook("students", self.now_ns, 0.02 if stirs else 0.002, 0.3, 0.6, 0.2),
            "screen": CameraLook("screen", self.now_ns, screen_change, None, None, 0.0, screen_change),
        }
        for role in self.roles:
            self.tell(looks[role])


def director(rules: DirectorRules | None = None, roles: Sequence[str] = ROLES) -> Director:
    return Director(rules or DirectorRules(), roles)
