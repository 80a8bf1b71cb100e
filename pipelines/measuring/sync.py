"""The offset between a camera and a microphone, from many onsets, and the settings that take it out.

**Signs.** A device's latency is positive where its capture stamps are later than what was captured happened. A
recording subtracts it: ``latency_ms`` of a camera and ``late_ms`` of a microphone in ``room.toml`` move pictures and
sound earlier by that much. ``offset_ms`` is the camera's latency minus the microphone's. Positive: in an uncorrected
recording what is seen comes after what is heard, and the camera's setting takes that out; negative: the microphone's.

**Air.** Sound takes 2.9 ms a metre. The way from the source to the microphone is taken out of latency and offset, so
that they are the devices' own; a recording is then in step for what sounds at the microphone, and at the teacher's
place sound is heard as late as it is in the room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from pipelines.measuring.clap_motion import ClapMotion
from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.light_onset import LightOnset
from pipelines.measuring.sound_onset import ToneOnsets

SPEED_OF_SOUND_M_S = 343.0
"""In air at 20 °C; source: ISO 9613-1, Attenuation of sound during propagation outdoors."""
LEAST_PAIRS = 5

_PICK_MS = 0.5
_HANDS_MODEL_MS = 6.0
_OUTLIER_DEVIATIONS = 4.0
_MAD_TO_DEVIATION = 1.4826

Floats = NDArray[np.float64]


class Source(StrEnum):
    """What was seen and heard."""

    WAND = "wand"
    HANDS = "hands"


ENOUGH_MS = {Source.WAND: 5.0, Source.HANDS: 15.0}
"""The half-width of the 95 % interval under which nothing more needs to be measured."""


@dataclass(frozen=True, slots=True)
class Distance:
    """From the source to the microphone, in metres, and the 95 % half-width of that."""

    metres: float
    half_width_m: float = 0.3

    @property
    def travel_ms(self) -> float:
        """How long sound takes for it."""
        return self.metres / SPEED_OF_SOUND_M_S * 1e3

    @property
    def travel_half_width_ms(self) -> float:
        """The 95 % half-width of ``travel_ms``."""
        return self.half_width_m / SPEED_OF_SOUND_M_S * 1e3


@dataclass(frozen=True, slots=True)
class RobustMean:
    """The mean of values without their outliers, its 95 % interval, and which were kept, shape (n,)."""

    mean: Estimate
    kept: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SyncOffset:
    """The offset of a camera against a microphone; signs and air as the module says.

    ``camera_latency_ms`` and ``microphone_latency_ms`` are each device's own, None with hands.
    ``differences_ms`` are what single pairs say, those that were kept, shape (pairs,); ``dropped`` counts the others.
    """

    source: Source
    offset_ms: Estimate
    camera_latency_ms: Estimate | None
    microphone_latency_ms: Estimate | None
    travel_ms: float
    differences_ms: Floats
    dropped: int

    @property
    def enough(self) -> bool:
        """Whether the 95 % interval is narrow enough for its source."""
        return self.offset_ms.half_width < ENOUGH_MS[self.source]


def robust_mean(values: Floats, least_deviation: float, systematic: float) -> RobustMean:
    """Return the mean of ``values`` (NaN: missing) with a Student interval, outliers dropped.

    Dropped is what lies more than four standard deviations from the median, these by the median absolute deviation but
    at least ``least_deviation``. ``systematic`` is the 95 % half-width of an error that all values share.

    Sources: JCGM 100:2008, 4.2.3 and annex G; ISO 13528, annex C (the scaled median absolute deviation).

    Raises:
        Unmeasurable: ``too-few-pairs`` are left.
    """
    present = np.isfinite(values)
    if present.sum() < LEAST_PAIRS:
        raise Unmeasurable("too-few-pairs")
    middle = float(np.median(values[present]))
    deviation = max(least_deviation, _MAD_TO_DEVIATION * float(np.median(np.abs(values[present] - middle))))
    kept = present & (np.abs(np.where(present, values, middle) - middle) <= _OUTLIER_DEVIATIONS * deviation)
    count = int(kept.sum())
    if count < LEAST_PAIRS:
        raise Unmeasurable("too-few-pairs")
    random = float(student_t.ppf(0.975, count - 1)) * float(values[kept].std(ddof=1)) / count**0.5
    return RobustMean(Estimate(float(values[kept].mean()), float(np.hypot(random, systematic))), kept)


def microphone_latency(tones: ToneOnsets, distance: Distance, line_ms: float = 0.1) -> RobustMean:
    """Return a microphone's latency from the beeps it heard; ``line_ms``: how well known is when the line was raised.

    Raises:
        Unmeasurable: ``too-few-pairs``.
    """
    shared_ms = float(np.linalg.norm([_PICK_MS, distance.travel_half_width_ms, line_ms]))
    return robust_mean(tones.after_ms - distance.travel_ms, 0.5, shared_ms)


def wand_offset(light: LightOnset, tones: ToneOnsets, distance: Distance, line_ms: float = 0.1) -> SyncOffset:
    """Return the offset from a wand's light and beeps, and the latency of each device.

    Raises:
        Unmeasurable: ``too-few-pairs``.
    """
    heard = microphone_latency(tones, distance, line_ms)
    camera = Estimate(light.latency_ms.value, float(np.hypot(light.latency_ms.half_width, line_ms)))
    half_width = float(np.hypot(light.latency_ms.half_width, heard.mean.half_width))
    differences = light.per_flash_ms - (tones.after_ms - distance.travel_ms)
    both = np.isfinite(differences) & heard.kept
    return SyncOffset(
        Source.WAND,
        Estimate(camera.value - heard.mean.value, half_width),
        camera,
        heard.mean,
        distance.travel_ms,
        differences[both],
        int(len(differences) - both.sum()),
    )


def hands_offset(seen: ClapMotion, distance: Distance) -> SyncOffset:
    """Return the offset from claps that were seen and heard; what each device adds to it cannot be told apart.

    How hands move is known less well than when they are heard: 6 ms of the interval stand for that.

    Raises:
        Unmeasurable: ``too-few-pairs``.
    """
    shared_ms = float(np.linalg.norm([_HANDS_MODEL_MS, _PICK_MS, distance.travel_half_width_ms]))
    found = robust_mean(seen.seen_after_ms + distance.travel_ms, seen.interval_ms / 4, shared_ms)
    differences = (seen.seen_after_ms + distance.travel_ms)[found.kept]
    return SyncOffset(
        Source.HANDS,
        found.mean,
        None,
        None,
        distance.travel_ms,
        differences,
        int(len(seen.seen_after_ms) - len(differences)),
    )


def latency_settings(latencies_ms: Mapping[str, float]) -> dict[str, int]:
    """Return the settings of all devices of a room: whole milliseconds, none negative, their differences kept.

    ``latencies_ms`` by device: as measured with the wand; with hands 0 for the microphone that all cameras were
    compared with, and each camera's offset to it. Where one is negative all are shifted, which only moves the start of
    a lesson against the press of its button.
    """
    least = min(0.0, *latencies_ms.values()) if latencies_ms else 0.0
    return {device: round(latency - least) for device, latency in latencies_ms.items()}


def flash_gaps_ms(count: int, shortest_ms: float = 450.0, spread_ms: float = 200.0) -> list[float]:
    """Return how long to wait between the flashes of a wand: uneven, so that they meet every phase of a camera.

    The golden ratio's multiples fill an interval evenly however many there are. Source: Roberts, The unreasonable
    effectiveness of quasirandom sequences.
    """
    golden = (5**0.5 - 1) / 2
    return [shortest_ms + spread_ms * ((number * golden) % 1.0) for number in range(count)]
