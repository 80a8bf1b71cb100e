"""The driver ``sounddevice`` for loudspeakers: the default output of this machine, through PortAudio."""

from __future__ import annotations

import numpy as np
import sounddevice
from numpy.typing import NDArray

from drivers.errors import DeviceLost, DeviceMissing

_ROLE = "loudspeaker"


class SounddeviceLoudspeaker:
    """See ``drivers.protocols.Loudspeaker``."""

    def open(self) -> None:
        try:
            device = sounddevice.query_devices(kind="output")
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceMissing(_ROLE, "there is no output for sound") from error
        if not device or device["max_output_channels"] < 1:
            raise DeviceMissing(_ROLE, "there is no output for sound")

    def play(self, samples: NDArray[np.float64], rate_hz: int) -> None:
        try:
            with sounddevice.OutputStream(samplerate=rate_hz, channels=1, dtype="float32") as stream:
                stream.write(np.ascontiguousarray(samples, np.float32)[:, None])
        except sounddevice.PortAudioError as error:
            raise DeviceLost(_ROLE, f"the sound is not played: {error.args[0]}") from error
