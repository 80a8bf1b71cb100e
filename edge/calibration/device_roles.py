"""Which device has which role: what is plugged in against the config and the calibration before, and what to set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.discovered_device import DiscoveredDevice
from edge.calibration.results import MeasuredDevice, SettingChange
from edge.config.identity_keys import IDENTITY_KEYS, identity_values, is_device_of
from edge.config.model import CameraConfig, Config, MicrophoneConfig

Section = Literal["cameras", "microphones"]


@dataclass(frozen=True, slots=True)
class RoomDevice:
    """A camera or microphone: ``role`` is the one that the config binds it to, empty where it does not.

    ``found`` is the device as it is plugged in; None for one that discovery does not see: on the network, simulated, or
    missing.
    """

    section: Section
    role: str
    driver: str
    found: DiscoveredDevice | None

    @property
    def name(self) -> str:
        """Its role, or where it is plugged in: what questions about it are called by."""
        if self.role or self.found is None:
            return self.role
        return self.found.usb_port or self.found.node or self.found.name

    def measured(self, role: str = "") -> MeasuredDevice:
        """The device as results keep it, in ``role``."""
        one = self.found
        if one is None:
            return MeasuredDevice(role=role or self.role, driver=self.driver)
        return MeasuredDevice(
            role=role or self.role,
            driver=self.driver,
            model=" ".join(filter(None, (one.name, one.model))),
            serial=one.serial,
            port=one.usb_port,
            node=one.node,
        )


def room_devices(config: Config, found: Sequence[DiscoveredDevice], section: Section) -> list[RoomDevice]:
    """The configured devices of a section, and then those that are plugged in and not bound."""
    left = [one for one in found if one.section == section]
    devices = []
    for role, device in configured(config, section).items():
        own = [one for one in left if one.driver == device.driver and is_device_of(device.options, one)]
        devices.append(RoomDevice(section, role, device.driver, own[0] if len(own) == 1 else None))
        # Several are an ambiguous name: the driver will say so, and none of them is free for another role.
        left = [one for one in left if one not in own]
    return devices + [RoomDevice(section, "", one.driver, one) for one in left]


def configured(config: Config, section: Section) -> dict[str, CameraConfig | MicrophoneConfig]:
    """The devices of a section by their roles."""
    if section == "cameras":
        return {str(role): camera for role, camera in config.cameras.items()}
    return {str(role): microphone for role, microphone in config.microphones.items()}


def exchanged_by_serial(now: Iterable[RoomDevice], then: Sequence[MeasuredDevice]) -> dict[str, str]:
    """Which roles have a device that had another role in the calibration before: that role, by the present one.

    A serial number that two devices share tells nothing.
    """
    before = [one for one in then if one.serial]
    serials = [one.serial for one in before]
    roles = {one.serial: one.role for one in before if serials.count(one.serial) == 1}
    bound = [device for device in now if device.role and device.found is not None]
    present = [device.found.serial for device in bound if device.found is not None]
    return {
        device.role: roles[device.found.serial]
        for device in bound
        if device.found is not None
        and present.count(device.found.serial) == 1
        and roles.get(device.found.serial, device.role) != device.role
    }


def replaced(device: RoomDevice, then: Sequence[MeasuredDevice]) -> bool:
    """Whether the device of a role is certainly another one than in the calibration before."""
    before = next((one for one in then if one.role == device.role), None)
    if before is None or device.found is None or not before.model:
        return False
    now = device.measured()
    is_other_model = now.model != before.model
    return is_other_model or bool(now.serial and before.serial and now.serial != before.serial)


def completed(meant: Mapping[str, str], roles: Sequence[str]) -> dict[str, str] | None:
    """A whole exchange of roles of what is known of it: the role each present one should have; None if it is none.

    Roles of which nothing is known keep theirs, or the only one that is left.
    """
    whole = {role: other for role, other in meant.items() if role in roles and other in roles}
    if len(set(whole.values())) < len(whole):
        return None
    open_roles = [role for role in roles if role not in whole]
    left = [role for role in roles if role not in whole.values()]
    for role in [role for role in open_roles if role in left]:
        whole[role] = role
        open_roles.remove(role)
        left.remove(role)
    if len(open_roles) > 1:
        return None
    whole.update(zip(open_roles, left, strict=True))
    return whole


def exchange(config: Config, section: Section, meant: Mapping[str, str]) -> list[SettingChange] | None:
    """The settings by which each device gets the role that it should have, by its present one.

    None where that cannot be set: the devices have different drivers, or are not told apart by keys of the config.
    """
    devices = configured(config, section)
    changes: list[SettingChange] = []
    for present, wanted in meant.items():
        if present == wanted:
            continue
        source, target = devices[present], devices[wanted]
        values, old = identity_values(source.options), identity_values(target.options)
        if source.driver != target.driver or not any(values.values()):
            return None
        changes += _changes(f"{section}.{wanted}", old, values)
    return changes


def bind(config: Config, device: RoomDevice, role: str) -> list[SettingChange]:
    """The settings by which a device that is plugged in gets a role, in the place of the one that has it."""
    if device.found is None:
        return []
    table = f"{device.section}.{role}"
    present = configured(config, device.section).get(role)
    old = identity_values(present.options) if present is not None else {}
    # Other names of the device before would still be asked of the new one.
    cleared: dict[str, str | int] = {
        key: 0 if isinstance(value, int) else "" for key, value in old.items() if present and value
    }
    same_driver = present is not None and present.driver == device.driver
    driver = [] if same_driver else [SettingChange(key=f"{table}.driver", after=device.driver)]
    return driver + _changes(table, old, (cleared if same_driver else {}) | dict(device.found.keys))


def _changes(table: str, old: Mapping[str, str | int], new: Mapping[str, str | int]) -> list[SettingChange]:
    keys = [*(key for key in IDENTITY_KEYS if key in new), *(key for key in new if key not in IDENTITY_KEYS)]
    return [
        SettingChange(key=f"{table}.{key}", before=old.get(key) or None, after=new[key])
        for key in keys
        if old.get(key) != new[key]
    ]
