"""The capture gain of an ALSA card, read and set at the kernel's control interface."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from drivers.device_identity import DEV
from drivers.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused
from drivers.microphone import alsa_control_structs as structs
from drivers.microphone.alsa_control_structs import ElementInfo
from drivers.microphone.alsa_decibels import DecibelScale, decibel_scale
from drivers.node_access import refused_access

_MOST_ELEMENTS: Final = 1_000
_TLV_BYTES: Final = 4_096
_GONE: Final = (errno.ENODEV, errno.ENXIO, errno.EBADFD)

Ioctl = Callable[[int, bytearray], object]
"""Carries out a request and writes the answer over it; OSError as the kernel says."""


@dataclass(frozen=True, slots=True)
class CaptureVolume:
    """The capture volume of a card: its name, raw range, number of channels, and its scale, None where it has none."""

    name: str
    low: int
    high: int
    step: int
    channels: int
    scale: DecibelScale | None

    @property
    def low_db(self) -> float | None:
        """The lowest gain that does not mute; None without a scale."""
        return (
            None if self.scale is None else self.scale.db(self.scale.raw_at_most(-1e9, self.low, self.high, self.step))
        )

    @property
    def high_db(self) -> float | None:
        """The highest gain; None without a scale."""
        return None if self.scale is None else self.scale.db(self.high)

    @property
    def step_db(self) -> float | None:
        """The largest step between two gains from the lowest on; None without a scale."""
        if self.scale is None:
            return None
        step = max(self.step, 1)
        first = self.scale.raw_at_most(-1e9, self.low, self.high, self.step)
        gains = [self.scale.db(raw) for raw in range(first, self.high + 1, step)]
        return max((later - earlier for earlier, later in pairwise(gains)), default=0.0)


class AlsaMixer:
    """The mixer of one card, for the gain of its microphone. Close it after use, or take it as a context.

    Controls are found by the names that the kernel gives them (Documentation/sound/designs/control-names.rst): a
    volume for capture, "Mic Capture Volume" first; a switch called "Auto Gain Control" or AGC; and a switch for
    capture. Every call may raise DeviceLost where the card has gone, and DeviceRefused where the kernel will not.
    """

    def __init__(self, role: str, ioctl: Ioctl, close: Callable[[], None] = lambda: None) -> None:
        self._role = role
        self._ioctl = ioctl
        self._close = close
        self._elements = self._read_elements()

    @classmethod
    def open(cls, role: str, card_number: int, dev: Path = DEV) -> Self:
        """Open the mixer of the card with this present number.

        Raises:
            DeviceMissing: the card is not there.
            DeviceMisconfigured: this user may not open it.
        """
        node = dev / "snd" / f"controlC{card_number}"
        try:
            fd = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError:
            raise refused_access(role, node, f"this user may not open {node}: add it to the group audio") from None
        except OSError as error:
            raise DeviceMissing(role, f"{node} cannot be opened: {error.strerror}") from error
        try:
            return cls(role, lambda request, message: fcntl.ioctl(fd, request, message, True), lambda: os.close(fd))
        except DeviceError:
            os.close(fd)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the card's control node; may be called twice."""
        close, self._close = self._close, lambda: None
        close()

    def capture_volume(self) -> CaptureVolume | None:
        """Return the capture volume; None where the card has none, as many USB microphones."""
        element = self._volume()
        if element is None:
            return None
        return CaptureVolume(element.name, element.low, element.high, element.step, element.count, self._scale(element))

    def gain_db(self) -> float | None:
        """Return the gain that is set, of the loudest channel; None without a volume or without a scale."""
        element = self._volume()
        scale = None if element is None else self._scale(element)
        if element is None or scale is None:
            return None
        return max(scale.db(raw) for raw in self._read(element))

    def set_gain_db(self, wanted_db: float) -> float:
        """Set all channels to the highest gain that is not above the wanted one; return the gain that is set then.

        Raises:
            DeviceRefused: the card has no capture volume in dB.
        """
        element = self._volume()
        scale = None if element is None else self._scale(element)
        if element is None or scale is None:
            raise DeviceRefused(self._role, "this card has no capture volume in dB: turn its own knob, or use gain_db")
        raw = scale.raw_at_most(wanted_db, element.low, element.high, element.step)
        self._write(element, raw)
        return max(scale.db(value) for value in self._read(element))

    def auto_gain(self) -> bool | None:
        """Return whether the card sets its gain by itself; None where it cannot."""
        return self._is_on(self._auto_gain())

    def set_auto_gain(self, on: bool) -> None:
        """Switch automatic gain on or off. DeviceRefused where the card has none."""
        self._switch(self._auto_gain(), on, "automatic gain control")

    def capture_enabled(self) -> bool | None:
        """Return whether the card's capture switch is on; None where it has none."""
        return self._is_on(self._capture_switch())

    def set_capture_enabled(self, on: bool) -> None:
        """Switch capture on or off. DeviceRefused where the card has no such switch."""
        self._switch(self._capture_switch(), on, "capture switch")

    def _is_on(self, element: ElementInfo | None) -> bool | None:
        return None if element is None else any(self._read(element))

    def _switch(self, element: ElementInfo | None, on: bool, name: str) -> None:
        if element is None:
            raise DeviceRefused(self._role, f"this card has no {name}")
        self._write(element, int(on))

    def _volume(self) -> ElementInfo | None:
        return self._best(lambda one: one.is_volume and _is_capture(one.name, "volume"))

    def _auto_gain(self) -> ElementInfo | None:
        return self._best(lambda one: one.is_switch and _is_auto_gain(one.name))

    def _capture_switch(self) -> ElementInfo | None:
        return self._best(lambda one: one.is_switch and _is_capture(one.name, "switch") and not _is_auto_gain(one.name))

    def _best(self, fits: Callable[[ElementInfo], bool]) -> ElementInfo | None:
        fitting = [one for one in self._elements if one.is_writable and fits(one)]
        return min(fitting, key=lambda one: (_rank(one.name), one.number), default=None)

    def _read_elements(self) -> list[ElementInfo]:
        counted = structs.list_request(0, 0)
        self._ask(structs.ELEM_LIST, counted)
        count = min(structs.list_counts(bytes(counted))[1], _MOST_ELEMENTS)
        table = ctypes.create_string_buffer(max(1, count) * structs.ID_SIZE)
        listed = structs.list_request(count, ctypes.addressof(table))
        self._ask(structs.ELEM_LIST, listed)
        used = structs.list_counts(bytes(listed))[0]
        elements = []
        for element in structs.element_ids(table.raw, used):
            if element.is_mixer:
                info = structs.info_request(element.number)
                self._ask(structs.ELEM_INFO, info)
                elements.append(structs.element_info(bytes(info)))
        return elements

    def _scale(self, element: ElementInfo) -> DecibelScale | None:
        if not element.has_decibels:
            return None
        request = structs.tlv_request(element.number, _TLV_BYTES)
        self._ask(structs.TLV_READ, request)
        return decibel_scale(structs.tlv_words(bytes(request)), element.low, element.high)

    def _read(self, element: ElementInfo) -> tuple[int, ...]:
        request = structs.value_request(element.number)
        self._ask(structs.ELEM_READ, request)
        return structs.values(bytes(request), element.count)

    def _write(self, element: ElementInfo, value: int) -> None:
        self._ask(structs.ELEM_WRITE, structs.value_request(element.number, (value,) * element.count))

    def _ask(self, request: int, message: bytearray) -> None:
        try:
            self._ioctl(request, message)
        except OSError as error:
            if error.errno in _GONE:
                raise DeviceLost(self._role, "the sound card has gone") from error
            raise DeviceRefused(self._role, f"the sound card's mixer refuses: {error.strerror}") from error


def _is_capture(name: str, kind: str) -> bool:
    words = name.lower().split()
    is_input = "capture" in words or "mic" in words or "microphone" in words
    return is_input and words[-1] == kind and not {"playback", "boost", "sidetone"} & set(words)


def _is_auto_gain(name: str) -> bool:
    lower = name.lower()
    return "auto gain" in lower or "automatic gain" in lower or "agc" in lower.split()


def _rank(name: str) -> int:
    """The microphone's own control, then the card's for all inputs, then any other."""
    words = name.lower().split()
    if "capture" not in words:
        return 3
    if "mic" in words or "microphone" in words:
        return 0
    return 1 if len(words) == 2 else 2
