"""A microphone behind PortAudio, each in a process of its own.

PortAudio learns of new devices only by starting anew, which stops every open one in
its process, and it can hang for good on a card that was pulled out. In a child both
cost nothing: each ``open`` starts a fresh one, and a hung one is killed.
"""

from __future__ import annotations

import json
import logging
import os
import re
import select
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

import drivers
from drivers.device_identity import AmbiguousDevice, DeviceIdentity, DeviceNotFound
from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.microphone import alsa_cards
from drivers.microphone.portaudio_messages import (
    Decoder,
    EndReason,
    GarbledMessage,
    Message,
    SampleBlock,
    StreamEnded,
    StreamStarted,
)
from drivers.samples import SoundBlock, SoundFormat

log = logging.getLogger(__name__)

OPEN_S = 8.0
END_S = 1.0
READ_BYTES = 1 << 16
_PASSING_NAME = re.compile(r"\d+|(plug)?hw:\d+(,\d+)?")
GONE = StreamEnded(EndReason.LOST, "the sound card's process has ended")
_ERRORS = {EndReason.MISSING: DeviceMissing, EndReason.UNFIT: DeviceMisconfigured, EndReason.LOST: DeviceLost}


@dataclass(frozen=True, slots=True)
class PortAudioOptions:
    """What a PortAudio microphone can be told; ValueError where a value makes no sense."""

    device: str = ""
    """The name PortAudio gives it, or a part of it that no other has; never a number."""
    card: str = ""
    """Instead of ``device`` the sound card: its ALSA id, or its link in /dev/snd (``by-id/…``, ``by-path/…``)."""
    card_input: int = 0
    """Which input of the card it is."""
    serial: str = ""
    """Serial number of a USB card."""
    usb_port: str = ""
    """The USB port a card is plugged into, such as ``1-1.2``."""
    latency_ms: float = 100.0
    """How much sound PortAudio may buffer: more survives a busier machine."""
    backend: Literal["sounddevice", "pyaudio"] = "sounddevice"
    """The library that speaks to PortAudio."""

    def __post_init__(self) -> None:
        if not 0.0 < self.latency_ms <= 1000.0:
            raise ValueError("latency_ms must be above 0 and at most 1000")
        if _PASSING_NAME.fullmatch(self.device) or _PASSING_NAME.fullmatch(self.card):
            raise ValueError(
                "a card's number may be another card's after the next start: "
                "run classroom-edge devices for a name that stays"
            )
        if self.device and self.card_identity():
            raise ValueError("device stands alone: leave it out where card, serial or usb_port say which card it is")
        if not 0 <= self.card_input <= 31:
            raise ValueError("card_input must be from 0 to 31")

    def card_identity(self) -> DeviceIdentity:
        """Which sound card it is; an empty one where ``device`` says it."""
        return DeviceIdentity(self.card.removeprefix("/dev/snd/"), self.serial, self.usb_port)


class PortAudioMicrophone:
    """A sound card's input, found by its name or its card's at every ``open``, under whatever number."""

    Options = PortAudioOptions

    def __init__(self, role: str, wanted: SoundFormat, options: PortAudioOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._child: _Child | None = None
        self._channels = wanted.channels

    def open(self) -> SoundFormat:
        """Start the device; the format it really gives, which may differ from the wanted one."""
        self.close()
        self._look_for_card()
        child = self._child = _Child(self._role, self._argument())
        message = child.next(OPEN_S)
        if isinstance(message, StreamStarted):
            self._channels = message.channels
            return SoundFormat(message.rate_hz, message.channels)
        self.close()
        if isinstance(message, StreamEnded):
            raise self._error(message)
        raise DeviceMissing(self._role, f"the sound system did not answer within {OPEN_S:g} s")

    def read(self, timeout_s: float) -> SoundBlock:
        """The next block, about 20 ms."""
        child = self._child
        if child is None:
            raise DeviceLost(self._role, "the microphone is closed")
        message = child.next(timeout_s)
        if isinstance(message, SampleBlock):
            samples = np.frombuffer(message.samples, "<i2").reshape(-1, self._channels)
            return SoundBlock(message.captured_ns, samples)
        if isinstance(message, StreamEnded):
            raise self._error(message)
        raise DeviceStalled(self._role, f"no sound from {self._called()!r} for {timeout_s:g} s")

    def close(self) -> None:
        """End the child, by force if it does not go within a second."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _look_for_card(self) -> None:
        """A process for a card that is not there would cost a second, and a lesson has none to lose."""
        identity = self._options.card_identity()
        if not identity:
            return
        try:
            node = alsa_cards.input_node(identity, self._options.card_input)
        except DeviceNotFound as error:
            raise DeviceMissing(self._role, f"the sound card is not there: {error}") from error
        except AmbiguousDevice as error:
            raise DeviceMisconfigured(self._role, f"which sound card is meant? {error}") from error
        if not os.access(node, os.R_OK | os.W_OK):
            reason = f"{node} may not be opened: add this user to the group audio"
            raise (
                DeviceMisconfigured(self._role, reason)
                if node.exists()
                else DeviceMissing(self._role, f"{node} is not there")
            )

    def _called(self) -> str:
        return self._options.device or str(self._options.card_identity())

    def _argument(self) -> str:
        return json.dumps(
            {
                "backend": self._options.backend,
                "device": self._options.device,
                "card": asdict(self._options.card_identity()),
                "card_input": self._options.card_input,
                "rate_hz": self._wanted.rate_hz,
                "channels": self._wanted.channels,
                "latency_s": self._options.latency_ms / 1e3,
            }
        )

    def _error(self, ended: StreamEnded) -> DeviceError:
        return _ERRORS[ended.end](self._role, ended.reason)


class _Child:
    """The process of one sound card, and what it says.

    Three pipes: its messages, its libraries' chatter, and a leash, whose end tells it to go even if we are killed.
    """

    def __init__(self, role: str, argument: str) -> None:
        self._role = role
        self._reading = threading.Lock()
        self._decoder = Decoder()
        self._messages: deque[Message] = deque()
        self._said, says = os.pipe()
        self._chatter, chatters = os.pipe()
        leashed, self._leash = os.pipe()
        root = str(Path(drivers.__file__).parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "drivers.microphone.portaudio_process", argument],
                stdin=leashed,
                stdout=says,
                stderr=chatters,
                env={**os.environ, "PYTHONPATH": path},
                # Ctrl-C in a terminal is for the parent, which then ends its children.
                start_new_session=True,
            )
        finally:
            for fd in (leashed, says, chatters):
                os.close(fd)

    def next(self, timeout_s: float) -> Message | None:
        """The next message, or None after ``timeout_s``; one that has ended says ``StreamEnded`` ever after."""
        deadline = time.monotonic() + timeout_s
        with self._reading:
            while not self._messages:
                left = deadline - time.monotonic()
                if left <= 0.0:
                    return None
                self._listen(left)
            if isinstance(self._messages[0], StreamEnded):
                return self._messages[0]
            return self._messages.popleft()

    def end(self) -> None:
        """Ask it to go, then make it; a ``next`` in another thread returns ``StreamEnded``."""
        os.close(self._leash)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            log.warning("%s: the sound card's process does not end and is killed", self._role)
            self._process.kill()
            self._process.wait()
        with self._reading:
            self._messages.append(GONE)
            os.close(self._said)
            os.close(self._chatter)

    def _listen(self, seconds: float) -> None:
        ready, _, _ = select.select([self._said, self._chatter], [], [], seconds)
        if self._chatter in ready and (chatter := os.read(self._chatter, READ_BYTES)):
            log.debug("%s: %s", self._role, chatter.decode(errors="replace").rstrip())
        if self._said in ready:
            data = os.read(self._said, READ_BYTES)
            try:
                self._messages += self._decoder.feed(data) if data else [GONE]
            except GarbledMessage as error:
                self._messages.append(StreamEnded(EndReason.LOST, f"the sound card's process sent {error}"))
