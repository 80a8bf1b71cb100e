"""What a config may say and a person probably did not mean."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from edge.config.devices import Kind
from edge.config.model import Camera, Config, Microphone, Ptz
from edge.config.problems import Problem, dotted
from edge.words import saying


def doubts(config: Config) -> list[Problem]:
    """Questions, not refusals: the config works as it is."""
    found = [
        *_shared([((Kind.CAMERAS.value, role), camera) for role, camera in config.cameras.items()]),
        *_shared([((Kind.MICROPHONES.value, role), device) for role, device in config.microphones.items()]),
        *_shared([((Kind.PTZ.value, role), head) for role, head in config.ptz.items()]),
    ]
    if not config.cameras and not config.microphones:
        found.append(Problem(Kind.CAMERAS, saying("config.no-devices"), saying("config.a-device")))
    return found


def _shared(devices: list[tuple[tuple[str, str], Camera | Microphone | Ptz]]) -> Iterator[Problem]:
    """Two roles that would open the same device; each simulated one is a device of its own."""
    for (first_path, first), (path, device) in combinations(devices, 2):
        if device.driver != "simulated" and (device.driver, device.options) == (first.driver, first.options):
            found = saying("config.same-device", other=dotted(first_path))
            yield Problem(dotted(path), found, saying("config.another-device"))
