"""What both PortAudio libraries have in common: choosing a device by name or card, and a format it accepts."""

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
    """No such device now, or another program holds it."""


class UnsupportedFormat(DriverError):
    """The config must change: no device named, several that answer to the name, or no format accepted."""


@dataclass(frozen=True, slots=True)
class InputDevice:
    """A device that can record: PortAudio's number for it (good for this process only), name, and limits."""

    index: int
    name: str
    max_channels: int
    default_rate_hz: int


@dataclass(frozen=True, slots=True)
class RequestedFormat:
    """What the config asks for: a device's name or else a card, a format, and PortAudio's buffering."""

    device: str
    rate_hz: int
    channels: int
    latency_s: float
    card: DeviceIdentity = field(default_factory=DeviceIdentity)
    card_input: int = 0

    def __str__(self) -> str:
        return repr(self.device) if self.device else f"the card {self.card}"


class OpenStream(Protocol):
    """A started stream: its real format, and whether it still runs."""

    @property
    def rate_hz(self) -> int:
        """Nominal samples a second."""

    @property
    def channels(self) -> int:
        """Channels of each block."""

    def is_active(self) -> bool:
        """False once the device has gone."""


class PortAudioBackend(Protocol):
    """A library that speaks to PortAudio. NotThere, NotFit."""

    def record(self, requested: RequestedFormat, on_block: OnBlock) -> OpenStream:
        """Find the device and start it."""


def choose_input(inputs: Sequence[InputDevice], requested: RequestedFormat) -> InputDevice:
    """The one input that is meant. NotThere, NotFit."""
    return _by_card(inputs, requested) if requested.card else _by_name(inputs, requested.device)


def _by_card(inputs: Sequence[InputDevice], requested: RequestedFormat) -> InputDevice:
    """PortAudio names the inputs of a card by its present number: ``USB Audio: - (hw:2,0)``."""
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
    """The one input called ``name``, or else the one that has it in its name. NotThere, NotFit."""
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
    """The (rate, channels) to try, the best first: the channels wished for at any rate before others."""
    rates = dict.fromkeys((requested.rate_hz, device.default_rate_hz, *COMMON_RATES_HZ))
    channel_counts = dict.fromkeys((requested.channels, 1, 2, device.max_channels))
    for channels in channel_counts:
        if channels <= device.max_channels:
            yield from ((rate_hz, channels) for rate_hz in rates)
