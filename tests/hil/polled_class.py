"""A class with clickers and a head that turns, simulated by their far sides on the host, and a poll among them."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.clicker.simulation.link_faults import MessageFate, MessageFaults
from drivers.clicker.simulation.protocols import IClickerProtocol, Rf217Rf218Protocol
from drivers.clicker.simulation.simulated_base import SimulatedBase
from drivers.clicker.simulation.simulated_class import SimulatedClass
from drivers.ptz.simulation.device import HeadFault, ViscaDevice
from drivers.ptz.simulation.lossy_link import LinkFaults, LossyLink
from drivers.ptz.simulation.motion import HeadMotion
from drivers.ptz.simulation.transports import PlainCodec
from drivers.truth_log import TruthLog
from edge.school.polls_json import PollResults
from tests.hil.cables import BaseCable, HeadCable
from tests.hil.classroom import Classroom
from tests.hil.machine import EMULATED

PODIUM, BOARD = 1, 2
BACK_S = 3.0 * EMULATED
_CHANGE_THEIR_MINDS = 0.2


class SchoolClass:
    """Students behind a base, which outlives its unplugging; all answer within ``within_s`` of a question."""

    def __init__(
        self,
        cable: BaseCable,
        protocol: IClickerProtocol | Rf217Rf218Protocol,
        students: int,
        within_s: float,
        log: Path,
        *,
        duplicates: float = 0.0,
        corruption: float = 0.0,
    ) -> None:
        self.unheard = threading.Event()
        self._log = log
        dice = random.Random(1)
        self.base = SimulatedBase(
            cable,
            protocol,
            SimulatedClass(protocol.device_ids(students, dice), dice, within_s * 1e3, _CHANGE_THEIR_MINDS),
            MessageFaults(dice, loss=0.0, duplicates=duplicates, corruption=corruption),
            TruthLog(log),
            is_unplugged=lambda: False,
            is_silent=self.unheard.is_set,
            on_question=lambda _: None,
        )

    def presses(self) -> list[Mapping[str, Any]]:
        """Every copy of an answer, and its fate."""
        lines = map(json.loads, self._log.read_text().splitlines())
        return [line for line in lines if line["event"] == "answer"]

    def stop_hearing(self) -> None:
        """What is pressed now is lost, and known to be."""
        self.unheard.set()
        time.sleep(1.0)  # what was on its way is read


class Head:
    """A head that keeps its place while nobody is connected; ``arrived`` are the presets that it has reached."""

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self._device = ViscaDevice(1, HeadMotion(travel_s=1.0), self._log)

    def connected_by(self, cable: HeadCable) -> LossyLink:
        """Obey what comes over this cable, until it is closed."""
        return LossyLink(self._device, cable, PlainCodec(), LinkFaults(), random.Random(1), lambda: HeadFault.NONE)

    def _log(self, _at_ns: int, what: str, more: Mapping[str, Any]) -> None:
        if what == "arrived":
            self.arrived.append(more["preset"])


@dataclass(frozen=True)
class Polled:
    """What came of the poll: the box's book, every press and its fate, where the head went, who was back when."""

    book: PollResults
    presses: list[Mapping[str, Any]]
    arrived: list[int]
    lamp: bool
    back_s: dict[str, float]

    def assert_answers_in_ledger(self) -> None:
        """Every answer that reached the wire intact is in the ledger, in the order in which it came."""
        (poll,) = self.book.polls
        devices = {one.id: one.device for one in self.book.participants}
        intact = [(press["device"], press["text"]) for press in self.presses if press["fate"] == MessageFate.INTACT]
        fates = [press["fate"] for press in self.presses]
        print(f"{len(intact)} answers came intact, of {dict(Counter(fates))}")
        assert MessageFate.LOST in fates[fates.index(MessageFate.INTACT) : -1], "it was pulled out in mid-poll"
        assert {devices[one.participant]: one.text for one in poll.responses if one.counts} == dict(intact)


def running(classroom: Classroom) -> set[str]:
    """Which of base and head run, by their names in ``status``."""
    status = classroom.status()
    parts = {"clickers": status.get("clickers") or {}, **status.get("ptz", {})}
    return {name for name, part in parts.items() if part.get("state") == "running"}


def seconds_until_back(classroom: Classroom, back_ns: Mapping[str, int]) -> dict[str, float]:
    """How long after they were put back, on the host's monotonic clock, each of these runs again."""
    back_s: dict[str, float] = {}
    deadline_ns = max(back_ns.values()) + classroom.machine.scaled(60) * 1e9
    while len(back_s) < len(back_ns):
        assert time.monotonic_ns() < deadline_ns, f"only {set(back_s)} came back"
        for role in running(classroom) - set(back_s):
            back_s[role] = (time.monotonic_ns() - back_ns[role]) / 1e9
    return back_s


def end_poll(classroom: Classroom, lesson: str, folder: Path) -> PollResults:
    """Close poll and lesson; the box's book of it."""
    classroom.request("poll-close")
    classroom.end_lesson()
    fetched = classroom.fetch(folder, lesson) / lesson
    return PollResults.model_validate_json((fetched / "polls.json").read_text())
