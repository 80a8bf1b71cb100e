"""Gain: speech at the teacher's place is brought to the target, by the card's own gain first, then by the config's."""

from __future__ import annotations

from drivers.errors import DeviceError
from edge.calibration.capture import record
from edge.calibration.card_gains import CardGains
from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.results import Finding, SettingChange, StepResult, Verdict
from edge.calibration.role_names import role_name
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.verdicts.sound import judge_gain
from edge.config.model import MicrophoneRole
from edge.i18n import lazy_message
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.full_scale import mono
from pipelines.measuring.gain_advice import GainAdvice, advise_gain
from pipelines.measuring.sound_level import speech_level

NAME = "gain"

_SPEECH_S = 8.0
# A gain that the card rounds, or that it applies to something else, is found by measuring again.
_MOST_ROUNDS = 3
_CLOSE_ENOUGH_LU = 1.5


def run(context: StepContext) -> StepResult:
    """Set the gain of every microphone of the config."""
    findings: list[Finding] = []
    changes: list[SettingChange] = []
    for role in context.room.config.microphones:
        try:
            found, change = _set_gain(context, role)
        except Unmeasurable as error:
            findings.append(unmeasured("gain", advice(f"sound-{error.why}"), role))
        except DeviceUnavailable as error:
            findings.append(unmeasured("gain", advice("device-unavailable", reason=error.reason), role))
        else:
            findings += found
            changes += change
    return StepResult(step=NAME, findings=findings, changes=changes)


def _set_gain(context: StepContext, role: MicrophoneRole) -> tuple[list[Finding], list[SettingChange]]:
    """Measure, set the card, and measure again until the card's part is right; the config's part comes last."""
    technician = context.technician
    technician.ready(f"{NAME}.speech-{role}", lazy_message("calibration_measuring.gain-speech", role=role_name(role)))
    findings: list[Finding] = []
    changes: list[SettingChange] = []
    with CardGains.of(context.room.config, role) as card:
        before_db = card.gain_db
        for _ in range(_MOST_ROUNDS):
            wanted = _advice(context, role, card)
            if wanted.card_gain_db is None or card.gain_db is None:
                break
            if abs(wanted.card_gain_db - card.gain_db) < _CLOSE_ENOUGH_LU:
                break
            try:
                card.set_gain(wanted.card_gain_db)
            except DeviceError as error:
                findings.append(
                    fact("card-gain", "", Verdict.BAD, advice("card-gain-refused", reason=error.reason), role)
                )
                break
        if card.gain_db is not None and before_db is not None:
            findings.append(fact("card-gain", f"{before_db:.1f} → {card.gain_db:.1f} dB", device=role))
            if card.gain_db != before_db:
                changes.append(
                    SettingChange(
                        key=f"microphones.{role}.capture_gain_db",
                        before=round(before_db, 1),
                        after=round(card.gain_db, 1),
                    )
                )
    gain_before = context.room.config.microphones[role].gain_db
    if wanted.config_gain_db != gain_before:
        changes.append(
            SettingChange(key=f"microphones.{role}.gain_db", before=gain_before, after=wanted.config_gain_db)
        )
    return [*findings, *judge_gain(role, wanted)], changes


def _advice(context: StepContext, role: MicrophoneRole, card: CardGains) -> GainAdvice:
    with context.technician.progress(lazy_message("calibration_measuring.recording", role=role_name(role)), _SPEECH_S):
        spoken = record(context.room, role, _SPEECH_S)
    level = speech_level(mono(spoken.samples), spoken.rate_hz)
    return advise_gain(level.loudness_lufs, level.true_peak_dbtp, card.range)


STEP = Step(NAME, run, needs="devices", in_check=False)
