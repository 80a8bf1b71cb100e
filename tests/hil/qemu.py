"""The machine as QEMU's command line: every device of the virtual classroom's box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Software emulation on purpose: it is the same everywhere, also inside a virtual machine. Without these four
# instruction sets, which numpy and x264 would use if they saw them, emulated pictures are a third faster.
_CPU = "max,-avx,-avx2,-fma,-f16c"
# What udev would load for the machine's other parts; nobody misses it, and the boot is a second shorter.
_UNUSED = "kvm_amd,powernow_k8,floppy,psmouse,pcspkr,i2c_piix4,cfg80211,drm"
# A host that is busy for the moment in which the kernel counts timer interrupts would be called a broken board.
_KERNEL = (
    "root=LABEL=hilroot rootfstype=ext4 rw console=ttyS0,115200 quiet loglevel=4 net.ifnames=0 "
    f"no_timer_check mitigations=off panic=-1 systemd.show_status=no module_blacklist={_UNUSED}"
)
STORE_HOST = "10.0.2.100"
USBIP_HOST, USBIP_PORT = "10.0.2.101", 3240
"""Where the guest finds the host's store, and a USB device on the network; nothing else of the outside is reached."""
USB_PORTS = 12
"""Of the machine's own controller, the first of which are named by ``Machine.add_usb_port``."""


@dataclass(frozen=True)
class Wiring:
    """What is plugged into a machine.

    ``root``: its disk (qcow2). ``boot``: the folder with the kernel. ``sticks``: more disks by the serial number
    that the guest sees, raw or qcow2. ``store_port``: the port on the host's loopback that the guest reaches as
    http://10.0.2.100. ``usbip_port``: the one that it reaches as 10.0.2.101:3240. ``rtc``: what the hardware clock says
    at the start (QEMU's ``base``).
    """

    root: Path
    boot: Path
    sticks: Mapping[str, Path] = field(default_factory=dict)
    store_port: int | None = None
    usbip_port: int | None = None
    rtc: str = "utc"
    memory_mb: int = 1536


def command_line(wiring: Wiring, folder: Path, loadvm: str | None = None) -> list[str]:
    """The command that starts a machine whose sockets and logs lie in ``folder``.

    It dies with the thread that starts it, and gives way to whoever else wants the processor.
    """
    parts = [
        *("setpriv", "--pdeathsig", "KILL", "nice", "-n", "10"),
        *("qemu-system-x86_64", "-name", "classroom", "-M", "pc", "-nodefaults", "-no-user-config"),
        *("-accel", "tcg,thread=multi,tb-size=512", "-cpu", _CPU, "-smp", "2", "-m", str(wiring.memory_mb)),
        *("-display", "none", "-rtc", f"base={wiring.rtc},clock=host", "-action", "watchdog=reset,reboot=reset"),
        *("-kernel", str(wiring.boot / "vmlinuz"), "-initrd", str(wiring.boot / "initrd.img"), "-append", _KERNEL),
        *_disk(wiring.root, "root", "ROOT"),
        *(part for name, disk in wiring.sticks.items() for part in _disk(disk, name.lower(), name)),
        *("-serial", f"file:{folder}/console.log"),
        *("-chardev", _socket(folder, "serial"), "-serial", "chardev:serial"),
        *("-device", "virtio-serial-pci", "-chardev", _socket(folder, "agent")),
        *("-device", "virtserialport,chardev=agent,name=org.hil.agent"),
        *("-device", "virtio-rng-pci", "-device", "i6300esb", "-device", f"qemu-xhci,id=usb,p2={USB_PORTS},p3=1"),
        *("-netdev", _network(wiring), "-device", "virtio-net-pci,netdev=net"),
        *("-chardev", _socket(folder, "qmp"), "-mon", "chardev=qmp,mode=control"),
    ]
    return parts + (["-loadvm", loadvm] if loadvm else [])


def drive(file: Path, name: str) -> str:
    """What QEMU is told of a disk, raw or qcow2, that is not plugged in yet."""
    form = "qcow2" if file.suffix == ".qcow2" else "raw"
    return f"file={file},if=none,id={name},format={form},cache=writeback,discard=unmap"


def _disk(file: Path, name: str, serial: str) -> list[str]:
    return ["-drive", drive(file, name), "-device", f"virtio-blk-pci,drive={name},id={name}-disk,serial={serial}"]


def _socket(folder: Path, name: str) -> str:
    return f"socket,id={name},path={folder}/{name}.sock,server=on,wait=off"


def _network(wiring: Wiring) -> str:
    forwards = {f"{STORE_HOST}:80": wiring.store_port, f"{USBIP_HOST}:{USBIP_PORT}": wiring.usbip_port}
    reached = [
        f",guestfwd=tcp:{there}-cmd:socat - TCP:127.0.0.1:{port}"
        for there, port in forwards.items()
        if port is not None
    ]
    return "user,id=net,restrict=on" + "".join(reached)
