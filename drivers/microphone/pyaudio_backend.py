"""PortAudio backend on PyAudio, which is built from source where it is wanted."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pyaudio

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
_FORMAT_ERRORS = {pyaudio.paInvalidChannelCount, pyaudio.paInvalidSampleRate, pyaudio.paSampleFormatNotSupported}


class PyAudioBackend:
    """See ``PortAudioBackend``; PortAudio chooses the buffering, ``latency_s`` is not used."""

    def record(self, requested: RequestedFormat, on_block: OnBlock) -> OpenStream:
        library = pyaudio.PyAudio()
        device = choose_input(_inputs(library), requested)
        for rate_hz, channels in candidate_formats(device, requested):
            try:
                return _Stream(library, device, rate_hz, channels, on_block)
            except OSError as error:
                if error.errno not in _FORMAT_ERRORS:
                    raise DeviceMissing(requested.role, f"{device.name!r} does not open: {error.strerror}") from error
        raise DeviceMisconfigured(
            requested.role, f"{device.name!r} accepts no usual sample rate with {requested.channels} or fewer channels"
        )


class _Stream:
    """See ``OpenStream``."""

    def __init__(
        self, library: pyaudio.PyAudio, device: InputDevice, rate_hz: int, channels: int, on_block: OnBlock
    ) -> None:
        self.device = lasting_name(device)
        self.rate_hz = rate_hz
        self.channels = channels
        self._on_block = on_block
        self._stream = library.open(
            rate=rate_hz,
            channels=channels,
            format=pyaudio.paInt16,
            input=True,
            input_device_index=device.index,
            frames_per_buffer=rate_hz // BLOCKS_PER_SECOND,
            stream_callback=self._callback,
        )

    def is_active(self) -> bool:
        return bool(self._stream.is_active())

    def _callback(self, samples: bytes, _frames: int, times: Mapping[str, float], _status: int) -> tuple[None, int]:
        age_s = times["current_time"] - times["input_buffer_adc_time"]
        self._on_block(time.monotonic_ns() - round(age_s * 1e9), samples)
        return None, pyaudio.paContinue


def _inputs(library: pyaudio.PyAudio) -> list[InputDevice]:
    devices = [library.get_device_info_by_index(index) for index in range(library.get_device_count())]
    return [
        InputDevice(
            int(device["index"]),
            str(device["name"]),
            int(device["maxInputChannels"]),
            round(device["defaultSampleRate"]),
        )
        for device in devices
        if int(device["maxInputChannels"]) > 0
    ]
