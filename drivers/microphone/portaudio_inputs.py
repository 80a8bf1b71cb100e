"""PortAudio inputs: the choice of a device by name or card and of a format, for any PortAudio library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from drivers.device_identity import DeviceIdentity
from drivers.errors import DeviceMisconfigured, DeviceMissing
from drivers.microphone import alsa_cards

_CARD_NUMBER = re.compile(r"\(hw:\d+,(\d+)\)$")
COMMON_RATES_HZ = (48_000, 44_100, 32_000, 16_000)

OnBlock = Callable[[int, bytes], None]
"""Called from PortAudio's thread with the capture time in ns and interleaved int16 samples."""


@dataclass(frozen=True, slots=True)
class InputDevice:
    """An input: PortAudio's index (valid in this process only), name and limits."""

    index: int
    name: str
    max_channels: int
    default_rate_hz: int


@dataclass(frozen=True, slots=True)
class RequestedFormat:
    """The device (by name or else by card), format and buffering that the config asks for.

    ``known`` is the whole name of the device that this role has had so far, empty before the first. ``source`` is the
    sound server's source that the device must give, if it is one of a sound server's.
    """

    role: str
    device: str
    rate_hz: int
    channels: int
    latency_s: float
    card: DeviceIdentity = field(default_factory=DeviceIdentity)
    card_input: int = 0
    known: str = ""
    source: str = ""

    def __str__(self) -> str:
        return repr(self.device) if self.device else f"the card {self.card}"


class OpenStream(Protocol):
    """A started stream, the name of its device, and its real format."""

    @property
    def device(self) -> str:
        """The name, without the card's present number."""

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
        """Find the device and start a stream. Raises as ``drivers.protocols.Microphone.open``."""


def choose_input(inputs: Sequence[InputDevice], requested: RequestedFormat) -> InputDevice:
    """Return the one input that is requested; DeviceMissing for none, DeviceMisconfigured for several."""
    return _by_card(inputs, requested) if requested.card else _by_name(inputs, requested)


def _by_card(inputs: Sequence[InputDevice], requested: RequestedFormat) -> InputDevice:
    """Return an input of a card, which PortAudio names by the present number: ``USB Audio: - (hw:2,0)``."""
    number = alsa_cards.find_card_number(requested.role, requested.card)
    card_input = requested.card_input
    suffix = f"(hw:{number},{card_input})"
    for device in inputs:
        if device.name.endswith(suffix):
            return device
    raise DeviceMissing(
        requested.role, f"{requested} has no input {requested.card_input} that is free: does another program hold it?"
    )


def _by_name(inputs: Sequence[InputDevice], requested: RequestedFormat) -> InputDevice:
    """Return the input with the requested name, or else the only one whose name contains it.

    A part of a name that fitted one device fits another when the first is unplugged: that is not ours.
    """
    role, name = requested.role, requested.device
    names = ", ".join(repr(device.name) for device in inputs) or "none"
    if not name:
        raise DeviceMisconfigured(role, f"no device is named in the config; there are: {names}")
    if requested.known:
        inputs = [device for device in inputs if lasting_name(device) == requested.known]
        if not inputs:
            raise DeviceMissing(
                role, f"{requested.known!r} is gone (a restart of the recorder takes another one); there are: {names}"
            )
    exact = [device for device in inputs if device.name == name]
    matches = exact[:1] or [device for device in inputs if name.casefold() in device.name.casefold()]
    if not matches:
        raise DeviceMissing(role, f"no microphone is called {name!r}; there are: {names}")
    if len(matches) > 1:
        raise DeviceMisconfigured(
            role, f"{name!r} is the name of several: {', '.join(repr(device.name) for device in matches)}"
        )
    return matches[0]


def lasting_name(device: InputDevice) -> str:
    """Return PortAudio's name of a device without what may be another card's after the next start: ``(hw:2,0)``."""
    return _CARD_NUMBER.sub(r"(input \1)", device.name)


def candidate_formats(device: InputDevice, requested: RequestedFormat) -> Iterator[tuple[int, int]]:
    """Yield the (rate, channels) to try, best first: the requested channels at any rate before others."""
    rates = dict.fromkeys((requested.rate_hz, device.default_rate_hz, *COMMON_RATES_HZ))
    channel_counts = dict.fromkeys((requested.channels, 1, 2, device.max_channels))
    for channels in channel_counts:
        if channels <= device.max_channels:
            yield from ((rate_hz, channels) for rate_hz in rates)
