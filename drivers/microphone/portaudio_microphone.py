"""The driver ``portaudio``: a microphone through PortAudio, in a process of its own.

PortAudio learns of new devices only by a restart, which stops every open stream in its process, and it can hang for
good on a card that was unplugged. In a child process both cost nothing: each ``open`` starts a new one, and a hung one
is killed.
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
from drivers.device_identity import DeviceIdentity
from drivers.errors import DeviceError, DeviceLost, DeviceMissing, DeviceStalled
from drivers.microphone import alsa_cards
from drivers.microphone.alsa_mixer import AlsaMixer
from drivers.microphone.portaudio_inputs import RequestedFormat
from drivers.microphone.portaudio_process_messages import (
    ERRORS,
    EndReason,
    GarbledMessage,
    MessageDecoder,
    SampleBlock,
    StreamEnded,
    StreamMessage,
    StreamStarted,
)
from drivers.node_access import refused_access
from drivers.samples import SoundBlock, SoundFormat

log = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 8.0
EXIT_TIMEOUT_S = 1.0
READ_BYTES = 1 << 16
_UNSTABLE_NAME = re.compile(r"\d+|(plug)?hw:\d+(,\d+)?")
PROCESS_ENDED = StreamEnded(EndReason.LOST, "the sound card's process has ended")


@dataclass(frozen=True, slots=True)
class PortAudioOptions:
    """Identity and buffering of a microphone; ValueError for an invalid value."""

    device: str = ""
    """PortAudio's name for it, or a part of it that no other has; never a number."""
    card: str = ""
    """Instead of ``device`` the sound card: its ALSA id, or its link in /dev/snd (``by-id/…``, ``by-path/…``)."""
    card_input: int = 0
    """Which input of the card."""
    serial: str = ""
    """Serial number of a USB card."""
    usb_port: str = ""
    """The USB port that a card is plugged into, such as ``1-1.2``."""
    capture_gain_db: float | None = None
    """Gain of the card, set whenever it is opened, its automatic gain switched off; left out, it stays as it is."""
    pulse_source: str = ""
    """Of a sound server's device, the source (``pactl list short sources``); without it the first that it gave."""
    latency_ms: float = 100.0
    """PortAudio's buffer: more survives a busier machine."""
    backend: Literal["sounddevice", "pyaudio"] = "sounddevice"
    """The library that wraps PortAudio."""

    def __post_init__(self) -> None:
        if not 0.0 < self.latency_ms <= 1000.0:
            raise ValueError("latency_ms must be above 0 and at most 1000")
        if _UNSTABLE_NAME.fullmatch(self.device) or _UNSTABLE_NAME.fullmatch(self.card):
            raise ValueError(
                "a card's number may be another card's after the next start: "
                "run classroom-edge devices for a name that stays"
            )
        if self.device and self.card_identity():
            raise ValueError("device stands alone: leave it out where card, serial or usb_port say which card it is")
        if self.capture_gain_db is not None and not self.card_identity():
            raise ValueError("capture_gain_db is a card's: say which by card, serial or usb_port")
        if not 0 <= self.card_input <= 31:
            raise ValueError("card_input must be from 0 to 31")

    def card_identity(self) -> DeviceIdentity:
        """Return the identity of the sound card; empty where ``device`` is used."""
        return DeviceIdentity(self.card.removeprefix("/dev/snd/"), self.serial, self.usb_port)


class PortAudioMicrophone:
    """See ``drivers.protocols.Microphone``; every ``open`` finds the input by its name or card, whatever its number.

    A sound server moves a stream to another microphone when its own is unplugged, perhaps one of another room: that is
    DeviceLost, and ``open`` takes no other source, and no device of another name, than before.
    """

    Options = PortAudioOptions

    def __init__(self, role: str, wanted: SoundFormat, options: PortAudioOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._capture: _CaptureProcess | None = None
        self._channels = wanted.channels
        self._source = options.pulse_source
        self._known_device = ""

    def open(self) -> SoundFormat:
        self.close()
        self._require_card()
        self._set_gain()
        capture = self._capture = _CaptureProcess(self._role, self._arguments())
        message = capture.next_message(OPEN_TIMEOUT_S)
        if isinstance(message, StreamStarted):
            self._channels = message.channels
            self._source = self._source or message.source
            self._known_device = message.device
            return SoundFormat(message.rate_hz, message.channels)
        self.close()
        if isinstance(message, StreamEnded):
            raise self._error(message)
        raise DeviceMissing(self._role, f"the sound system did not answer within {OPEN_TIMEOUT_S:g} s")

    def read(self, timeout_s: float) -> SoundBlock:
        capture = self._capture
        if capture is None:
            raise DeviceLost(self._role, "the microphone is closed")
        message = capture.next_message(timeout_s)
        if isinstance(message, SampleBlock):
            samples = np.frombuffer(message.samples, "<i2").reshape(-1, self._channels)
            return SoundBlock(message.captured_ns, samples)
        if isinstance(message, StreamEnded):
            raise self._error(message)
        raise DeviceStalled(self._role, f"no sound from {self._device_name()!r} for {timeout_s:g} s")

    def close(self) -> None:
        """End the process, by force if it does not exit within a second."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.stop()

    def _require_card(self) -> None:
        """Check that the card is there: a process without one would cost a second, and a lesson has none to lose."""
        identity = self._options.card_identity()
        if not identity:
            return
        node = alsa_cards.input_node(self._role, identity, self._options.card_input)
        if not os.access(node, os.R_OK | os.W_OK):
            raise (
                refused_access(self._role, node, f"{node} may not be opened: add this user to the group audio")
                if node.exists()
                else DeviceMissing(self._role, f"{node} is not there")
            )

    def _set_gain(self) -> None:
        """Set the card's gain where the config says so; a card that does not take it records as it is.

        Raises:
            DeviceMissing: its control is not there yet, or may not be opened yet: the next ``open`` will find it.
        """
        wanted_db = self._options.capture_gain_db
        if wanted_db is None:
            return
        try:
            with AlsaMixer.open(
                self._role, alsa_cards.find_card_number(self._role, self._options.card_identity())
            ) as mixer:
                if mixer.auto_gain():
                    mixer.set_auto_gain(False)
                mixer.set_gain_db(wanted_db)
        except DeviceMissing:
            raise
        except DeviceError as error:
            log.warning("%s: the card's gain stays as it is: %s", self._role, error.reason)

    def _device_name(self) -> str:
        return self._options.device or str(self._options.card_identity())

    def _arguments(self) -> str:
        options, wanted = self._options, self._wanted
        latency_s = options.latency_ms / 1e3
        requested = RequestedFormat(
            *(self._role, options.device, wanted.rate_hz, wanted.channels, latency_s),
            options.card_identity(),
            options.card_input,
            self._known_device,
            self._source,
        )
        return json.dumps({"backend": options.backend, **asdict(requested)})

    def _error(self, message: StreamEnded) -> DeviceError:
        return ERRORS[message.cause](self._role, message.reason)


class _CaptureProcess:
    """The process of one sound card and the messages from it.

    Three pipes: its messages, its libraries' output, and its standard input, whose end tells it to exit even if this
    process is killed.
    """

    def __init__(self, role: str, argument: str) -> None:
        self._role = role
        self._read_lock = threading.Lock()
        self._decoder = MessageDecoder()
        self._messages: deque[StreamMessage] = deque()
        self._messages_fd, child_stdout = os.pipe()
        self._stderr_fd, child_stderr = os.pipe()
        child_stdin, self._stdin_fd = os.pipe()
        root = str(Path(drivers.__file__).parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "drivers.microphone.portaudio_process", argument],
                stdin=child_stdin,
                stdout=child_stdout,
                stderr=child_stderr,
                env={**os.environ, "PYTHONPATH": path},
                # Ctrl-C in a terminal is for the parent, which then ends its children.
                start_new_session=True,
            )
        finally:
            for fd in (child_stdin, child_stdout, child_stderr):
                os.close(fd)

    def next_message(self, timeout_s: float) -> StreamMessage | None:
        """Return the next message, or None after ``timeout_s``; after the end always ``StreamEnded``."""
        deadline = time.monotonic() + timeout_s
        with self._read_lock:
            while not self._messages:
                left_s = deadline - time.monotonic()
                if left_s <= 0.0:
                    return None
                self._receive(left_s)
            if isinstance(self._messages[0], StreamEnded):
                return self._messages[0]
            return self._messages.popleft()

    def stop(self) -> None:
        """Ask it to exit, then kill it; a ``next_message`` in another thread returns ``StreamEnded``."""
        os.close(self._stdin_fd)
        try:
            self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            log.warning("%s: the sound card's process does not end and is killed", self._role)
            self._process.kill()
            self._process.wait()
        with self._read_lock:
            self._messages.append(PROCESS_ENDED)
            os.close(self._messages_fd)
            os.close(self._stderr_fd)

    def _receive(self, seconds: float) -> None:
        ready, _, _ = select.select([self._messages_fd, self._stderr_fd], [], [], seconds)
        if self._stderr_fd in ready and (output := os.read(self._stderr_fd, READ_BYTES)):
            log.debug("%s: %s", self._role, output.decode(errors="replace").rstrip())
        if self._messages_fd in ready:
            data = os.read(self._messages_fd, READ_BYTES)
            try:
                self._messages += self._decoder.push_bytes(data) if data else [PROCESS_ENDED]
            except GarbledMessage as error:
                self._messages.append(StreamEnded(EndReason.LOST, f"the sound card's process sent {error}"))
