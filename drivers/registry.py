"""The registry of drivers and device discoveries: config name to module and attribute.

A new device is one file and one line here. Modules are imported when chosen, so a vendor library is needed only where
its device is used.
"""

from __future__ import annotations

import importlib
from typing import Any

Table = dict[str, tuple[str, str]]

CAMERAS: Table = {
    "v4l2": ("drivers.camera.v4l2_camera", "V4l2Camera"),
    "stream": ("drivers.camera.stream_camera", "StreamCamera"),
    "simulated": ("drivers.camera.simulation.simulated_camera", "SimulatedCamera"),
}

MICROPHONES: Table = {
    "portaudio": ("drivers.microphone.portaudio_microphone", "PortAudioMicrophone"),
    "simulated": ("drivers.microphone.simulation.simulated_microphone", "SimulatedMicrophone"),
}

LOUDSPEAKERS: Table = {
    "sounddevice": ("drivers.loudspeaker.sounddevice_loudspeaker", "SounddeviceLoudspeaker"),
}

CAPTURE_GAINS: Table = {
    "portaudio": ("drivers.microphone.portaudio_capture_gain", "open_capture_gain"),
}

PANELS: Table = {
    "gpio": ("drivers.panel.gpio_panel", "GpioPanel"),
    "simulated": ("drivers.panel.simulation.simulated_panel", "SimulatedPanel"),
}

WANDS: Table = {
    "gpio": ("drivers.panel.sync_wand", "SyncWand"),
    "simulated": ("drivers.panel.simulation.simulated_wand", "SimulatedWand"),
}

PTZ_HEADS: Table = {
    "visca-serial": ("drivers.ptz.visca_serial_head", "ViscaSerialHead"),
    "visca-ip": ("drivers.ptz.visca_ip_head", "ViscaIpHead"),
    "simulated": ("drivers.ptz.simulation.simulated_head", "SimulatedHead"),
}

RECEIVERS: Table = {
    "rf21x": ("drivers.clicker.rf21x_receiver", "Rf21xReceiver"),
    "iclicker": ("drivers.clicker.iclicker_receiver", "IClickerReceiver"),
    "simulated": ("drivers.clicker.simulation.simulated_receiver", "SimulatedReceiver"),
}

DISCOVERY: Table = {
    "cameras": ("drivers.camera.v4l2_discovery", "discover_cameras"),
    "microphones": ("drivers.microphone.alsa_discovery", "discover_microphones"),
    "clicker bases": ("drivers.clicker.hid_discovery", "discover_bases"),
    "serial ports": ("drivers.serial_discovery", "discover_serial_ports"),
}


def load_driver(table: Table, name: str) -> Any:
    """Import and return the class or function that the table has under ``name``.

    Raises:
        KeyError: The table has no such name.
        ImportError: The library of the driver is not installed.
    """
    module, attribute = table[name]
    return getattr(importlib.import_module(module), attribute)
