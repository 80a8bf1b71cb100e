"""What the console shows of the room's status, as sentences in the reader's language: one view for each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from edge.classroom.recorder_messages import DeviceStatus
from edge.i18n import Language, translate, translate_code, translate_sentence
from edge.i18n.receipt import MESSAGES as RECEIPT
from edge.link.control_messages import DirectorStatus, HeadStatus, Status
from edge.link.merge_patch import JsonObject
from pipelines.capture.signal_faults import HARMLESS
from pipelines.devices.device_state import DeviceState

CLICKERS = "clickers"


@cache
def console_view(language: Language) -> Callable[[Status], JsonObject]:
    """The projection of the status for ``EventStreams.serve``; the same object for the same language."""

    def view(status: Status) -> JsonObject:
        return {
            "state": status.state,
            "lesson": status.lesson or "",
            "lesson_time_s": round(status.lesson_time_s),
            "lamp": status.lamp,
            "watched": status.watched,
            "meters": {role: round(level) for role, level in status.meters_dbfs.items()},
            "devices": _devices(status, language),
            "heads": {role: _head(head, language) for role, head in status.ptz.items()},
            "poll": None if status.poll is None else status.poll.model_dump(mode="json"),
            "groups": status.groups,
            "director": None if status.director is None else _director(status.director, language),
            "coming": _coming(status, language),
            "warnings": _warnings(status, language),
            "facts": _facts(status, language),
        }

    return lambda status: {name: value for name, value in view(status).items() if value is not None}


def role_name(role: str, language: Language) -> str:
    """What people call a device or a track, as a heading; its role where there is no word for it."""
    name = translate(f"receipt.track-{role}", language) if f"track-{role}" in RECEIPT else role
    return name[:1].upper() + name[1:]


def _director(director: DirectorStatus, language: Language) -> JsonObject:
    """``says`` is what is on air, and why; ``offers`` what is proposed, and why, or empty."""

    def shown(key: str, role: str, why: str) -> str:
        if not role:
            return ""
        name = role_name(role, language)
        if why:
            reason = translate_code("director.why", language, why)
            name = translate("director.with-why", language, role=name, why=reason)
        return translate(f"director.{key}", language, role=name)

    return {
        "mode": director.mode,
        "on_air": director.on_air,
        "proposed": director.proposed,
        "says": shown("says", director.on_air, director.on_air_why),
        "offers": shown("offers", director.proposed, director.proposed_why),
    }


def _devices(status: Status, language: Language) -> JsonObject:
    devices: Mapping[str, DeviceStatus] = status.devices
    if status.clickers is not None:
        devices = {**devices, CLICKERS: status.clickers}
    return {role: _device(role, device, status, language) for role, device in devices.items()}


def _device(role: str, device: DeviceStatus, status: Status, language: Language) -> JsonObject:
    """``text`` says what to do where ``good`` is false."""
    name = role_name(role, language)
    if device.state is not DeviceState.RUNNING:
        text = translate_sentence(device.reason, language)
    elif device.signal:
        text = translate_code("room.signal", language, device.signal)
    else:
        rate = status.rates_fps.get(role)
        text = "" if rate is None else translate("room.rate", language, fps=rate)
    runs = device.state is DeviceState.RUNNING
    good = runs and (not device.signal or device.signal in HARMLESS)
    state = translate("pages_console.device-ill" if runs and not good else f"room.device-{device.state}", language)
    return {"name": name, "good": good, "state": state, "text": text}


def _head(head: HeadStatus, language: Language) -> JsonObject:
    return {
        "good": head.state is DeviceState.RUNNING,
        "preset": head.preset or "",
        "moving": head.moving,
        "text": translate_sentence(head.reason, language),
    }


def _coming(status: Status, language: Language) -> JsonObject | None:
    """What is announced to happen by itself, while a person can still answer it."""
    hint = status.day_hint
    if hint is None or not hint.is_announced:
        return None
    return {"act": hint.act, "text": translate(f"room.hint-{hint.act}", language, **hint.clock_times())}


def _warnings(status: Status, language: Language) -> list[str]:
    codes = filter(None, dict.fromkeys([status.refusal, *status.faults]))
    warnings = [translate_code("room.fault", language, code) for code in codes]
    if status.given_up is not None:
        roles = tuple(role_name(role, language) for role in status.given_up.halved)
        key = "room.given-up-rate" if roles else "room.given-up-preset"
        warnings.append(translate(key, language, preset=status.given_up.preset, roles=roles))
    return warnings


def _facts(status: Status, language: Language) -> JsonObject:
    """Short sentences about disk, copies, and the last lesson."""
    upload = status.upload
    facts = {}
    if status.disk is not None:
        facts["disk"] = translate("pages_console.hours-left", language, hours=int(status.disk.hours_left))
    if not upload.configured:
        facts["upload"] = translate("room.upload-nowhere", language)
    elif upload.fault:
        fault = translate_code("room.fault", language, upload.fault)
        facts["upload"] = translate("room.upload-held-up", language, count=upload.pending, fault=fault)
    else:
        key = "room.upload-pending" if upload.pending else "room.upload-done"
        facts["upload"] = translate(key, language, count=upload.pending)
    if status.check is not None:
        facts["check"] = translate(f"pages_console.check-{status.check.recording}", language)
    return facts
