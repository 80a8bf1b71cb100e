"""Simulated rooms: impulse responses with a decay that is known, claps in them, and noise."""

from __future__ import annotations

import numpy as np
import pyroomacoustics
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

CLASSROOM_M = (9.0, 7.0, 3.2)
QUIET_BEFORE_S = 1.0
_DIRECT_S = 0.006
_FOR_60_DB = 3.0 * np.log(10.0)
MEAN_TO_BEGIN_DB = float(10.0 * np.log10(2.0 * _FOR_60_DB))
"""How far an exponential decay begins above its own mean power over the reverberation time."""

Sound = NDArray[np.float64]


def shoebox_response(rt60_s: float, rate_hz: int, seed: int, size_m: tuple[float, ...] = CLASSROOM_M) -> Sound:
    """The response of a classroom by image sources and ray tracing; its decay is only about what is asked for."""
    absorption, _ = pyroomacoustics.inverse_sabine(rt60_s, size_m)
    dice = np.random.default_rng(seed)
    pyroomacoustics.random.seed(seed)
    material = pyroomacoustics.Material(absorption, 0.2)
    room = pyroomacoustics.ShoeBox(size_m, fs=rate_hz, materials=material, max_order=3, ray_tracing=True)
    room.set_ray_tracing(n_rays=4000, receiver_radius=0.5)
    room.add_source([float(dice.uniform(0.5, edge - 0.5)) for edge in size_m])
    room.add_microphone([float(dice.uniform(0.5, edge - 0.5)) for edge in size_m])
    room.compute_rir()
    return np.asarray(room.rir[0][0], np.float64)


def diffuse_response(rt60_s: float, rate_hz: int, seed: int, late_s: float | None = None) -> Sound:
    """A cheap response: direct sound, then noise that fades; from -20 dB on at the pace of ``late_s``."""
    dice = np.random.default_rng(seed)
    times = np.arange(int(1.4 * max(rt60_s, late_s or 0.0) * rate_hz)) / rate_hz
    envelope = np.exp(-_FOR_60_DB * times / rt60_s)
    if late_s is not None:
        envelope = np.hypot(envelope, 0.1 * np.exp(-_FOR_60_DB * times / late_s))
    response = dice.standard_normal(len(times)) * envelope
    response[: int(0.004 * rate_hz)] = 0.0
    response[0] = 10.0
    return response


def own_decay_s(response: Sound, rate_hz: int, centre_hz: float, end_db: float = -25.0) -> float:
    """The truth: T20 (or T30 to -35 dB) of a response without noise, by Schroeder's integral over all of it."""
    edges = [centre_hz / 2**0.5, centre_hz * 2**0.5]
    band = sosfilt(butter(3, edges, "bandpass", fs=rate_hz, output="sos"), response)
    energy = np.cumsum(np.square(band)[::-1])[::-1]
    level = 10.0 * np.log10(np.maximum(energy / energy[0], 1e-15))
    first, last = int(np.argmax(level < -5.0)), int(np.argmax(level < end_db))
    return float(-60.0 / np.polyfit(np.arange(first, last) / rate_hz, level[first:last], 1)[0])


def own_mid_s(response: Sound, rate_hz: int, end_db: float = -25.0) -> float:
    """The mean of the octaves of 500 and 1000 Hz."""
    return (own_decay_s(response, rate_hz, 500, end_db) + own_decay_s(response, rate_hz, 1000, end_db)) / 2.0


def recorded_claps(
    response: Sound, rate_hz: int, rt60_s: float, range_db: float, dice: np.random.Generator, claps: int = 5
) -> Sound:
    """Claps in a room, each of another spectrum and strength, 1.5 times the reverberation time apart, and white noise.

    The noise lies ``range_db`` below the power with which the reverberation begins (the direct sound is not counted).
    """
    gap = int(max(1.0, 1.5 * rt60_s) * rate_hz)
    before = int(QUIET_BEFORE_S * rate_hz)
    sound = np.zeros(before + claps * gap + len(response) + rate_hz)
    begin_power = 0.0
    for number in range(claps):
        heard = fftconvolve(response, _clap(rate_hz, dice))
        sound[before + number * gap :][: len(heard)] += heard
        late = float(np.square(heard[int(_DIRECT_S * rate_hz) :]).sum()) / rate_hz
        begin_power += late * 2.0 * _FOR_60_DB / rt60_s / claps
    sound = sound[: before + claps * gap]
    sound += dice.standard_normal(len(sound)) * np.sqrt(begin_power) * 10.0 ** (-range_db / 20.0)
    return sound * (0.5 / np.abs(sound).max())


def _clap(rate_hz: int, dice: np.random.Generator) -> Sound:
    """Hands: a few milliseconds of noise."""
    times = np.arange(int(0.006 * rate_hz)) / rate_hz
    burst = dice.standard_normal(len(times)) * np.exp(-times / dice.uniform(0.0006, 0.0015))
    return burst * dice.uniform(0.6, 1.4)
