"""A director that keeps what it is told in the journal, so that the lesson can be cut again by other rules."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Sequence

from pipelines.directing.decisions import Decision, TurnHead
from pipelines.directing.director import Director
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observation_codec import ObservationBlock, Tick, rounded, rounded_ns
from pipelines.directing.observations import CameraLook, HeadMoved, Observation, SpeechHeard
from pipelines.journal.entries import Looks

# A crash costs so much of what could be cut again; the cuts themselves are in the journal.
_BLOCK_NS = 10_000_000_000
_MOST_BLOCK_BYTES = 8 << 10
_MINUTE_NS = 60_000_000_000
# Five cameras and four microphones at their highest rates take 34 kB.
_MOST_MINUTE_BYTES = 40 << 10
# A click, a mark or a camera that comes and goes; the lines of a minute have no more than so many of them.
_MOST_MINUTE_EVENTS = 240


class RecordedDirector:
    """``director`` with a memory: the same ``push`` and ``tick``. ``write`` gets an entry about every ten seconds.

    The director is told what is recorded, rounded as it is: so the same rules cut the same lesson in the same way
    again. A lesson minute takes 40 kB of records and 240 events at the most; what goes beyond that is told to the
    director only, and counted in ``left_out``. Owned by one thread.
    """

    def __init__(
        self, rules: DirectorRules, roles: Sequence[str], start_ns: int, write: Callable[[Looks], None]
    ) -> None:
        self.director = Director(rules, roles, rounded_ns(start_ns))
        self.left_out = 0
        self._roles = list(roles)
        self._start_ns = rounded_ns(start_ns)
        self._write = write
        self._now_ns = self._start_ns
        self._block: ObservationBlock | None = None
        self._minute = -1
        self._minute_bytes = 0
        self._minute_events = 0

    def push(self, observation: Observation) -> None:
        """Take what was observed."""
        one = rounded(observation)
        assert not isinstance(one, Tick)
        self._record(one)
        self.director.push(one)

    def tick(self, lesson_ns: int) -> list[Decision]:
        """What is decided at this lesson time, which does not go backwards."""
        self._now_ns = max(self._now_ns, rounded_ns(lesson_ns))
        if self._block is not None and self._now_ns - self._block.begin_ns >= _BLOCK_NS:
            self.flush()
        self._record(Tick(self._now_ns))
        decisions = self.director.tick(self._now_ns)
        for one in decisions:
            # A head turns when it did, whatever other rules would have it do.
            if isinstance(one, TurnHead):
                self._record(HeadMoved(one.role, self._now_ns, is_turning=True, preset=one.preset))
        return decisions

    def flush(self) -> None:
        """Write what is not yet written."""
        block, self._block = self._block, None
        if block is not None and block.data:
            self._write(self._entry(block))

    def _record(self, one: Observation | Tick) -> None:
        if self._now_ns // _MINUTE_NS != self._minute:
            self._minute, self._minute_bytes, self._minute_events = self._now_ns // _MINUTE_NS, 0, 0
        is_event = not isinstance(one, CameraLook | SpeechHeard | Tick)
        if (self._minute_events if is_event else self._minute_bytes) >= (
            _MOST_MINUTE_EVENTS if is_event else _MOST_MINUTE_BYTES
        ):
            self.left_out += 1
            return
        if self._block is None:
            self._block = ObservationBlock(self._now_ns)
        before = len(self._block.data)
        self.left_out += not self._block.add(one)
        self._minute_bytes += len(self._block.data) - before
        self._minute_events += is_event
        if len(self._block.data) >= _MOST_BLOCK_BYTES:
            self.flush()

    def _entry(self, block: ObservationBlock) -> Looks:
        return Looks(
            lesson_ns=block.begin_ns,
            start_ns=self._start_ns,
            roles=self._roles,
            names=block.names,
            events=block.events,
            data=base64.b64encode(zlib.compress(bytes(block.data), 9)).decode(),
        )
