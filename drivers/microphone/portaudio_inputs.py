"""PortAudio inputs: the choice of a device by name or card and of a format, for any PortAudio library."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from drivers import device_identity
from drivers.device_identity import DeviceIdentity
from drivers.errors import DriverError
from drivers.microphone import alsa_cards

COMMON_RATES_HZ = (48_000, 44_100, 32_000, 16_000)

OnBlock = Callable[[int, bytes], None]
"""Called from PortAudio's thread with the capture time in ns and interleaved int16 samples."""


class InputNotFound(DriverError):
    """The device is not there, or in use by another program."""


class UnsupportedFormat(DriverError):
    """The config must change: no device named, an ambiguous name, or no format accepted."""


@dataclass(frozen=True, slots=True)
class InputDevice:
    """An input: PortAudio's index (valid in this process only), name and limits."""

    index: int
    name: str
    max_channels: int
    default_rate_hz: int


@dataclass(frozen=True, slots=True)
class RequestedFormat:
    """The device (by name or else by card), format and buffering that the config asks for."""

    device: str
    rate_hz: int
    channels: int
    latency_s: float
    card: DeviceIdentity = field(default_factory=DeviceIdentity)
    card_input: int = 0

    def __str__(self) -> str:
        return repr(self.device) if self.device else f"the card {self.card}"


class OpenStream(Protocol):
    """A started stream and its real format."""

    @property
    def rate_hz(self) -> int:
        """Nominal sample rate."""

    @property
    def channels(self) -> int:
        """Number of channels in each block."""

    def is_active(self) -> bool:
        """Return whether the device is still there."""


class PortAudioBackend(Protocol):
    """A library that wraps PortAudio."""

    def record(self, requested: RequestedFormat, on_block: OnBlock) -> OpenStream:
        """Find the device and start a stream.

        Raises:
            InputNotFound: It is not there or does not open.
            UnsupportedFormat: It accepts no format.
        """


def choose_input(inputs: Sequence[InputDevice], requested: RequestedFormat) -> InputDevice:
    """Return the one input that is requested.

    Raises:
        InputNotFound: There is none.
        UnsupportedFormat: There are several, or none is named.
    """
    return _by_card(inputs, requested) if requested.card else _by_name(inputs, requested.device)


def _by_card(inputs: Sequence[InputDevice], requested: RequestedFormat) -> InputDevice:
    """Return an input of a card, which PortAudio names by the present number: ``USB Audio: - (hw:2,0)``."""
    try:
        number = alsa_cards.find_card_number(requested.card)
    except device_identity.DeviceNotFound as error:
        raise InputNotFound(f"the sound card is not there: {error}") from error
    except device_identity.AmbiguousDevice as error:
        raise UnsupportedFormat(f"which sound card is meant? {error}") from error
    suffix = f"(hw:{number},{requested.card_input})"
    for device in inputs:
        if device.name.endswith(suffix):
            return device
    raise InputNotFound(f"{requested} has no input {requested.card_input} that is free: does another program hold it?")


def _by_name(inputs: Sequence[InputDevice], name: str) -> InputDevice:
    """Return the input with this name, or else the only one whose name contains it."""
    names = ", ".join(repr(device.name) for device in inputs) or "none"
    if not name:
        raise UnsupportedFormat(f"no device is named in the config; there are: {names}")
    exact = [device for device in inputs if device.name == name]
    matches = exact[:1] or [device for device in inputs if name.casefold() in device.name.casefold()]
    if not matches:
        raise InputNotFound(f"no microphone is called {name!r}; there are: {names}")
    if len(matches) > 1:
        raise UnsupportedFormat(
            f"{name!r} is the name of several: {', '.join(repr(device.name) for device in matches)}"
        )
    return matches[0]


def candidate_formats(device: InputDevice, requested: RequestedFormat) -> Iterator[tuple[int, int]]:
    """Yield the (rate, channels) to try, best first: the requested channels at any rate before others."""
    rates = dict.fromkeys((requested.rate_hz, device.default_rate_hz, *COMMON_RATES_HZ))
    channel_counts = dict.fromkeys((requested.channels, 1, 2, device.max_channels))
    for channels in channel_counts:
        if channels <= device.max_channels:
            yield from ((rate_hz, channels) for rate_hz in rates)
