"""What the director was told, as bytes: small enough to be kept for every lesson, and exact.

A record is one byte (kind, and the number of its source), the time since the record before in ms as a zigzag varint
(Protocol Buffers, "Encoding"), and the values, a byte each. What happens seldom is an event in plain JSON, and its
record says only when. Shares of the picture that are mostly small lie on a scale of square roots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan

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

Event = list[str | bool]
"""``["mark", "看屏幕"]``; what it is, and what else has to be said of it."""

_MS_NS = 1_000_000
_LOOK, _SPEECH, _TICK, _EVENT = range(4)
_MOST_SOURCES = 64
_LONGEST_LABEL = 200
_MODES = frozenset(mode.value for mode in DirectorMode)


@dataclass(frozen=True, slots=True)
class Tick:
    """The director was asked what it decides."""

    lesson_ns: int


@dataclass(slots=True)
class ObservationBlock:
    """Records that belong together: ``begin_ns`` is the time of the first one, ``names`` those of the sources."""

    begin_ns: int
    names: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)
    _last_ms: int = -1

    def add(self, one: Observation | Tick) -> bool:
        """Add a record; False, and nothing is added, where there are too many sources."""
        match one:
            case CameraLook():
                values = bytes(map(_byte, _look_values(one)))
                return self._add(_LOOK, one.lesson_ns, one.role, values)
            case SpeechHeard():
                values = bytes((_byte(one.probability), _level_byte(one.level_dbfs)))
                return self._add(_SPEECH, one.lesson_ns, one.microphone, values)
            case Tick():
                return self._add(_TICK, one.lesson_ns)
            case _:
                self.events.append(_event(one))
                return self._add(_EVENT, one.lesson_ns)

    def _add(self, kind: int, lesson_ns: int, name: str | None = None, values: bytes = b"") -> bool:
        source = 0
        if name is not None:
            if name not in self.names:
                if len(self.names) == _MOST_SOURCES:
                    return False
                self.names.append(name)
            source = self.names.index(name)
        now_ms = rounded_ns(lesson_ns) // _MS_NS
        last_ms = rounded_ns(self.begin_ns) // _MS_NS if self._last_ms < 0 else self._last_ms
        self._last_ms = now_ms
        self.data.append(kind | source << 2)
        self.data += _varint(now_ms - last_ms)
        self.data += values
        return True


class DamagedBlock(ValueError):
    """The bytes are no records."""


def decode_block(
    begin_ns: int, names: Sequence[str], events: Sequence[Event], data: bytes
) -> Iterator[Observation | Tick]:
    """The records of a block; events that are not known here are left out.

    Raises:
        DamagedBlock: the bytes are no records.
    """
    at, event = 0, 0
    now_ms = rounded_ns(begin_ns) // _MS_NS
    try:
        while at < len(data):
            kind, source = data[at] & 3, data[at] >> 2
            step_ms, at = _read_varint(data, at + 1)
            now_ms += step_ms
            now_ns = now_ms * _MS_NS
            if kind == _LOOK:
                motion, x, y, spread, change, height = (data[at + place] for place in range(6))
                place = (x - 1) / 254 if x else None, (y - 1) / 254 if y else None
                sizes = spread / 255, _squared(change), height / 255
                yield CameraLook(names[source], now_ns, _squared(motion), *place, *sizes)
                at += 6
            elif kind == _SPEECH:
                yield SpeechHeard(names[source], now_ns, data[at] / 255, data[at + 1] / -2)
                at += 2
            elif kind == _TICK:
                yield Tick(now_ns)
            else:
                if (one := _observation(events[event], now_ns)) is not None:
                    yield one
                event += 1
    except IndexError as error:
        raise DamagedBlock(f"the records end in the middle of one, at byte {at} of {len(data)}") from error


def rounded(one: Observation | Tick) -> Observation | Tick:
    """What a record keeps of an observation."""
    block = ObservationBlock(one.lesson_ns)
    block.add(one)
    return next(decode_block(block.begin_ns, block.names, block.events, bytes(block.data)))


def rounded_ns(lesson_ns: int) -> int:
    """The next whole millisecond: rounded down, a tick would decide for a second that has begun."""
    return -(-lesson_ns // _MS_NS) * _MS_NS


def _look_values(look: CameraLook) -> tuple[float, ...]:
    x, y = (0.0 if place is None else (1 + 254 * _share(place)) / 255 for place in (look.x, look.y))
    return _share(look.motion) ** 0.5, x, y, look.spread, _share(look.change) ** 0.5, look.height


def _share(value: float) -> float:
    return 0.0 if isnan(value) else min(1.0, max(0.0, value))


def _byte(share: float) -> int:
    return round(255 * _share(share))


def _squared(value: int) -> float:
    return (value / 255) ** 2


def _level_byte(dbfs: float) -> int:
    """Half decibels below full scale, down to -127.5 dBFS; what is no number is silence."""
    return min(255, max(0, round(-2 * dbfs))) if isfinite(dbfs) else 255


def _event(one: Observation) -> Event:
    match one:
        case CameraTrust():
            return ["trust", one.role, one.is_true]
        case Marked():
            return ["mark", one.label[:_LONGEST_LABEL]]
        case PollChanged():
            return ["poll", one.is_open]
        case HeadMoved():
            return ["head", one.role, one.is_turning, one.preset]
        case PersonCut():
            return ["person", one.role]
        case ModeChosen():
            return ["mode", one.mode.value]
        case _:
            raise TypeError(f"{type(one).__name__} is no event")


def _observation(event: Event, now_ns: int) -> Observation | None:
    match event:
        case ["trust", str(role), bool(is_true)]:
            return CameraTrust(role, now_ns, is_true)
        case ["mark", str(label)]:
            return Marked(now_ns, label)
        case ["poll", bool(is_open)]:
            return PollChanged(now_ns, is_open)
        case ["head", str(role), bool(is_turning), str(preset)]:
            return HeadMoved(role, now_ns, is_turning, preset)
        case ["person", str(role)]:
            return PersonCut(now_ns, role)
        case ["mode", str(mode)] if mode in _MODES:
            return ModeChosen(now_ns, DirectorMode(mode))
    return None


def _varint(value: int) -> bytes:
    value = value << 1 if value >= 0 else (-value << 1) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (-((value + 1) >> 1) if value & 1 else value >> 1), at
        shift += 7
