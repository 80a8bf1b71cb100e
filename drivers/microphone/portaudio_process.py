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

from drivers.device_identity import AmbiguousDevice, DeviceIdentity
from drivers.device_identity import DeviceNotFound as NoCard
from drivers.microphone import alsa_cards
from drivers.microphone.portaudio_inputs import InputNotFound, PortAudioBackend, RequestedFormat, UnsupportedFormat
from drivers.microphone.portaudio_messages import (
    EndReason,
    SampleBlock,
    StreamEnded,
    StreamMessage,
    StreamStarted,
    encode,
)

POLL_S = 0.25
PIPE_BYTES = 1 << 20


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


def backend(name: str) -> PortAudioBackend:
    """Import and return the library called ``name``; UnsupportedFormat where it is not installed."""
    try:
        if name == "pyaudio":
            from drivers.microphone.pyaudio_backend import PyAudioBackend

            return PyAudioBackend()
        from drivers.microphone.sounddevice_backend import SounddeviceBackend

        return SounddeviceBackend()
    except (ImportError, OSError) as error:
        raise UnsupportedFormat(f"the sound library {name} is not installed: {error}") from error


def record(library: str, requested: RequestedFormat, writer: PipeWriter) -> StreamEnded:
    """Record until the device goes; return why it ended. Ends the process when the parent has gone."""
    started = threading.Event()

    def on_block(captured_ns: int, samples: bytes) -> None:
        started.wait()
        writer.send(SampleBlock(captured_ns, samples))

    try:
        recording = backend(library).record(requested, on_block)
    except InputNotFound as error:
        return StreamEnded(EndReason.MISSING, str(error))
    except UnsupportedFormat as error:
        return StreamEnded(EndReason.MISCONFIGURED, str(error))
    writer.send(StreamStarted(recording.rate_hz, recording.channels))
    started.set()
    node = _input_node(requested)
    while recording.is_active() and (node is None or node.exists()):
        if select.select([sys.stdin], [], [], POLL_S)[0] and not os.read(0, 64):
            os._exit(0)
    return StreamEnded(EndReason.LOST, f"{requested} stopped: unplugged, or the sound system ended")


def _input_node(requested: RequestedFormat) -> Path | None:
    """Return the node of the card's input: it vanishes with the card, for which PortAudio may wait for ever.

    None where no card is named. Found once: a card of the same kind may be plugged in meanwhile.
    """
    with contextlib.suppress(NoCard, AmbiguousDevice):
        if requested.card:
            return alsa_cards.input_node(requested.card, requested.card_input)
    return None


def main() -> None:
    """Record as the first argument says."""
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
