"""Warnings about a config that is valid but probably not what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from edge.config.driver_options import DeviceKind
from edge.config.model import CameraConfig, Config, MicrophoneConfig, PtzConfig
from edge.config.problems import ConfigProblem, dotted_key
from edge.i18n import lazy_message


def config_warnings(config: Config) -> list[ConfigProblem]:
    """Return what a person should look at again; the config works as it is."""
    found = [
        *_shared([((DeviceKind.CAMERAS.value, role), camera) for role, camera in config.cameras.items()]),
        *_shared([((DeviceKind.MICROPHONES.value, role), device) for role, device in config.microphones.items()]),
        *_shared([((DeviceKind.PTZ.value, role), head) for role, head in config.ptz.items()]),
    ]
    if not config.cameras and not config.microphones:
        found.append(
            ConfigProblem(DeviceKind.CAMERAS, lazy_message("config.no-devices"), lazy_message("config.a-device"))
        )
    return found


def _shared(
    devices: list[tuple[tuple[str, str], CameraConfig | MicrophoneConfig | PtzConfig]],
) -> Iterator[ConfigProblem]:
    """Yield pairs of roles that would open the same device; each simulated device is a device of its own."""
    for (first_path, first), (path, device) in combinations(devices, 2):
        if device.driver != "simulated" and (device.driver, device.options) == (first.driver, first.options):
            found = lazy_message("config.same-device", other=dotted_key(first_path))
            yield ConfigProblem(dotted_key(path), found, lazy_message("config.another-device"))
