"""Step roles: which camera, microphone, clicker base and head is which, and whether all of them fit on USB at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import get_args

from drivers.discovered_device import DiscoveredDevice
from edge.calibration.device_look import CameraLook, Places, listen_to_all, look_at_all
from edge.calibration.device_roles import RoomDevice, Section, bind, configured, room_devices
from edge.calibration.earlier_views import load_views, save_views
from edge.calibration.peripheral_roles import bind_peripherals
from edge.calibration.results import Advice, Finding, StepResult, Verdict
from edge.calibration.role_exchange import Exchange, seen_exchange, serial_exchange
from edge.calibration.step import Step, StepContext
from edge.calibration.step_notes import StepNotes
from edge.calibration.trial_room import trial_room
from edge.calibration.usb_bandwidth import read_ports, usb_findings
from edge.config.model import CameraRole, MicrophoneRole
from edge.i18n import lazy_message
from edge.recorder import composition
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.tapped_microphone import tapped_microphone

NAME = "roles"

_NONE = "none"
_LISTEN_S = 20.0
_TAP_S = 5.0
_DELIVERS_S = 1.0
_OPENING_S = 6
_ROLES: dict[Section, tuple[str, ...]] = {"cameras": get_args(CameraRole), "microphones": get_args(MicrophoneRole)}


def run(context: StepContext) -> StepResult:
    """Find, show and bind all devices; in a check only tell what is missing, swapped or too much for USB.

    Raises:
        StepSkipped: The technician leaves the step out.
    """
    found = composition.discovered_devices()
    notes = StepNotes(NAME)
    cameras = room_devices(context.room.config, found, "cameras")
    microphones = room_devices(context.room.config, found, "microphones")
    if not context.is_check:
        _tell_what_is_there(context, cameras + microphones, found)
    with ExitStack() as stack:
        free = [device for device in cameras + microphones if not device.role]
        trial = stack.enter_context(trial_room(context.room.config, [] if context.is_check else free))
        places: Places = {one.name: (context.room if one.role else trial, one.name) for one in cameras + microphones}
        roles = _cameras(context, notes, cameras, places)
        _microphones(context, notes, microphones, places)
    if not context.is_check:
        bind_peripherals(context, notes, found)
    notes.devices += [device.measured(roles.get(device.name, "")) for device in cameras if _has_role(device, roles)]
    return notes.result()


def _has_role(device: RoomDevice, roles: Mapping[str, str]) -> bool:
    return bool(device.role or roles.get(device.name))


def _tell_what_is_there(context: StepContext, devices: list[RoomDevice], found: list[DiscoveredDevice]) -> None:
    """A line for each device; serial ports and bases, too."""
    for device in devices:
        if device.found is not None:
            context.technician.tell(
                lazy_message(
                    "calibration_roles.bound" if device.role else "calibration_roles.free",
                    role=device.role,
                    name=device.found.name,
                    details=device.found.details,
                )
            )
        else:
            context.technician.tell(
                lazy_message("calibration_roles.not-on-this-box", role=device.role, driver=device.driver)
            )
    for one in found:
        if one.section not in _ROLES:
            context.technician.tell(lazy_message("calibration_roles.also", name=one.name, details=one.details))


def _cameras(context: StepContext, notes: StepNotes, cameras: list[RoomDevice], places: Places) -> dict[str, str]:
    """Look at all cameras at once and give them their roles, by their names; none of those that have none."""
    shown = [device for device in cameras if device.role or not context.is_check]
    if not shown:
        return {}
    ports = {}
    with context.technician.progress(lazy_message("calibration_roles.looking"), _OPENING_S):
        looks = look_at_all({one.name: places[one.name] for one in shown}, lambda: ports.update(read_ports(shown)))
    for device in shown:
        notes.findings.append(_delivers(device, looks[device.name]))
    running = [device for device in shown if looks[device.name].picture is not None]
    notes.findings.append(_together(len(running), len(shown)))
    notes.findings += usb_findings(ports)
    bound = [device for device in running if device.role]
    views = {one.role: look.picture for one in bound if (look := looks[one.name]).picture is not None}
    earlier = [] if context.earlier is None else context.earlier.devices
    exchange = seen_exchange(bound, views, load_views(context.earlier_folder, list(views)), earlier)
    notes.findings += exchange.findings
    roles = _mended(context, notes, "cameras", exchange)
    if not context.is_check:
        roles = _ask_roles(context, notes, running, looks, roles, [one for one in shown if one not in running])
    by_role = {
        roles.get(one.name, one.role): picture for one in running if (picture := looks[one.name].picture) is not None
    }
    notes.pictures += save_views(context.folder, {role: picture for role, picture in by_role.items() if role})
    return roles


def _mended(context: StepContext, notes: StepNotes, section: Section, exchange: Exchange) -> dict[str, str]:
    """Ask whether swapped devices shall have their roles back; the roles that devices have then, by their names."""
    if context.is_check or not exchange.meant:
        return {}
    pairs = tuple(f"{now} → {then}" for now, then in exchange.meant.items() if now != then)
    question = lazy_message("calibration_roles.swap-back", pairs=pairs)
    if not context.technician.confirm(f"{NAME}.swap-{section}", question, default=True):
        return {}
    if not notes.exchange(context.room.config, section, exchange.meant):
        return {}
    return dict(exchange.meant)


def _ask_roles(
    context: StepContext,
    notes: StepNotes,
    running: list[RoomDevice],
    looks: Mapping[str, CameraLook],
    mended: Mapping[str, str],
    silent: list[RoomDevice],
) -> dict[str, str]:
    """Show the picture of each camera and ask for its role: an exchange of those that are bound, and the rest."""
    bound = [device for device in running if device.role]
    given: dict[str, str] = {}
    for device in bound:
        context.technician.show([], looks[device.name].picture)
        own = mended.get(device.role, device.role)
        left = [other.role for other in bound if other.role not in given.values()]
        first = [own] if own in left else []
        given[device.role] = _choose(context, device, first + [role for role in left if role != own])
    if any(given[role] != mended.get(role, role) for role in given) and not notes.exchange(
        context.room.config, "cameras", given
    ):
        given = dict(mended)
    replaceable = [device.role for device in silent if device.role]
    for device in running:
        if not device.role:
            context.technician.show([], looks[device.name].picture)
            _bind(context, notes, device, given, replaceable)
    return given


def _bind(
    context: StepContext, notes: StepNotes, device: RoomDevice, given: dict[str, str], replaceable: list[str]
) -> None:
    """Ask for the role of a device that has none, of those that are free or whose own device is missing."""
    present = configured(context.room.config, device.section)
    left = [role for role in _ROLES[device.section] if role in replaceable or role not in present]
    role = _choose(context, device, [_NONE, *(role for role in left if role not in given.values())])
    if role == _NONE:
        notes.add("device-unbound", Verdict.ACCEPTABLE, Advice(code="device-unbound"), device.name)
        return
    given[device.name] = role
    notes.changes += bind(context.room.config, device, role)
    notes.add("device-bound", Verdict.GOOD, None, role, f"{device.driver} {device.name}")


def _choose(context: StepContext, device: RoomDevice, roles: list[str]) -> str:
    if len(roles) == 1 and device.role:
        return roles[0]
    kind = device.section.removesuffix("s")
    options = [(role, lazy_message(f"calibration_roles.role-{role}")) for role in roles]
    question = lazy_message(f"calibration_roles.which-{kind}", name=device.found.name if device.found else device.name)
    return context.technician.choose(f"{NAME}.{kind}-{device.name}", question, options)


def _microphones(context: StepContext, notes: StepNotes, microphones: list[RoomDevice], places: Places) -> None:
    shown = [device for device in microphones if device.role or not context.is_check]
    if not shown:
        return
    where = {one.name: places[one.name] for one in shown}
    if context.is_check:
        heard = listen_to_all(where, _DELIVERS_S)
    else:
        context.technician.tell(lazy_message("calibration_roles.tap-each"))
        heard = listen_to_all(
            where, _LISTEN_S, lambda levels: _show_levels(context, levels), context.technician.wants_to_go_on
        )
    for device in shown:
        reason = heard[device.name].reason
        advice = Advice(code="device-missing") if reason else None
        name = "microphone-missing" if reason else "microphone-there"
        notes.add(name, Verdict.BAD if reason else Verdict.GOOD, advice, device.name, reason)
    running = [device for device in shown if not heard[device.name].reason]
    bound = [device for device in running if device.role]
    exchange = serial_exchange("microphones", bound, [] if context.earlier is None else context.earlier.devices)
    notes.findings += exchange.findings
    roles = _mended(context, notes, "microphones", exchange)
    if not context.is_check:
        running_places = {one.name: where[one.name] for one in running}
        _taps(context, notes, bound, running_places, roles)
        silent = [device.role for device in shown if device.role and device not in running]
        for device in running:
            if not device.role:
                _bind(context, notes, device, roles, silent)
    notes.devices += [device.measured(roles.get(device.name, "")) for device in running if _has_role(device, roles)]


def _taps(
    context: StepContext, notes: StepNotes, bound: list[RoomDevice], where: Places, mended: Mapping[str, str]
) -> None:
    """Have each bound microphone tapped, and see whether the sound comes from there."""
    meant: dict[str, str] = {}
    for device in bound:
        role = mended.get(device.role, device.role)
        request = lazy_message("calibration_roles.tap", role=lazy_message(f"calibration_roles.role-{role}"))
        if not context.technician.confirm(f"{NAME}.tap-{role}", request, default=True):
            continue
        with context.technician.progress(lazy_message("calibration_roles.listening"), _TAP_S):
            heard = listen_to_all(where, _TAP_S, lambda levels: _show_levels(context, levels))
        try:
            tapped = tapped_microphone({name: one.peaks for name, one in heard.items() if not one.reason})
        except Unmeasurable as error:
            notes.add("microphone-tapped", Verdict.UNMEASURED, Advice(code=f"tap-{error.why}"), role)
            continue
        if tapped == device.name:
            notes.add("microphone-tapped", Verdict.GOOD, None, role)
        else:
            other = Advice(code="microphones-mixed-up", values={"other": tapped})
            notes.add("microphone-tapped", Verdict.BAD, other, role, tapped)
            if tapped in {one.role for one in bound}:
                meant[tapped] = role
    if meant:
        _mended(context, notes, "microphones", Exchange.of(meant, [one.role for one in bound]))


def _show_levels(context: StepContext, levels: Mapping[str, float]) -> None:
    context.technician.show(
        [
            Finding(
                name="microphone-level",
                device=name,
                value=round(100 * level),
                unit="%",
                verdict=Verdict.GOOD if level > 0 else Verdict.UNMEASURED,
            )
            for name, level in levels.items()
        ]
    )


def _delivers(device: RoomDevice, look: CameraLook) -> Finding:
    if look.picture is None:
        return Finding(
            name="camera-missing",
            device=device.name,
            text=look.reason,
            verdict=Verdict.BAD,
            advice=Advice(code="device-missing"),
        )
    return Finding(name="camera-there", device=device.name, value=round(look.fps, 1), unit="fps", verdict=Verdict.GOOD)


def _together(running: int, wanted: int) -> Finding:
    is_whole = running == wanted
    return Finding(
        name="cameras-together",
        value=running,
        text=f"{running}/{wanted}",
        verdict=Verdict.GOOD if is_whole else Verdict.BAD,
        advice=None if is_whole else Advice(code="cameras-together"),
    )


STEP = Step(NAME, run, needs="devices", in_check=True)
