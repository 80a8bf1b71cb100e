"""Verdicts on the offset of pictures and sound, and on how exactly it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge.calibration.finding_makers import advice, at_most, fact, figure
from edge.calibration.results import Curve, Finding, Range, Tolerance
from pipelines.measuring.estimate import Estimate
from pipelines.measuring.sync import ENOUGH_MS, Source, SyncOffset

# Source: Recommendation ITU-R BT.1359-1: seen from 45 ms of sound too early and 125 ms too late on; EBU R 37: +40, -60.
REMAINING_MS = Tolerance(good=Range(low=-15, high=15), acceptable=Range(low=-40, high=40))


def judge_pair(camera: str, microphone: str, found: SyncOffset, settings: Mapping[str, int]) -> Iterator[Finding]:
    """The offset of a camera against a microphone, and what is left of it with the settings of both."""
    pair = f"{camera}+{microphone}"
    offset, enough = found.offset_ms, ENOUGH_MS[found.source]
    yield Finding(
        name="sync-offset",
        device=pair,
        value=offset.value,
        half_width=offset.half_width,
        unit="ms",
        verdict=at_most(enough, 2 * enough).verdict(offset.half_width),
    )
    yield figure(
        "sync-precision",
        offset.half_width,
        at_most(enough, 2 * enough),
        advice("sync-precision"),
        unit="ms",
        device=pair,
    )
    remaining = offset.value - (settings[camera] - settings[microphone])
    yield figure("sync-remaining", remaining, REMAINING_MS, advice("sync-offset"), unit="ms", device=pair)


def latency_fact(name: str, role: str, latency: Estimate) -> Finding:
    """A device's own latency to the kernel's stamp."""
    text = f"{latency.value:.1f} ± {latency.half_width:.1f} ms"
    return fact(name, text, device=role)


def travel_fact(microphone: str, travel_ms: float) -> Finding:
    """How long sound is on its way from the teacher to the microphone, which no setting takes out."""
    return fact("sound-travel", f"{travel_ms:.1f} ms", device=microphone)


def histogram(camera: str, microphone: str, found: SyncOffset) -> Curve:
    """What single pairs said, with their mean, half its interval, and the half-width that is wanted."""
    return Curve(
        kind="sync-histogram",
        device=f"{camera}+{microphone}",
        x=[round(float(one), 2) for one in found.differences_ms],
        y=[round(found.offset_ms.value, 2), round(found.offset_ms.half_width, 2), ENOUGH_MS[found.source]],
    )


def is_exact_enough(offsets: Mapping[tuple[str, str], SyncOffset]) -> bool:
    """Whether every pair is known as exactly as its source allows."""
    return bool(offsets) and all(found.enough for found in offsets.values())


def settings_of(offsets: Mapping[tuple[str, str], SyncOffset]) -> dict[str, float]:
    """Each device's latency in ms for the settings: its own with the wand, with hands against the first microphone."""
    latencies: dict[str, float] = {}
    for (camera, microphone), found in offsets.items():
        if found.source is Source.WAND and found.camera_latency_ms and found.microphone_latency_ms:
            latencies[camera] = found.camera_latency_ms.value
            latencies[microphone] = found.microphone_latency_ms.value
            continue
        if camera not in latencies:
            latencies[camera] = latencies.setdefault(microphone, 0.0) + found.offset_ms.value
        latencies.setdefault(microphone, latencies[camera] - found.offset_ms.value)
    return latencies
