"""The process of one sound card: records with PortAudio until the device goes or the parent does.

Started by ``PortAudioMicrophone`` with one argument, the requested format as JSON. Messages go to standard output; the
end of standard input means that the parent has closed it or died.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import sys
import threading
from pathlib import Path

from drivers.device_identity import DeviceIdentity
from drivers.errors import DeviceError, DeviceMisconfigured
from drivers.microphone import alsa_cards
from drivers.microphone.portaudio_inputs import PortAudioBackend, RequestedFormat
from drivers.microphone.portaudio_process_messages import (
    ERRORS,
    EndReason,
    SampleBlock,
    StreamEnded,
    StreamMessage,
    StreamStarted,
    encode,
)
from drivers.microphone.pulse_source import PulseSourceWatch
from drivers.registry import Table, load_driver

POLL_S = 0.25
PIPE_BYTES = 1 << 20
BACKENDS: Table = {
    "sounddevice": ("drivers.microphone.sounddevice_backend", "SounddeviceBackend"),
    "pyaudio": ("drivers.microphone.pyaudio_backend", "PyAudioBackend"),
}


class PipeWriter:
    """Writes whole messages to a pipe; ends the process when nobody reads it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()
        # Refused where this user has too many large pipes; the usual 64 kB hold 0.6 s.
        with contextlib.suppress(PermissionError):
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def send(self, message: StreamMessage) -> None:
        """Write a message, after waiting for room in the pipe."""
        data = memoryview(encode(message))
        try:
            with self._lock:
                while data:
                    data = data[os.write(self._fd, data) :]
        except BrokenPipeError:
            os._exit(0)


def backend(role: str, name: str) -> PortAudioBackend:
    """Import and return the library called ``name``; DeviceMisconfigured where it is not installed."""
    try:
        make: type[PortAudioBackend] = load_driver(BACKENDS, name)
        return make()
    except (ImportError, OSError) as error:
        raise DeviceMisconfigured(role, f"the sound library {name} is not installed: {error}") from error


def record(library: str, requested: RequestedFormat, writer: PipeWriter) -> StreamEnded:
    """Record until the device goes; return why it ended. Ends the process when the parent has gone."""
    started = threading.Event()

    def on_block(captured_ns: int, samples: bytes) -> None:
        started.wait()
        writer.send(SampleBlock(captured_ns, samples))

    if requested.source:
        # For devices that leave the source to the server: its default may be another room's microphone by now.
        os.environ["PULSE_SOURCE"] = requested.source
    try:
        recording = backend(requested.role, library).record(requested, on_block)
    except DeviceError as error:
        return StreamEnded(next(cause for cause, kind in ERRORS.items() if isinstance(error, kind)), error.reason)
    watch = PulseSourceWatch.of_this_process()
    source = (watch.source_name() if watch else None) or ""
    if requested.source and source not in ("", requested.source):
        return StreamEnded(EndReason.MISSING, f"the sound server gives {source!r} instead of {requested.source!r}")
    writer.send(StreamStarted(recording.rate_hz, recording.channels, recording.device, source))
    started.set()
    node = _input_node(requested)
    while recording.is_active() and (node is None or node.exists()):
        if select.select([sys.stdin], [], [], POLL_S)[0] and not os.read(0, 64):
            os._exit(0)
        if source and watch and (now := watch.source_name()) not in (None, source):
            reason = f"its source {source!r} is gone, and the sound server gave the sound of {now!r} instead"
            return StreamEnded(EndReason.LOST, reason)
    return StreamEnded(EndReason.LOST, f"{requested} stopped: unplugged, or the sound system ended")


def _input_node(requested: RequestedFormat) -> Path | None:
    """Return the node of the card's input: it vanishes with the card, for which PortAudio may wait for ever.

    None where no card is named. Found once: a card of the same kind may be plugged in meanwhile.
    """
    with contextlib.suppress(DeviceError):
        if requested.card:
            return alsa_cards.input_node(requested.role, requested.card, requested.card_input)
    return None


def main() -> None:
    # A service manager signals every process at once; this one goes with its parent, which has a lesson to finish.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    arguments = json.loads(sys.argv[1])
    library = arguments.pop("backend")
    card = DeviceIdentity(**arguments.pop("card"))
    writer = PipeWriter(os.dup(1))
    # The libraries below may print; what they print is no message.
    os.dup2(2, 1)
    writer.send(record(library, RequestedFormat(**arguments, card=card), writer))
    # Closing a device that is gone can hang, and the kernel closes everything anyway.
    os._exit(0)


if __name__ == "__main__":
    main()
