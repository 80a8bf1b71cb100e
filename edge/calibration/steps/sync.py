"""Sync: the true offset of each camera and microphone, by a wand of light and sound, or by clapping hands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from edge.calibration.finding_makers import advice, unmeasured
from edge.calibration.results import Finding, SettingChange, StepResult
from edge.calibration.role_names import role_name
from edge.calibration.step import Step, StepContext
from edge.calibration.sync_capture import SyncCapture, capturing
from edge.calibration.technician import StepNotNeeded
from edge.calibration.verdicts import sync as verdicts
from edge.config.model import Config
from edge.i18n import lazy_message
from edge.recorder import composition
from pipelines.measuring.clap_motion import clap_motion
from pipelines.measuring.clap_onset import clap_onsets
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.light_onset import LEAST_INTERVALS_LIT, light_onset
from pipelines.measuring.sound_onset import tone_onsets
from pipelines.measuring.sync import (
    Distance,
    Source,
    SyncOffset,
    flash_gaps_ms,
    hands_offset,
    latency_settings,
    wand_offset,
)

NAME = "sync"

Offsets = dict[tuple[str, str], SyncOffset]
Troubles = dict[tuple[str, str], str]

_FLASHES = 20
_CLAPS_S = 15.0
_MOST_ROUNDS = 4
_BEFORE_S = 1.5
_AFTER_S = 1.2
_SHORTEST_FLASH_MS = 110.0
_SLOWEST_MS = 200.0
_DISTANCE_ERROR_M = 0.3


def run(context: StepContext) -> StepResult:
    """Measure until every pair is known exactly enough; the latencies become settings.

    Raises:
        StepNotNeeded: There is no camera, or no microphone.
        DeviceUnavailable: A device does not open.
    """
    config, technician = context.room.config, context.technician
    cameras, microphones = [*map(str, config.cameras)], [*map(str, config.microphones)]
    if not cameras or not microphones:
        raise StepNotNeeded
    options = [(one.value, lazy_message(f"calibration_measuring.sync-{one.value}")) for one in Source]
    if config.wand is None:
        options.reverse()
    source = Source(technician.choose(f"{NAME}.source", lazy_message("calibration_measuring.sync-source"), options))
    if source is Source.WAND and config.wand is None:
        return StepResult(step=NAME, findings=[unmeasured("sync-offset", advice("sync-no-wand"))])
    distances = {role: Distance(_distance_m(context, role), _DISTANCE_ERROR_M) for role in microphones}
    what = "sync-hold-wand" if source is Source.WAND else "sync-clap"
    technician.ready(f"{NAME}.ready", lazy_message(f"calibration_measuring.{what}"))
    with capturing(context.room, cameras, microphones) as capture:
        measure = _by_wand if source is Source.WAND else _by_hands
        offsets, troubles = measure(context, capture, distances)
    return _result(config, offsets, troubles)


def _by_wand(context: StepContext, capture: SyncCapture, distances: Mapping[str, Distance]) -> tuple[Offsets, Troubles]:
    """Flash until it is enough; both lists by camera and microphone."""
    wand = composition.wand(context.room.config)
    flashes: list[tuple[int, int]] = []
    offsets: Offsets = {}
    troubles: Troubles = {}
    if wand is None:
        return offsets, troubles
    with closing(wand):
        wand.open()
        time.sleep(_BEFORE_S)
        for _ in range(_MOST_ROUNDS):
            on_ms = _flash_ms(capture)
            gaps_ms = flash_gaps_ms(_FLASHES, shortest_ms=on_ms + 340.0)
            expected_s = (sum(gaps_ms) + _FLASHES * on_ms) / 1e3 + _AFTER_S
            with context.technician.progress(lazy_message("calibration_measuring.sync-measuring"), expected_s):
                for gap_ms in gaps_ms:
                    flash = wand.flash(on_ms)
                    flashes.append((flash.raised_ns, flash.lowered_ns))
                    time.sleep(gap_ms / 1e3)
                time.sleep(_AFTER_S)
            offsets, troubles = _evaluate_wand(capture, np.array(flashes, np.int64), distances)
            if verdicts.is_exact_enough(offsets) and not troubles:
                break
            context.technician.tell(lazy_message("calibration_measuring.sync-again"))
    return offsets, troubles


def _evaluate_wand(
    capture: SyncCapture, flashes_ns: NDArray[np.int64], distances: Mapping[str, Distance]
) -> tuple[Offsets, Troubles]:
    offsets: Offsets = {}
    troubles: Troubles = {}
    for camera in capture.tiles:
        for microphone, distance in distances.items():
            try:
                light = light_onset(*capture.pictures(camera), flashes_ns)
                tones = tone_onsets(capture.track(microphone), flashes_ns)
                offsets[camera, microphone] = wand_offset(light, tones, distance)
            except Unmeasurable as error:
                troubles[camera, microphone] = error.why
    return offsets, troubles


def _by_hands(
    context: StepContext, capture: SyncCapture, distances: Mapping[str, Distance]
) -> tuple[Offsets, Troubles]:
    """Listen and look while somebody claps, until it is enough."""
    offsets: Offsets = {}
    troubles: Troubles = {}
    for _ in range(_MOST_ROUNDS):
        with context.technician.progress(lazy_message("calibration_measuring.sync-measuring"), _CLAPS_S):
            time.sleep(_CLAPS_S)
        offsets, troubles = {}, {}
        for camera in capture.tiles:
            for microphone, distance in distances.items():
                try:
                    claps_ns = clap_onsets(capture.track(microphone))
                    seen = clap_motion(*capture.pictures(camera), claps_ns)
                    offsets[camera, microphone] = hands_offset(seen, distance)
                except Unmeasurable as error:
                    troubles[camera, microphone] = error.why
        if verdicts.is_exact_enough(offsets) and not troubles:
            break
        context.technician.tell(lazy_message("calibration_measuring.sync-again"))
    return offsets, troubles


def _result(config: Config, offsets: Offsets, troubles: Troubles) -> StepResult:
    findings: list[Finding] = []
    settings = latency_settings(verdicts.settings_of(offsets))
    told: set[str] = set()
    for (camera, microphone), found in offsets.items():
        findings += verdicts.judge_pair(camera, microphone, found, settings)
        if found.camera_latency_ms is not None and camera not in told:
            findings.append(verdicts.latency_fact("camera-latency", camera, found.camera_latency_ms))
        if microphone not in told:
            if found.microphone_latency_ms is not None:
                findings.append(verdicts.latency_fact("microphone-latency", microphone, found.microphone_latency_ms))
            findings.append(verdicts.travel_fact(microphone, found.travel_ms))
        told |= {camera, microphone}
    for (camera, microphone), why in troubles.items():
        code = why if why in _TOLD else "too-few"
        findings.append(unmeasured("sync-offset", advice(f"sync-{code}"), f"{camera}+{microphone}"))
    curves = [verdicts.histogram(camera, microphone, found) for (camera, microphone), found in offsets.items()]
    return StepResult(step=NAME, findings=findings, changes=_changes(config, settings), curves=curves)


_TOLD = ("no-light", "no-beep")


def _changes(config: Config, settings: Mapping[str, int]) -> list[SettingChange]:
    before = {f"cameras.{role}.latency_ms": (role, camera.latency_ms) for role, camera in config.cameras.items()} | {
        f"microphones.{role}.late_ms": (role, microphone.late_ms) for role, microphone in config.microphones.items()
    }
    return [
        SettingChange(key=key, before=value, after=settings[role])
        for key, (role, value) in before.items()
        if role in settings and settings[role] != value
    ]


def _distance_m(context: StepContext, role: str) -> float:
    question = lazy_message("calibration_measuring.sync-distance", role=role_name(role))
    return context.technician.number(f"{NAME}.distance-{role}", question, default=3.0, low=0.0, high=20.0)


def _flash_ms(capture: SyncCapture) -> float:
    """So long that every camera has pictures wholly within a flash."""
    intervals = [capture.interval_ms(role) or _SLOWEST_MS / LEAST_INTERVALS_LIT for role in capture.tiles]
    return max(_SHORTEST_FLASH_MS, *(interval * (LEAST_INTERVALS_LIT + 0.3) for interval in intervals))


STEP = Step(NAME, run, needs="devices", in_check=False)
