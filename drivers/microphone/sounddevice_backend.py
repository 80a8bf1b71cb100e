"""PortAudio backend on sounddevice, the default."""

from __future__ import annotations

import time
from typing import Any

import sounddevice

from drivers.errors import DeviceMisconfigured, DeviceMissing
from drivers.microphone.portaudio_inputs import (
    InputDevice,
    OnBlock,
    OpenStream,
    RequestedFormat,
    candidate_formats,
    choose_input,
    lasting_name,
)

# Each block wakes four threads of three processes, all day long.
BLOCKS_PER_SECOND = 25
_FORMAT_ERRORS = {-9998, -9997, -9994}  # paInvalidChannelCount, paInvalidSampleRate, paSampleFormatNotSupported


class SounddeviceBackend:
    """See ``PortAudioBackend``."""

    def record(self, requested: RequestedFormat, on_block: OnBlock) -> OpenStream:
        device = choose_input(_inputs(), requested)
        for rate_hz, channels in candidate_formats(device, requested):
            try:
                return _Stream(device, rate_hz, channels, requested.latency_s, on_block)
            except sounddevice.PortAudioError as error:
                if len(error.args) < 2 or error.args[1] not in _FORMAT_ERRORS:
                    raise DeviceMissing(requested.role, f"{device.name!r} does not open: {error.args[0]}") from error
        raise DeviceMisconfigured(
            requested.role, f"{device.name!r} accepts no usual sample rate with {requested.channels} or fewer channels"
        )


class _Stream:
    """See ``OpenStream``."""

    def __init__(self, device: InputDevice, rate_hz: int, channels: int, latency_s: float, on_block: OnBlock) -> None:
        self.device = lasting_name(device)
        self.rate_hz = rate_hz
        self.channels = channels
        self._on_block = on_block
        self._stream = sounddevice.RawInputStream(
            device=device.index,
            samplerate=rate_hz,
            channels=channels,
            dtype="int16",
            blocksize=rate_hz // BLOCKS_PER_SECOND,
            latency=latency_s,
            callback=self._callback,
        )
        self._stream.start()

    def is_active(self) -> bool:
        return bool(self._stream.active)

    def _callback(self, samples: Any, _frames: int, times: Any, _status: Any) -> None:
        age_s = times.currentTime - times.inputBufferAdcTime
        self._on_block(time.monotonic_ns() - round(age_s * 1e9), bytes(samples))


def _inputs() -> list[InputDevice]:
    return [
        InputDevice(device["index"], device["name"], device["max_input_channels"], round(device["default_samplerate"]))
        for device in sounddevice.query_devices()
        if device["max_input_channels"] > 0
    ]
