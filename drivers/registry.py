"""Which drivers there are: a name in the config, and the class that answers to it.

A new device is one file and one line here. Modules are imported when chosen, so a
vendor library is needed only where its device is.
"""

from __future__ import annotations

import importlib
from typing import Any

Table = dict[str, tuple[str, str]]

CAMERAS: Table = {
    "v4l2": ("drivers.camera.v4l2", "V4l2Camera"),
    "stream": ("drivers.camera.stream", "StreamCamera"),
    "simulated": ("drivers.camera.simulated", "SimulatedCamera"),
}

MICROPHONES: Table = {
    "portaudio": ("drivers.microphone.portaudio", "PortAudioMicrophone"),
    "simulated": ("drivers.microphone.simulated", "SimulatedMicrophone"),
}

PANELS: Table = {
    "gpio": ("drivers.panel.gpio", "GpioPanel"),
    "simulated": ("drivers.panel.simulated", "SimulatedPanel"),
}

PTZ_HEADS: Table = {
    "visca-serial": ("drivers.ptz.visca_serial", "ViscaSerialHead"),
    "visca-ip": ("drivers.ptz.visca_ip", "ViscaIpHead"),
    "simulated": ("drivers.ptz.simulated", "SimulatedHead"),
}

RECEIVERS: Table = {
    "rf21x": ("drivers.clicker.rf21x", "Rf21xReceiver"),
    "iclicker": ("drivers.clicker.iclicker_receiver", "IClickerReceiver"),
    "simulated": ("drivers.clicker.simulated", "SimulatedReceiver"),
}

FINDERS: Table = {
    "cameras": ("drivers.camera.v4l2_found", "found"),
    "microphones": ("drivers.microphone.alsa_found", "found"),
    "serial ports": ("drivers.serial_found", "found"),
}


def driver(table: Table, name: str) -> Any:
    """The class or finder called ``name``; KeyError if there is none, ImportError if its library is missing."""
    module, attribute = table[name]
    return getattr(importlib.import_module(module), attribute)
