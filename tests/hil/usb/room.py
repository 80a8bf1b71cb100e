"""A room's USB devices: cameras with serial numbers and without, a microphone, a clicker base, a serial adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.hil.machine import Machine
from tests.hil.qemu import USBIP_HOST, USBIP_PORT
from tests.hil.usb.bus import Bus
from tests.hil.usb.cdc_serial import CdcSerial
from tests.hil.usb.device import Label, UsbDevice
from tests.hil.usb.hid_reports import HidReports
from tests.hil.usb.uac_microphone import UacMicrophone
from tests.hil.usb.uvc_camera import UvcCamera

TONE_HZ = 440
FPS = 5
"""Half of what other cameras of the virtual classroom give, since USB itself costs an emulated machine dear."""
MICROPHONE_PPM = 100.0
_CAMERA_IDS, _MICROPHONE_IDS = (0x1D6B, 0x0102), (0x1D6B, 0x0101)
_ICLICKER_IDS, _ADAPTER_IDS = (0x1881, 0x0150), (0x1A86, 0x55D3)
_MAKER = "Virtual Room"
_PLUG_S = 30.0

MICROPHONE = """
[microphones.ceiling]
driver = "portaudio"
serial = "MIC-0001"
"""


def camera(role: str, identity: str) -> str:
    """A camera's lines of the room's config; ``identity`` is the line that says which one it is."""
    return (
        f'[cameras.{role}]\ndriver = "v4l2"\n{identity}\nwidth = 320\nheight = 180\nfps = {FPS}\nbitrate_kbps = 400\n\n'
    )


DEVICES = camera("teacher", 'serial = "CAM-0001"') + camera("students", 'serial = "CAM-0002"') + MICROPHONE


@dataclass(frozen=True)
class Functions:
    """What each device does, by the name that the room calls it."""

    teacher: UvcCamera
    students: UvcCamera
    ceiling: UacMicrophone
    clickers: HidReports
    head: CdcSerial
    left: UvcCamera
    right: UvcCamera


class UsbRoom:
    """The devices, and the ports that they belong into; nothing is plugged in at first.

    The cameras that the room calls left and right have no serial numbers. The microphone is on a controller of its own,
    since the emulated one loses its sound.
    """

    PORTS: Mapping[str, int] = {"teacher": 1, "students": 2, "clickers": 3, "head": 4, "left": 5, "right": 6}

    def __init__(self, bus: Bus) -> None:
        self.functions = Functions(
            teacher=UvcCamera("teacher"),
            students=UvcCamera("students", isochronous=True, ppm=-80),
            ceiling=UacMicrophone(TONE_HZ, ppm=MICROPHONE_PPM),
            clickers=HidReports(),
            head=CdcSerial(),
            left=UvcCamera("left"),
            right=UvcCamera("right"),
        )
        self._labels = {
            "teacher": Label(_CAMERA_IDS, _MAKER, "Board Camera", "CAM-0001"),
            "students": Label(_CAMERA_IDS, _MAKER, "Board Camera", "CAM-0002"),
            "ceiling": Label(_MICROPHONE_IDS, _MAKER, "Ceiling Microphone", "MIC-0001"),
            "clickers": Label(_ICLICKER_IDS, "i>clicker", "Base", "B-0001"),
            "head": Label(_ADAPTER_IDS, "QinHeng", "USB Single Serial", "S-0001"),
            "left": Label(_CAMERA_IDS, _MAKER, "Board Camera"),
            "right": Label(_CAMERA_IDS, _MAKER, "Board Camera"),
        }
        self._devices = {name: UsbDevice(label, getattr(self.functions, name)) for name, label in self._labels.items()}
        self._bus = bus
        self._sockets: dict[str, Path] = {}
        self._machine: Machine | None = None
        self.usbip_port = bus.serve(self._devices["ceiling"])

    def wire(self, machine: Machine) -> None:
        """Give a running machine the ports."""
        self._machine = machine
        # vhci-hcd says twenty times a second that it counts no frames, and a serial console is slow.
        machine.sh("dmesg --console-level 1; modprobe vhci-hcd")
        self._sockets = {name: machine.add_usb_port(port) for name, port in self.PORTS.items()}

    def plug_in(self, *names: str) -> None:
        """Plug devices in; each is taken by its driver soon."""
        assert self._machine is not None, "no machine is wired"
        for name in names:
            if name in self._sockets:
                self._bus.plug_in(self._devices[name], self._sockets[name])
            else:
                attach = f"python3 /opt/hil/inside/usbip_attach.py {USBIP_HOST} {USBIP_PORT}"
                self._machine.sh(attach, _PLUG_S)

    def pull_out(self, *names: str) -> None:
        """Pull devices out; again does nothing."""
        for name in names:
            self._bus.pull_out(self._devices[name])

    def close(self) -> None:
        """Let go of what hangs behind the devices."""
        self.functions.clickers.close()
        self.functions.head.close()
