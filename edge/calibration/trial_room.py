"""Devices that are plugged in and have no role yet, opened for a look."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from edge.calibration.borrowed_devices import BorrowedDevices
from edge.calibration.device_roles import RoomDevice
from edge.config.driver_options import REGISTERED, DeviceKind, DeviceTable, parse_options
from edge.config.model import CameraConfig, Config, MicrophoneConfig


@contextlib.contextmanager
def trial_room(config: Config, devices: Sequence[RoomDevice]) -> Iterator[BorrowedDevices]:
    """A room with these devices alone, each in the place of a role by its name; closed with the context."""
    tables = {
        "cameras": {one.name: _camera(one) for one in devices if one.section == "cameras"},
        "microphones": {one.name: _microphone(one) for one in devices if one.section == "microphones"},
    }
    room = BorrowedDevices(config.model_copy(update=tables))
    try:
        yield room
    finally:
        room.close()


def _camera(device: RoomDevice) -> CameraConfig:
    return CameraConfig(driver=device.driver, options=_options(device, DeviceKind.CAMERAS))


def _microphone(device: RoomDevice) -> MicrophoneConfig:
    return MicrophoneConfig(driver=device.driver, options=_options(device, DeviceKind.MICROPHONES))


def _options(device: RoomDevice, kind: DeviceKind) -> object:
    keys = dict(device.found.keys) if device.found is not None else {}
    table = DeviceTable(kind, (kind, device.name), {"driver": device.driver, **keys})
    options, problems = parse_options(table, REGISTERED[kind], ask=True)
    if problems:
        raise ValueError(f"the keys that discovery gives are not taken: {problems[0]}")
    return options
