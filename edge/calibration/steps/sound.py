"""Sound: the empty room in each microphone, somebody who speaks at the teacher's place and in the back row, a clap."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from drivers.errors import DeviceError
from edge.calibration.capture import Recording, record
from edge.calibration.finding_makers import advice, unmeasured
from edge.calibration.results import Curve, Finding, StepResult, Verdict
from edge.calibration.role_names import role_name
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.verdicts import sound as verdicts
from edge.config.model import MicrophoneRole
from edge.i18n import lazy_message
from edge.recorder import composition
from pipelines.measuring.band_decay import BandDecay
from pipelines.measuring.card_clock import card_clock
from pipelines.measuring.channels import channel_faults
from pipelines.measuring.clipping import clipping
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.exponential_sweep import ExponentialSweep
from pipelines.measuring.full_scale import mono
from pipelines.measuring.mains_hum import mains_hum
from pipelines.measuring.reverberation import Reverberation, reverberation_from_claps, reverberation_from_response
from pipelines.measuring.sound_level import NoiseFloor, SpeechLevel, noise_floor, speech_level, speech_over_noise_db

NAME = "sound"

_QUIET_S = 12.0
_SPEECH_S = 10.0
_BACK_ROW_S = 8.0
_CLAPS_S = 12.0
_SWEEP_PEAK = 0.5
# A box needs a moment until it sounds, and a room until it is quiet again.
_SWEEP_MORE_S = 5.0
_SPECTRUM_POINTS = 256
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 16_000.0
_DECAY_HZ, _DECAY_POINTS = 1000, 200
_T20_BEGINS_DB = -5.0


def run(context: StepContext) -> StepResult:
    """Measure every microphone of the config; in a check the empty room alone."""
    findings: list[Finding] = []
    curves: list[Curve] = []
    for role in context.room.config.microphones:
        try:
            findings += _measure(context, role, curves)
        except DeviceUnavailable as error:
            why = advice("device-unavailable", reason=error.reason)
            findings.append(unmeasured("microphone", why, role))
    return StepResult(step=NAME, findings=findings, curves=curves)


def _measure(context: StepContext, role: MicrophoneRole, curves: list[Curve]) -> Iterator[Finding]:
    quiet = _record(context, role, "quiet", _QUIET_S)
    counts = np.diff(np.append(quiet.first_samples, len(quiet.samples)))
    floor: NoiseFloor | None = None
    try:
        yield verdicts.judge_clock(role, card_clock(quiet.captured_ns, counts, quiet.rate_hz))
    except Unmeasurable as error:
        yield _unmeasured("card-clock", error, role)
    try:
        floor = noise_floor(quiet.samples, quiet.rate_hz)
        yield from verdicts.judge_noise(role, floor, mains_hum(quiet.samples, quiet.rate_hz))
        curves.append(_spectrum(role, quiet))
    except Unmeasurable as error:
        yield _unmeasured("noise-floor", error, role)
    if context.is_check:
        return
    front = yield from _speech(context, role, floor)
    if front is not None and context.technician.confirm(
        f"{NAME}.back-row-{role}", lazy_message("calibration_measuring.sound-has-back-row"), default=True
    ):
        yield _back_row(context, role, front)
    yield _reverberation(context, role, curves)


def _speech(
    context: StepContext, role: MicrophoneRole, floor: NoiseFloor | None
) -> Generator[Finding, None, SpeechLevel | None]:
    """Findings of somebody who speaks at the teacher's place; returns the level, None where nothing was heard."""
    spoken = _record(context, role, "speech", _SPEECH_S)
    gain_db = context.room.config.microphones[role].gain_db
    try:
        yield from verdicts.judge_channels(role, channel_faults(spoken.samples, spoken.rate_hz))
        level = speech_level(mono(spoken.samples), spoken.rate_hz)
        if floor is not None:
            snr_db = speech_over_noise_db(spoken.samples, floor, spoken.rate_hz)
            yield from verdicts.judge_speech(role, level, snr_db, clipping(spoken.samples, spoken.rate_hz), gain_db)
    except Unmeasurable as error:
        yield _unmeasured("speech-loudness", error, role)
        return None
    return level


def _back_row(context: StepContext, role: MicrophoneRole, front: SpeechLevel) -> Finding:
    spoken = _record(context, role, "back-row", _BACK_ROW_S)
    try:
        back = speech_level(mono(spoken.samples), spoken.rate_hz)
    except Unmeasurable as error:
        return _unmeasured("back-row", error, role)
    return verdicts.judge_back_row(role, front.loudness_lufs, back.loudness_lufs)


def _reverberation(context: StepContext, role: MicrophoneRole, curves: list[Curve]) -> Finding:
    options = [(one, lazy_message(f"calibration_measuring.sound-by-{one}")) for one in ("claps", "sweep")]
    question = lazy_message("calibration_measuring.sound-reverberation")
    how = context.technician.choose(f"{NAME}.reverberation-{role}", question, options)
    try:
        heard = _heard_sweep(context, role) if how == "sweep" else _heard_claps(context, role)
    except DeviceError as error:
        return unmeasured("reverberation", advice("device-unavailable", reason=error.reason), role)
    except Unmeasurable as error:
        return _unmeasured("reverberation", error, role)
    curves.append(_decay(role, heard.bands))
    return verdicts.judge_reverberation(role, heard)


def _heard_claps(context: StepContext, role: MicrophoneRole) -> Reverberation:
    claps = _record(context, role, "claps", _CLAPS_S)
    return reverberation_from_claps(claps.samples, claps.rate_hz)


def _heard_sweep(context: StepContext, role: MicrophoneRole) -> Reverberation:
    """Play a sweep through the room's loudspeaker, and find the room's response in what is heard of it.

    Raises:
        DeviceError: There is no loudspeaker, or it plays nothing.
        Unmeasurable: The room is not heard in it.
    """
    loudspeaker = composition.loudspeaker()
    loudspeaker.open()
    sweep = ExponentialSweep(rate_hz=context.room.config.microphones[role].rate_hz)
    with ThreadPoolExecutor(1, "loudspeaker") as pool:
        played = pool.submit(lambda: loudspeaker.play(_SWEEP_PEAK * sweep.signal(), sweep.rate_hz))
        heard = _record(context, role, "sweep", sweep.seconds + _SWEEP_MORE_S)
        played.result()
    if heard.rate_hz != sweep.rate_hz:
        raise Unmeasurable("too-short")
    return reverberation_from_response(sweep.impulse_response(heard.samples), heard.rate_hz)


def _record(context: StepContext, role: MicrophoneRole, what: str, seconds: float) -> Recording:
    """Ask for what is to be heard, and record it."""
    if not context.is_check:
        context.technician.ready(
            f"{NAME}.{what}-{role}", lazy_message(f"calibration_measuring.sound-{what}", role=role_name(role))
        )
    with context.technician.progress(lazy_message("calibration_measuring.recording", role=role_name(role)), seconds):
        return record(context.room, role, seconds, lambda peak: context.technician.show([_peak(role, peak)]))


def _peak(role: str, peak: float) -> Finding:
    level = 20 * float(np.log10(max(peak, 1e-5)))
    return Finding(name="peak-now", device=role, value=round(level, 1), unit="dBFS", verdict=Verdict.UNMEASURED)


def _unmeasured(name: str, error: Unmeasurable, role: str) -> Finding:
    return unmeasured(name, advice(f"sound-{error.why}"), role)


def _decay(role: str, bands: Sequence[BandDecay]) -> Curve:
    """The decay of the octave nearest to 1 kHz in dB over seconds, and the line of its T20 between -5 and -25 dB."""
    band = min(bands, key=lambda one: abs(one.centre_hz - _DECAY_HZ))
    step = max(1, len(band.curve_db) // _DECAY_POINTS)
    level = np.asarray(band.curve_db, np.float64)
    begin_s = float(np.argmax(level <= _T20_BEGINS_DB)) * band.bin_s
    end_s = begin_s + band.t20_s.value / 3
    return Curve(
        kind="decay",
        device=role,
        x=[round(index * band.bin_s, 4) for index in range(0, len(level), step)],
        y=[round(float(one), 2) for one in level[::step]],
        rows=[[round(begin_s, 4), _T20_BEGINS_DB], [round(end_s, 4), _T20_BEGINS_DB - 20]],
    )


def _spectrum(role: str, quiet: Recording) -> Curve:
    """The noise's power in bands of equal width in octaves, in dBFS, against frequency in Hz."""
    sound = mono(quiet.samples)
    length = min(len(sound), quiet.rate_hz * 2)
    pieces = sound[: len(sound) // length * length].reshape(-1, length) * np.hanning(length)
    powers = (
        np.square(np.abs(np.fft.rfft(pieces, axis=1))).mean(axis=0) / np.square(np.hanning(length)).sum() / length * 2
    )
    frequencies = np.fft.rfftfreq(length, 1 / quiet.rate_hz)
    edges = np.geomspace(_LOWEST_HZ, min(_HIGHEST_HZ, quiet.rate_hz / 2), _SPECTRUM_POINTS + 1)
    x, y = [], []
    for low, high in itertools.pairwise(edges):
        inside = (frequencies >= low) & (frequencies < high)
        if inside.any():
            x.append(round(float(np.sqrt(low * high)), 2))
            y.append(round(10 * float(np.log10(powers[inside].max() + 1e-20)), 2))
    return Curve(kind="spectrum", device=role, x=x, y=y)


STEP = Step(NAME, run, needs="devices", in_check=True)
