"""Verdicts on a camera's picture: focus, exposure, flicker, colour, level, noise, and the rate it really gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edge.calibration.finding_makers import advice, at_least, at_most, fact, figure, unmeasured
from edge.calibration.results import Finding, Range, Tolerance
from pipelines.measuring.estimate import Estimate
from pipelines.measuring.exposure import Exposure
from pipelines.measuring.flicker import Flicker
from pipelines.measuring.frame_rate import FrameRate, RateAgainstPromise, Slowdown
from pipelines.measuring.noise import TemporalNoise
from pipelines.measuring.sharpness import SharpnessMap
from pipelines.measuring.white_balance import ColourCast

# A lens in focus gives a 1080p camera 0.2 to 0.35 cycles per pixel at half contrast (ISO 12233); writing on a
# blackboard that is two pixels thick is lost below 0.12.
MTF50_CYCLES_PX = at_least(0.18, 0.12)
# The weakest corner against the middle of the tiles.
EVENNESS_PERCENT = at_least(55, 35)
MEAN_LUMA_PERCENT = Tolerance(good=Range(low=30, high=65), acceptable=Range(low=20, high=75))
CLIPPED_PERCENT = at_most(1, 5)
CRUSHED_PERCENT = at_most(5, 20)
# ΔE*ab: 2 is just seen side by side, 10 is another colour (CIE 015:2018; ISO/CIE 11664-4).
CAST_DELTA_E = at_most(6, 12)
SNR_DB = at_least(34, 28)
DIM_SNR_DB = at_least(28, 22)
RATE_PERCENT = at_least(98, 90)
MISSING_PERCENT = at_most(0.5, 3)
TILT_DEG = Tolerance(good=Range(low=-0.7, high=0.7), acceptable=Range(low=-2, high=2))
FLICKER_PERCENT = at_most(1.5, 4)
_MAINS_HZ = 50


def judge_sharpness(role: str, sharpness: SharpnessMap) -> Iterator[Finding]:
    """How sharp the picture is, and how evenly."""
    overall = sharpness.overall_cycles_px
    yield figure(
        "sharpness",
        overall.value,
        MTF50_CYCLES_PX,
        advice("focus"),
        unit="c/px",
        half_width=overall.half_width,
        device=role,
    )
    tiles = sharpness.mtf50_cycles_px
    known = tiles[np.isfinite(tiles)]
    if known.size >= tiles.size // 2:
        weakest = float(np.percentile(known, 10)) / float(np.median(known)) * 100
        yield figure("sharpness-evenness", weakest, EVENNESS_PERCENT, advice("uneven-focus"), unit="%", device=role)


def judge_exposure(role: str, found: Exposure) -> Iterator[Finding]:
    """Whether the picture is too dark or too bright, and what of it is lost in white and black."""
    mean = found.mean_luma * 100
    low = MEAN_LUMA_PERCENT.good.low or 0
    code = "too-dark" if mean < low else "too-bright"
    yield figure("brightness", mean, MEAN_LUMA_PERCENT, advice(code), unit="%", device=role)
    yield figure("clipped", found.clipped_share * 100, CLIPPED_PERCENT, advice("clipped"), unit="%", device=role)
    yield figure("crushed", found.crushed_share * 100, CRUSHED_PERCENT, advice("crushed"), unit="%", device=role)


def judge_colour(role: str, cast: ColourCast) -> Finding:
    """Whether white is white."""
    text = "" if cast.cct_k is None else f"{cast.cct_k:.0f} K"
    return figure(
        "colour-cast",
        cast.chroma.value,
        CAST_DELTA_E,
        advice("cast-warm" if cast.b > abs(cast.a) else "cast-cold" if -cast.b > abs(cast.a) else "cast-tinted"),
        unit="ΔE",
        half_width=cast.chroma.half_width,
        text=text,
        device=role,
    )


def judge_noise(role: str, noise: TemporalNoise, *, is_dim: bool = False) -> Finding:
    """How much the picture grains, in the usual light or in little light."""
    snr = noise.snr_db
    return figure(
        "picture-noise-dim" if is_dim else "picture-noise",
        snr.value,
        DIM_SNR_DB if is_dim else SNR_DB,
        advice("picture-noise"),
        unit="dB",
        half_width=snr.half_width,
        device=role,
    )


def judge_rate(role: str, rate: FrameRate, promise: RateAgainstPromise, *, is_dim: bool = False) -> Iterator[Finding]:
    """Whether the camera gives the rate that the config asks for, and every picture of it."""
    code = "rate-low-light" if promise.slowdown is Slowdown.LOW_LIGHT else "rate"
    yield figure(
        "frame-rate-dim" if is_dim else "frame-rate",
        promise.ratio.value * 100,
        RATE_PERCENT,
        advice(code),
        unit="%",
        half_width=promise.ratio.half_width * 100,
        text=f"{rate.fps.value:.2f} fps",
        device=role,
    )
    if not is_dim:
        yield figure(
            "missing-pictures",
            rate.missing_share * 100,
            MISSING_PERCENT,
            advice("missing-pictures"),
            unit="%",
            device=role,
        )


def judge_tilt(role: str, tilt_deg: Estimate) -> Finding:
    """Whether the camera hangs level; a picture that is turned clockwise (positive) wants the camera turned so, too."""
    return figure(
        "tilt",
        tilt_deg.value,
        TILT_DEG,
        advice("turn-clockwise" if tilt_deg.value > 0 else "turn-anticlockwise", degrees=round(abs(tilt_deg.value), 1)),
        unit="°",
        half_width=tilt_deg.half_width,
        device=role,
    )


def judge_flicker(role: str, found: Flicker) -> Finding:
    """Whether lamps make stripes or waves in the picture."""
    if not found.is_found:
        if _MAINS_HZ in found.hidden_mains_hz:
            return unmeasured("flicker", advice("flicker-hidden"), role)
        return fact("flicker", device=role)
    light = found.light_hz
    return figure(
        "flicker",
        found.depth_pct.value,
        FLICKER_PERCENT,
        advice("flicker"),
        unit="%",
        half_width=found.depth_pct.half_width,
        text="" if light is None else f"{light.value:.0f} Hz",
        device=role,
    )
