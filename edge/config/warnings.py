"""Warnings about a config that is valid but probably not what was meant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from drivers.address import Address, InvalidAddress
from edge.config.driver_options import DeviceKind
from edge.config.model import Config
from edge.config.problems import ConfigProblem, dotted_key
from edge.i18n import lazy_message

_DEV = Path("/dev")
_SERIAL_KEYS = ("serial_port", "device")
_USUAL_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443, "rtmp": 1935, "rtmps": 443}


def config_warnings(config: Config, dev: Path = _DEV) -> list[ConfigProblem]:
    """Return what a person should look at again; the config works as it is.

    Names of devices are resolved below ``dev``, since one device has several.
    """
    found = [*_shared(config, dev), *_published(config)]
    if not config.cameras and not config.microphones:
        found.append(
            ConfigProblem(DeviceKind.CAMERAS, lazy_message("config.no-devices"), lazy_message("config.a-device"))
        )
    return found


def _published(config: Config) -> Iterator[ConfigProblem]:
    """Yield what publishing means, that there is nothing to publish to, and that names of students stay here."""
    if config.publication.access == "public":
        yield ConfigProblem(
            "publication.access", lazy_message("config.pictures-public"), lazy_message("config.pictures-agreed")
        )
        if not config.store.url:
            yield ConfigProblem("store.url", lazy_message("config.nothing"), lazy_message("config.store-to-publish"))
        if config.roster.share_names:
            yield ConfigProblem(
                "roster.share_names", lazy_message("config.names-public"), lazy_message("config.names-private")
            )


def _shared(config: Config, dev: Path) -> Iterator[ConfigProblem]:
    """Yield pairs of roles that would open the same device; each simulated device is a device of its own."""
    for (first, one), (path, another) in combinations(_identities(config, dev), 2):
        if one == another:
            found = lazy_message("config.same-device", other=dotted_key(first))
            yield ConfigProblem(dotted_key(path), found, lazy_message("config.another-device"))


def _identities(config: Config, dev: Path) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the key path of every real device, and what is equal where two of them are the same."""
    for role, camera in config.cameras.items():
        if camera.driver != "simulated":
            yield (DeviceKind.CAMERAS.value, role), _camera(camera.driver, camera.options, dev)
    for microphone_role, microphone in config.microphones.items():
        if microphone.driver != "simulated":
            yield (DeviceKind.MICROPHONES.value, microphone_role), (microphone.driver, microphone.options)
    for role, head in config.ptz.items():
        if head.driver != "simulated":
            yield (DeviceKind.PTZ.value, role), _head(head.driver, head.options, dev)
    if config.clickers is not None and config.clickers.driver != "simulated":
        yield (DeviceKind.CLICKERS.value,), _serial_line(config.clickers.options, dev) or config.clickers.driver


def _camera(driver: str, options: Any, dev: Path) -> object:
    url, device = getattr(options, "url", ""), getattr(options, "device", "")
    if url:
        return _source(url)
    node = dev / "v4l" / device
    return os.path.realpath(node) if device and os.path.lexists(node) else (driver, options)


def _source(url: str) -> object:
    """Where a stream comes from, whoever asks for it."""
    scheme = url.partition("://")[0].lower()
    try:
        address = Address.parse(url, (scheme,), (scheme,))
    except InvalidAddress:
        return os.path.realpath(url)
    if address.scheme == "file":
        return os.path.realpath(address.file_path)
    return address.host.lower(), address.port or _USUAL_PORTS.get(scheme), address.path, address.query


def _head(driver: str, options: Any, dev: Path) -> object:
    host = getattr(options, "host", "")
    if host:
        return host.lower(), getattr(options, "ip_port", 0), getattr(options, "transport", "")
    # Heads on one line have addresses of their own; whatever else is on it has none.
    return _serial_line(options, dev) or driver, getattr(options, "address", 0)


def _serial_line(options: Any, dev: Path) -> str:
    """The node of the serial port that is named; empty where none is."""
    names = [str(getattr(options, key, "")) for key in _SERIAL_KEYS]
    name = next((one for one in names if one.startswith("/dev/")), "")
    return os.path.realpath(dev / name.removeprefix("/dev/")) if name else ""
