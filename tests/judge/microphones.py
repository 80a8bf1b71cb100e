"""Microphones of a judged lesson: what each channel hears, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from tests.virtual_room import BEGIN_NS, SECOND_NS

_BEFORE_S = 3
_BLOCKS_A_SECOND = 50
_TAKES_MS = 20.0

Wave: TypeAlias = NDArray[np.float64]
Source: TypeAlias = Callable[[Wave], Wave]
"""The amplitude (full scale ±1) at lesson times in seconds, a second of them at a time."""


def amplitude(dbfs: float) -> float:
    """Return the amplitude of this level."""
    return float(10 ** (dbfs / 20))


def noise(rng: np.random.Generator, dbfs: float) -> Source:
    """White noise of this RMS level, as an input with nothing behind it has."""
    return lambda times: rng.normal(0.0, amplitude(dbfs), len(times))


def hum(dbfs: float, hertz: float = 50.0) -> Source:
    """Mains hum of this RMS level."""
    return lambda times: np.sqrt(2) * amplitude(dbfs) * np.sin(2 * np.pi * hertz * times)


def constant(value: float) -> Source:
    """A converter that stands still."""
    return lambda times: np.full(len(times), value)


def voice(rng: np.random.Generator, dbfs: float) -> Source:
    """Somebody who speaks in sentences, a few seconds long, with a room behind."""
    pace, phase = rng.uniform(0.1, 0.3), rng.uniform(0, 6)

    def speak(times: Wave) -> Wave:
        envelope = 0.15 + np.clip(np.sin(2 * np.pi * pace * times + phase) + 0.4, 0, 1) * (
            0.6 + 0.4 * np.sin(2 * np.pi * 4 * times)
        )
        pitch = np.sin(2 * np.pi * 180 * times) + 0.7 * np.sin(2 * np.pi * 900 * times)
        return amplitude(dbfs) * envelope * pitch + rng.normal(0.0, amplitude(-66), len(times))

    return speak


def silent_reading(rng: np.random.Generator, floor_dbfs: float, every_s: float) -> Source:
    """A class that reads: the room's own noise, a rumble below it, and now and then a page, a chair, a cough."""

    def hear(times: Wave) -> Wave:
        heard = rng.normal(0.0, amplitude(floor_dbfs), len(times))
        heard += amplitude(floor_dbfs + 8) * np.sin(2 * np.pi * 40 * times)
        if rng.random() < 1 / every_s:
            at = int(rng.integers(0, len(times) * 3 // 4))
            page = rng.normal(0.0, amplitude(rng.uniform(-55, -35)), len(times) // 5)
            heard[at : at + len(page)] += page[: len(heard) - at]
        return heard

    return hear


def both(*sources: Source) -> Source:
    """The sum of what several sources give."""
    return lambda times: np.sum([source(times) for source in sources], axis=0)


def cut_to(first: Source, other: Source, from_s: float, to_s: float) -> Source:
    """``other`` between these seconds, ``first`` otherwise."""
    return lambda times: np.where((from_s <= times) & (times < to_s), other(times), first(times))


@dataclass(frozen=True, slots=True)
class JudgedMicrophone:
    """A microphone with a source for each channel; ``recorded_channels`` are those of its track.

    ``is_there`` says in which seconds its blocks arrive; ``lost`` of them are lost on the way.
    """

    role: str
    channels: tuple[Source, ...]
    recorded_channels: int = 1
    rate_hz: int = 48_000
    ppm: float = 0.0
    is_there: Callable[[float], bool] = lambda _second: True
    lost: float = 0.0
    lost_from_s: float = 0.0
    seed: int = 0

    @property
    def format(self) -> SoundFormat:
        """What it says when it is opened."""
        return SoundFormat(self.rate_hz, len(self.channels))

    def blocks(self, end_ns: int) -> Iterator[tuple[int, SoundBlock]]:
        """Every block with the moment it comes."""
        rng = np.random.default_rng(self.seed)
        true_hz = self.rate_hz * (1 + self.ppm * 1e-6)
        size = self.rate_hz // _BLOCKS_A_SECOND
        count, arrival_ns = 0, 0
        while True:
            times = (count + np.arange(self.rate_hz)) / true_hz - _BEFORE_S
            heard = np.stack([source(times) for source in self.channels], axis=1)
            samples = np.rint(np.clip(heard, -1, 1) * 32767).astype(np.int16)
            for at in range(0, self.rate_hz, size):
                second = float(times[at])
                taken_ns = BEGIN_NS + round(second * SECOND_NS)
                if taken_ns >= end_ns:
                    return
                arrival_ns = max(arrival_ns + 1, taken_ns + SECOND_NS // 50 + round(rng.uniform(0, _TAKES_MS) * 1e6))
                is_lost = second > self.lost_from_s and rng.random() < self.lost
                if self.is_there(second) and not is_lost:
                    yield arrival_ns, SoundBlock(taken_ns + round(rng.uniform(-2, 2) * 1e6), samples[at : at + size])
            count += self.rate_hz
