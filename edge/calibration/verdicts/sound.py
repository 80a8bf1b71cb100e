"""Verdicts on a microphone: its channels, its level, noise, hum and clipping, the room's reverberation, its clock."""

from __future__ import annotations

from collections.abc import Iterator

from edge.calibration.finding_makers import advice, at_least, at_most, fact, figure
from edge.calibration.results import Finding, Range, Tolerance, Verdict
from pipelines.loudness_target import HIGHEST_PEAK_DBTP, TARGET_LUFS
from pipelines.measuring.card_clock import CardClock
from pipelines.measuring.channels import ChannelFaults
from pipelines.measuring.clipping import Clipping
from pipelines.measuring.estimate import Estimate
from pipelines.measuring.gain_advice import GainAdvice, Limit
from pipelines.measuring.mains_hum import MainsHum
from pipelines.measuring.reverberation import Reverberation
from pipelines.measuring.sound_level import NoiseFloor, SpeechLevel

LOUDNESS_LUFS = Tolerance(
    good=Range(low=TARGET_LUFS - 2, high=TARGET_LUFS + 2), acceptable=Range(low=TARGET_LUFS - 6, high=TARGET_LUFS + 4)
)
"""Source: EBU R 128 s2 allows ±2 LU around a target for speech on demand; beyond 6 LU listeners turn the volume."""
BACK_ROW_LU = at_most(6, 12)
# A listener with a hearing loss needs 15 dB; below 10 dB pupils guess. Source: ANSI/ASA S12.60-2010, classrooms.
SNR_DB = at_least(20, 15)
NOISE_DBFS = at_most(-60, -50)
TRUE_PEAK_DBTP = at_most(-3, -1)
# What the gain is set for; source: EBU R 128.
TRUE_PEAK_AFTER_DBTP = at_most(HIGHEST_PEAK_DBTP, 0)
HUM_DBFS = at_most(-70, -60)
# Source: DIN 18041:2016, group A3 (teaching): about 0.5 to 0.6 s for a classroom of 150 to 250 m³; GB 50118: ≤ 0.8 s.
RT60_S = at_most(0.8, 1.2)
CLOCK_PPM = Tolerance(good=Range(low=-100, high=100), acceptable=Range(low=-500, high=500))


def judge_channels(role: str, faults: ChannelFaults) -> Iterator[Finding]:
    """What is wrong with the channels of a device."""
    for name, found in (("dead-channel", faults.dead), ("doubled-channels", faults.doubled)):
        verdict = (Verdict.BAD if name == "dead-channel" else Verdict.ACCEPTABLE) if found else Verdict.GOOD
        text = ", ".join(_channels(one) for one in found)
        yield fact(name, text, verdict, advice(name) if found else None, role)
    inverted = ", ".join(map(_channels, faults.inverted))
    yield fact(
        "inverted-channels",
        inverted,
        Verdict.BAD if inverted else Verdict.GOOD,
        advice("inverted-channels") if inverted else None,
        role,
    )


def judge_noise(role: str, floor: NoiseFloor, hum: MainsHum) -> Iterator[Finding]:
    """How loud the empty room is in the microphone, and how loud the mains hum is."""
    noise = floor.a_weighted_dbfs
    yield figure(
        "noise-floor",
        noise.value,
        NOISE_DBFS,
        advice("noise-floor"),
        unit="dBFS(A)",
        half_width=noise.half_width,
        device=role,
    )
    if hum.is_present:
        text = f"{hum.nominal_hz} Hz"
        yield figure("mains-hum", hum.level_dbfs, HUM_DBFS, advice("mains-hum"), unit="dBFS", text=text, device=role)
    else:
        yield fact("mains-hum", device=role)


def judge_speech(
    role: str, speech: SpeechLevel, snr_db: Estimate, clipped: Clipping, gain_db: float
) -> Iterator[Finding]:
    """How speech at the teacher's place arrives; ``gain_db`` is the config's, which the recording has not in it yet."""
    yield figure(
        "speech-loudness",
        speech.loudness_lufs + gain_db,
        LOUDNESS_LUFS,
        advice("speech-quiet" if speech.loudness_lufs + gain_db < TARGET_LUFS else "speech-loud"),
        unit="LUFS",
        device=role,
    )
    yield figure(
        "speech-over-noise",
        snr_db.value,
        SNR_DB,
        advice("speech-over-noise"),
        unit="dB",
        half_width=snr_db.half_width,
        device=role,
    )
    if clipped.is_clipped:
        yield figure("clipping", clipped.share * 100, at_most(0, 0.001), advice("clipping"), unit="%", device=role)
    else:
        peak = speech.true_peak_dbtp + gain_db
        yield figure("true-peak", peak, TRUE_PEAK_DBTP, advice("clipping"), unit="dBTP", device=role)


def judge_back_row(role: str, front_lufs: float, back_lufs: float) -> Finding:
    """How much quieter the back row is than the teacher's place."""
    return figure("back-row", front_lufs - back_lufs, BACK_ROW_LU, advice("back-row"), unit="LU", device=role)


def judge_reverberation(role: str, heard: Reverberation) -> Finding:
    """How long a sound lasts in the room."""
    time = heard.rt60_s
    return figure(
        "reverberation", time.value, RT60_S, advice("reverberation"), unit="s", half_width=time.half_width, device=role
    )


def judge_clock(role: str, clock: CardClock) -> Finding:
    """How far a card's rate is from the promised one; the recorder follows it, a defective card excepted."""
    ppm = clock.ppm
    return figure(
        "card-clock", ppm.value, CLOCK_PPM, advice("card-clock"), unit="ppm", half_width=ppm.half_width, device=role
    )


def judge_gain(role: str, wanted: GainAdvice) -> Iterator[Finding]:
    """What comes of the gains that are set: how loud speech is, and what kept it from the target."""
    code = {Limit.NONE: "speech-quiet", Limit.PEAK: "gain-limited-by-peak", Limit.RANGE: "gain-limited-by-range"}
    loudness = figure(
        "loudness-after",
        wanted.loudness_lufs,
        LOUDNESS_LUFS,
        advice(code[wanted.limit]),
        unit="LUFS",
        device=role,
    )
    yield loudness
    yield figure(
        "true-peak-after", wanted.true_peak_dbtp, TRUE_PEAK_AFTER_DBTP, advice("clipping"), unit="dBTP", device=role
    )


def _channels(found: int | tuple[int, int]) -> str:
    """Channels as people count them, from 1."""
    return str(found + 1) if isinstance(found, int) else "+".join(str(one + 1) for one in found)
