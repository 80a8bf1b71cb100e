"""Measure the A/V timing of a virtual room's lesson by decoding it: bar codes in the video, tones in the audio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation import barcode
from pipelines.yuv_planes import planes_of
from tests.virtual_room import BEEP_EVERY_S, BEEP_HZ, BEEP_S, BEGIN_NS, RATE_HZ, VirtualMicrophone, beep

Numbers = NDArray[np.float64]

# A window holds whole periods of every tone, so each is measured as if it were alone.
_WINDOW = RATE_HZ // 50
_PIECE_S = 10
_SEARCH_S = 0.05
# The first and last windows are faded.
_FADED_WINDOWS = 5
_BEEP_MARGIN_S = 0.08


@dataclass(frozen=True, slots=True)
class Lateness:
    """Lesson time minus true time: ``late_ms`` at each of ``seconds``."""

    seconds: Numbers
    late_ms: Numbers

    def interpolate(self, seconds: Numbers) -> Numbers:
        """Lateness in ms at other times, linearly interpolated."""
        return np.interp(seconds, self.seconds, self.late_ms)

    @property
    def ratio_steps_ppm(self) -> Numbers:
        """Change of the resampling ratio from each second to the next, in parts per million."""
        a_second = RATE_HZ // _WINDOW
        whole = len(self.late_ms) // a_second * a_second
        means = self.late_ms[:whole].reshape(-1, a_second).mean(axis=1)
        return np.abs(np.diff(means, n=2)) * 1e3

    @property
    def steps_us(self) -> Numbers:
        """Steps of the audio's lateness between windows of 20 ms, in microseconds."""
        return np.abs(np.diff(self.late_ms)) * 1e3


def video_lateness(playlist: Path) -> Lateness:
    """The lateness of every picture that has a bar code."""
    seconds, late_ms = [], []
    with av.open(str(playlist)) as container:
        for frame in container.decode(video=0):
            reading = barcode.read(planes_of(frame)[0])
            if reading is not None and frame.time is not None:
                seconds.append(frame.time)
                late_ms.append(frame.time * 1e3 - (reading.exposed_ns - BEGIN_NS) / 1e6)
    return Lateness(np.array(seconds), np.array(late_ms))


def audio_lateness(playlist: Path, microphones: tuple[VirtualMicrophone, ...]) -> dict[str, Lateness]:
    """The lateness of each microphone's tone, every 20 ms; its beeps tell which period is meant."""
    phases: dict[str, list[Numbers]] = {one.role: [] for one in microphones}
    beeps: dict[str, list[tuple[float, float]]] = {one.role: [] for one in microphones}
    windows = np.arange(_WINDOW) / RATE_HZ
    for number, piece in enumerate(_pieces(playlist)):
        whole = piece[: len(piece) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
        for one in microphones:
            phases[one.role].append(np.angle(whole @ np.exp(-2j * np.pi * one.tone_hz * windows)) + np.pi / 2)
            if (late_ms := _beep_late_ms(piece, one.first_beep_s)) is not None:
                beeps[one.role].append((number * _PIECE_S + one.first_beep_s, late_ms))
    disturbed = np.array([time for found in beeps.values() for time, _ in found])
    return {
        one.role: _lateness(np.concatenate(phases[one.role]), beeps[one.role], disturbed, one.tone_hz)
        for one in microphones
    }


def _lateness(phases: Numbers, beeps: list[tuple[float, float]], disturbed: Numbers, tone_hz: int) -> Lateness:
    """A tone's lateness by its phase, and by the beeps which of its periods is meant.

    Around ``disturbed`` moments, where some beep sounds, it is a line.
    """
    late_ms = -np.unwrap(phases) / (2 * np.pi * tone_hz) * 1e3
    seconds = (np.arange(len(phases)) + 0.5) * _WINDOW / RATE_HZ
    undisturbed = np.abs(seconds[:, None] - disturbed).min(axis=1) > _BEEP_MARGIN_S
    undisturbed[:_FADED_WINDOWS] = undisturbed[-_FADED_WINDOWS:] = False
    tone = Lateness(seconds, np.interp(seconds, seconds[undisturbed], late_ms[undisturbed]))
    times, true_ms = np.array(beeps).T
    period_ms = 1e3 / tone_hz
    anchor_ms = np.round(np.median(true_ms - tone.interpolate(times)) / period_ms) * period_ms
    off_ms = true_ms - tone.interpolate(times) - anchor_ms
    # AAC smears a single beep by half a millisecond at times; all of them together must fit well.
    if np.abs(off_ms).max() > period_ms / 2 or abs(np.median(off_ms)) > period_ms / 8:
        raise ValueError(f"beeps and tone disagree: {off_ms}")
    return Lateness(tone.seconds, tone.late_ms + anchor_ms)


def _beep_late_ms(piece: NDArray[np.float32], at_s: float) -> float | None:
    """Where the beep's envelope is greatest near the place where it belongs, to a part of a sample."""
    middle, reach, half = round(at_s * RATE_HZ), round(_SEARCH_S * RATE_HZ), round(BEEP_S / 2 * RATE_HZ)
    part = piece[middle - reach - half : middle + reach + half + 1]
    if len(part) < 2 * (reach + half) + 1:
        return None
    shape = np.arange(-half, half + 1) / RATE_HZ
    analytic = np.abs(beep(shape)).max() * np.cos(np.pi * shape / BEEP_S) ** 2 * np.exp(2j * np.pi * BEEP_HZ * shape)
    fit = np.abs(np.correlate(part.astype(np.complex128), analytic, "valid"))
    best = int(np.argmax(fit[1:-1])) + 1
    before, at, after = fit[best - 1 : best + 2]
    return float((best - reach + (before - after) / (2 * (before - 2 * at + after))) / RATE_HZ * 1e3)


def _pieces(playlist: Path) -> Iterator[NDArray[np.float32]]:
    """The sound in pieces of ten seconds, the last one shorter. ValueError where it is not contiguous."""
    waiting: list[NDArray[np.float32]] = []
    position = waited = 0
    size = _PIECE_S * RATE_HZ
    with av.open(str(playlist)) as container:
        for frame in container.decode(audio=0):
            if frame.time is None or round(frame.time * RATE_HZ) != position:
                raise ValueError(f"{playlist}: sound at {frame.time} s where sample {position} belongs")
            position += frame.samples
            waiting.append(frame.to_ndarray()[0])
            waited += frame.samples
            if waited >= size:
                joined = np.concatenate(waiting)
                yield joined[:size]
                waiting, waited = [joined[size:]], waited - size
    if BEEP_EVERY_S != _PIECE_S:
        raise ValueError("a piece holds one beep of each microphone")
    yield np.concatenate(waiting)
