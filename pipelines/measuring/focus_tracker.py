"""Follow the focus while a technician turns the ring: which way is right, and whether the peak is reached."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.sharpness import SharpnessMap

# Octaves of MTF50 that sharpness must change by before a direction is believed: 0.14 is 10 %.
HYSTERESIS_OCTAVES, LARGEST_HYSTERESIS_OCTAVES = 0.14, 0.45
# The peak is reached within the hysteresis below it, and left again at this multiple of it.
LEFT_HYSTERESES = 1.5
# Who turns slowly sees a higher peak than who has passed it fast; a higher one than by this is another.
HIGHER_PEAK_OCTAVES = 0.3
MIN_TILES = 3

_SMOOTHED = 3
_ERRORS_OF_HYSTERESIS = 4.0
_MAD_TO_SIGMA = 1.4826


class FocusVerdict(StrEnum):
    """What to tell the technician."""

    NOT_YET_KNOWN = "not-yet-known"
    RIGHT_WAY = "right-way"
    WRONG_WAY = "wrong-way"  # turn back
    AT_PEAK = "at-peak"


@dataclass(frozen=True, slots=True, eq=False)
class FocusState:
    """What is known after some pictures. ``level_octaves`` is the sharpness now against the first map.

    ``peak_found``: sharpness has risen to ``peak_octaves`` and fallen again. While the ring rests the last direction
    stays. A ring that is turned back before its peak looks the same as a peak; as soon as sharpness rises above that,
    the peak is open again.
    """

    verdict: FocusVerdict = FocusVerdict.NOT_YET_KNOWN
    peak_found: bool = False
    level_octaves: float = 0.0
    peak_octaves: float = -math.inf
    first_peak_octaves: float = -math.inf
    reference: NDArray[np.float64] | None = None
    latest: NDArray[np.float64] | None = None
    recent: tuple[float, ...] = ()
    error_octaves: float = 0.0
    direction: int = 0
    turned_from: float = 0.0


def follow_focus(state: FocusState, sharpness: SharpnessMap) -> FocusState:
    """The state after one more map of the same camera and grid; a few maps a second are enough.

    Each tile is compared with itself alone, so that what it shows plays no part, and the tiles' median counts: a person
    who covers less than half of them changes nothing. With fewer than three tiles the state stays as it is.
    """
    octaves = sharpness.relative_octaves
    if state.reference is None or state.latest is None:
        if np.isfinite(octaves).sum() < MIN_TILES:
            return state
        return replace(state, reference=octaves, latest=octaves, recent=(0.0,), peak_octaves=0.0)
    change = octaves - state.reference
    known = np.isfinite(change)
    if known.sum() < MIN_TILES:
        return state
    raw = float(np.median(change[known]))
    recent = (*state.recent, raw)[-_SMOOTHED:]
    # A tile that shows structure for the first time joins at the level of the others.
    reference = np.where(np.isfinite(state.reference), state.reference, octaves - raw)
    # Tiles differ in how far they have come; how their latest steps differ is mostly noise.
    error = _standard_error(octaves - state.latest)
    if len(state.recent) > 1:
        error = state.error_octaves + 0.2 * (error - state.error_octaves)
    seen = replace(state, reference=reference, latest=octaves, recent=recent, error_octaves=error)
    return _judge(seen, float(np.median(recent)))


def _judge(state: FocusState, level: float) -> FocusState:
    """Direction, peak and verdict at a new smoothed level."""
    hysteresis = min(max(HYSTERESIS_OCTAVES, _ERRORS_OF_HYSTERESIS * state.error_octaves), LARGEST_HYSTERESIS_OCTAVES)
    direction, extreme = _direction(state, level, hysteresis)
    peak, found = state.peak_octaves, state.peak_found
    peak, first_peak = max(peak, level), state.first_peak_octaves
    if found and level > first_peak + HIGHER_PEAK_OCTAVES:
        found = False
    if not found and direction < 0 < state.direction and state.turned_from >= peak - hysteresis:
        found, first_peak = True, state.turned_from
    reached = LEFT_HYSTERESES * hysteresis if state.verdict == FocusVerdict.AT_PEAK else hysteresis
    if found and level >= peak - reached:
        verdict = FocusVerdict.AT_PEAK
    elif direction > 0:
        verdict = FocusVerdict.RIGHT_WAY
    elif direction < 0:
        verdict = FocusVerdict.WRONG_WAY
    else:
        verdict = FocusVerdict.NOT_YET_KNOWN
    return replace(
        state,
        verdict=verdict,
        peak_found=found,
        level_octaves=level,
        peak_octaves=peak,
        first_peak_octaves=first_peak,
        direction=direction,
        turned_from=extreme,
    )


def _direction(state: FocusState, level: float, hysteresis: float) -> tuple[int, float]:
    """Whether sharpness rises (1) or falls (-1), and its extreme since it does; 0 while neither is sure."""
    start = state.turned_from
    if state.direction > 0:
        return (-1, level) if level < start - hysteresis else (1, max(start, level))
    if state.direction < 0:
        return (1, level) if level > start + hysteresis else (-1, min(start, level))
    if abs(level - start) > hysteresis:
        return (1, level) if level > start else (-1, level)
    return 0, start


def _standard_error(steps: NDArray[np.float64]) -> float:
    """The standard error of the tiles' median at one time, from their steps between two."""
    known = steps[np.isfinite(steps)]
    if len(known) < MIN_TILES:
        return 0.0
    spread = _MAD_TO_SIGMA * float(np.median(np.abs(known - np.median(known))))
    return 1.2533 * spread / math.sqrt(2.0 * len(known))
